#include "baseline/ngrams.h"

#include "base/threads.h"
#include "baseline/python_text.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 256;  // rows below which a thread is not worth waking

// Calls visit(part, characters) on the longest parts of the text whose characters all are (or, with
// `flag` clear, are not) of the flag.
template <class Visit>
void for_each_run(std::string_view text, uint8_t flag, bool set, const Visit& visit) {
  const uint8_t* flags = python::text_flags();
  const char* const end = text.data() + text.size();
  const char* begin = nullptr;  // of the run; nullptr: outside of one
  int64_t characters = 0;
  for (const char* p = text.data(); p != end;) {
    const char* const at = p;
    const bool inside = ((flags[unicode::next_code_point(p)] & flag) != 0) == set;
    if (inside && begin == nullptr) begin = at, characters = 0;
    if (!inside && begin != nullptr)
      visit(std::string_view(begin, at), characters), begin = nullptr;
    ++characters;
  }
  if (begin != nullptr) visit(std::string_view(begin, end), characters);
}

}  // namespace

void NgramTexts::push_back(std::string_view text, NgramKind kind) {
  lower_.clear();
  python::append_lower(unicode::valid_utf8(text, repaired_), lower_);
  if (kind == NgramKind::kWords) {
    // (?u)\b\w\w+\b: between two of its matches there always is what is no word character.
    for_each_run(lower_, python::kIsWord, true, [&](std::string_view word, int64_t characters) {
      if (characters < 2) return;
      if (bytes_.size() > offsets_.back()) bytes_ += ' ';
      bytes_ += word;
    });
  } else {
    for_each_run(lower_, python::kIsSpace, false, [&](std::string_view word, int64_t) {
      if (bytes_.size() == offsets_.back()) bytes_ += ' ';
      bytes_ += word;
      bytes_ += ' ';
    });
  }
  offsets_.push_back(bytes_.size());
}

void NgramTexts::append(const NgramTexts& other) {
  const uint64_t before = bytes_.size();
  bytes_ += other.bytes_;
  for (int64_t row = 1; row <= other.size(); ++row) {
    offsets_.push_back(before + other.offsets_[row]);
  }
}

NgramTexts ngram_texts(const TextColumn& texts, TextSide side, NgramKind kind, int64_t begin,
                       int64_t end) {
  NgramTexts rows;
  for (int64_t row = begin; row < end; ++row) {
    rows.push_back(side == TextSide::kFirst ? texts[row] : texts.pair(row), kind);
  }
  return rows;
}

NgramTexts ngram_texts(const TextColumn& texts, TextSide side, NgramKind kind) {
  std::vector<NgramTexts> parts(thread_count());
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int part) {
    parts[part] = ngram_texts(texts, side, kind, begin, end);
  });
  NgramTexts all;
  for (NgramTexts& part : parts) {
    all.append(part);
    part = {};
  }
  return all;
}

}  // namespace thaw
