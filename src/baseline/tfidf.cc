#include "baseline/tfidf.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/threads.h"
#include "baseline/ngram_counts.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 64;             // rows below which a thread is not worth waking
constexpr size_t kMostBytes = UINT32_MAX;  // that a StringTable holds

Tfidf::Block fit_block(const TextColumn& texts, NgramKind kind, TextSide side,
                       int64_t most_columns) {
  const NgramTexts rows = ngram_texts(texts, side, kind);
  const NgramCounts counts = count_ngrams(rows, kind, most_columns);
  Tfidf::Block block{kind, side, 0, {}, {}, counts.distinct, 0};
  const auto texts_seen = static_cast<double>(texts.size());
  size_t bytes = 0;
  for (size_t i = 0; i < counts.ngrams.size(); ++i) {
    bytes += counts.ngrams[i].size();
    if (bytes > kMostBytes) {
      throw Error("the words of the training texts take more than 4 GiB", "tf-idf",
                  "check that the text column holds texts");
    }
    block.columns.insert(counts.ngrams[i], static_cast<int32_t>(i));
    block.entries += counts.document_frequency[i];
    const auto texts_with_it = static_cast<double>(counts.document_frequency[i]);
    block.idf.push_back(std::log((1 + texts_seen) / (1 + texts_with_it)) + 1);
  }
  return block;
}

// Appends a row's entries of one block: places sorted, repeats counted. `places` is used up.
void append_entries(const Tfidf::Block& block, std::vector<int32_t>& places, SparseMatrix& matrix) {
  std::sort(places.begin(), places.end());
  const size_t first = matrix.value.size();
  double squares = 0;
  for (size_t i = 0; i < places.size();) {
    size_t end = i;
    while (end < places.size() && places[end] == places[i]) ++end;
    const double weight =
        (1 + std::log(static_cast<double>(end - i))) * block.idf[static_cast<size_t>(places[i])];
    squares += weight * weight;
    matrix.column.push_back(block.first_column + places[i]);
    matrix.value.push_back(weight);
    i = end;
  }
  const double length = std::sqrt(squares);
  for (size_t i = first; i < matrix.value.size(); ++i) matrix.value[i] /= length;
}

}  // namespace

Tfidf Tfidf::fit(const TextColumn& texts, int64_t most_columns, const Listener& listener) {
  Tfidf tfidf;
  const int sides = texts.has_pairs() ? 2 : 1;
  for (const TextSide side : {TextSide::kFirst, TextSide::kSecond}) {
    if (static_cast<int>(side) >= sides) break;
    for (const NgramKind kind : {NgramKind::kWords, NgramKind::kCharacters}) {
      listener.check();
      const auto first_column = static_cast<int32_t>(tfidf.columns());
      tfidf.blocks_.push_back(fit_block(texts, kind, side, most_columns));
      tfidf.blocks_.back().first_column = first_column;
    }
  }
  return tfidf;
}

SparseMatrix Tfidf::transform(const TextColumn& texts, int64_t begin, int64_t end) const {
  if (texts.has_pairs() != has_pairs()) {
    throw Error(has_pairs() ? "the texts are not pairs, as those of training are"
                            : "the texts are pairs, which those of training are not",
                "tf-idf", "name the same text columns for all splits");
  }
  SparseMatrix matrix;
  matrix.columns = columns();
  matrix.offsets.reserve(end - begin + 1);
  NgramTexts rows;
  std::vector<int32_t> places;
  for (int64_t row = begin; row < end; ++row) {
    for (const Block& block : blocks_) {
      rows = {};
      rows.push_back(block.side == TextSide::kFirst ? texts[row] : texts.pair(row), block.kind);
      const std::string_view text = rows[0];
      places.clear();
      for_each_ngram(block.kind, text, [&](size_t at, size_t length, uint64_t hash) {
        const int32_t place = block.columns.find(text.substr(at, length), hash);
        if (place != StringTable::kAbsent) places.push_back(place);
      });
      append_entries(block, places, matrix);
    }
    matrix.offsets.push_back(static_cast<int64_t>(matrix.column.size()));
  }
  return matrix;
}

SparseMatrix Tfidf::transform(const TextColumn& texts) const {
  std::vector<SparseMatrix> parts(thread_count());
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int part) {
    parts[part] = transform(texts, begin, end);
  });
  SparseMatrix all;
  all.columns = columns();
  int64_t entries = 0;
  for (const SparseMatrix& part : parts) entries += part.entries();
  all.offsets.reserve(texts.size() + 1);
  all.column.reserve(entries);
  all.value.reserve(entries);
  for (SparseMatrix& part : parts) {
    const int64_t before = all.entries();
    for (int64_t row = 1; row <= part.rows(); ++row)
      all.offsets.push_back(before + part.offsets[row]);
    all.column.insert(all.column.end(), part.column.begin(), part.column.end());
    all.value.insert(all.value.end(), part.value.begin(), part.value.end());
    part = {};
  }
  return all;
}

int64_t Tfidf::columns() const {
  int64_t columns = 0;
  for (const Block& block : blocks_) columns += static_cast<int64_t>(block.idf.size());
  return columns;
}

int64_t Tfidf::distinct() const {
  int64_t distinct = 0;
  for (const Block& block : blocks_) distinct += block.distinct;
  return distinct;
}

int64_t Tfidf::entries() const {
  int64_t entries = 0;
  for (const Block& block : blocks_) entries += block.entries;
  return entries;
}

std::vector<std::string> Tfidf::column_names() const {
  std::vector<std::string> names;
  for (const Block& block : blocks_) {
    std::string prefix;
    if (has_pairs()) prefix = block.side == TextSide::kFirst ? "first " : "second ";
    prefix += block.kind == NgramKind::kWords ? "words " : "characters ";
    block.columns.for_each(
        [&](std::string_view ngram, int32_t) { names.push_back(prefix + std::string(ngram)); });
  }
  return names;
}

}  // namespace thaw
