#include "tokenizer/tokenizer.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/threads.h"
#include "tokenizer/tokenizer_folder.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 64;  // rows

// What one thread made of its rows.
struct Part {
  int64_t begin = 0;  // first row
  std::vector<int32_t> ids;
  std::vector<uint8_t> types;
};

// Calls encode(row, scratch, ids, types) on every row; it appends to both, or to ids alone.
template <class Encode>
TokenizedTexts encode_rows(int64_t rows, const Encode& encode) {
  TokenizedTexts out;
  out.offsets.resize(static_cast<size_t>(rows) + 1);
  std::vector<Part> parts(static_cast<size_t>(thread_count()));
  // Each part writes its rows' lengths first; the offsets are their running sum.
  parallel_parts(rows, kGrain, [&](int64_t begin, int64_t end, int number) {
    TokenizerScratch scratch;
    scratch.cache.start();
    Part part{begin, {}, {}};
    for (int64_t row = begin; row < end; ++row) {
      const size_t before = part.ids.size();
      encode(row, scratch, part.ids, part.types);
      out.offsets[static_cast<size_t>(row) + 1] = static_cast<int64_t>(part.ids.size() - before);
    }
    parts[static_cast<size_t>(number)] = std::move(part);
  });
  for (size_t row = 1; row < out.offsets.size(); ++row) out.offsets[row] += out.offsets[row - 1];
  const auto tokens = static_cast<size_t>(out.offsets.back());
  out.ids.resize(tokens);
  for (const Part& part : parts) {
    const int64_t at = out.offsets[static_cast<size_t>(part.begin)];
    std::copy(part.ids.begin(), part.ids.end(), out.ids.begin() + at);
    if (part.types.empty()) continue;
    out.types.resize(tokens);
    std::copy(part.types.begin(), part.types.end(), out.types.begin() + at);
  }
  return out;
}

// The same, of which only the lengths are kept.
template <class Encode>
std::vector<int32_t> count_rows(int64_t rows, const Encode& encode) {
  std::vector<int32_t> out(static_cast<size_t>(rows));
  parallel_parts(rows, kGrain, [&](int64_t begin, int64_t end, int) {
    TokenizerScratch scratch;
    scratch.cache.start();
    std::vector<int32_t> ids;
    std::vector<uint8_t> types;
    for (int64_t row = begin; row < end; ++row) {
      ids.clear();
      types.clear();
      encode(row, scratch, ids, types);
      out[static_cast<size_t>(row)] = static_cast<int32_t>(ids.size());
    }
  });
  return out;
}

void check_columns(const TextColumn& first, const TextColumn& second) {
  if (first.size() == second.size()) return;
  throw Error("there are " + std::to_string(first.size()) + " first texts and " +
                  std::to_string(second.size()) + " second ones",
              "", "give as many of both");
}

}  // namespace

struct Tokenizer::Impl {
  TokenizerFolder folder;
};

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::load(const std::filesystem::path& folder) {
  return Tokenizer(std::make_unique<Impl>(Impl{load_tokenizer_folder(folder)}));
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, int max_length) const {
  TokenizerScratch scratch;
  std::vector<int32_t> ids;
  thaw::encode(impl_->folder.pipeline, text, max_length, scratch, ids);
  return ids;
}

TokenizedTexts Tokenizer::encode_all(const TextColumn& texts, int max_length) const {
  const TokenizerPipeline& pipeline = impl_->folder.pipeline;
  const bool has_types = pipeline.post_processor.single.has_types();
  return encode_rows(texts.size(), [&](int64_t row, TokenizerScratch& scratch,
                                       std::vector<int32_t>& ids, std::vector<uint8_t>& types) {
    const size_t before = ids.size();
    thaw::encode(pipeline, texts[row], max_length, scratch, ids);
    if (has_types) append_types(pipeline, ids.size() - before, types);
  });
}

std::vector<int32_t> Tokenizer::lengths(const TextColumn& texts) const {
  return count_rows(texts.size(), [&](int64_t row, TokenizerScratch& scratch,
                                      std::vector<int32_t>& ids, std::vector<uint8_t>&) {
    thaw::encode(impl_->folder.pipeline, texts[row], 0, scratch, ids);
  });
}

TokenizedPair Tokenizer::encode(std::string_view first, std::string_view second, int max_length,
                                TruncationStrategy strategy) const {
  TokenizerScratch scratch;
  TokenizedPair out;
  encode_pair(impl_->folder.pipeline, first, second, max_length, strategy, scratch, out.ids,
              out.types);
  return out;
}

TokenizedTexts Tokenizer::encode_all(const TextColumn& first, const TextColumn& second,
                                     int max_length, TruncationStrategy strategy) const {
  check_columns(first, second);
  return encode_rows(first.size(), [&](int64_t row, TokenizerScratch& scratch,
                                       std::vector<int32_t>& ids, std::vector<uint8_t>& types) {
    encode_pair(impl_->folder.pipeline, first[row], second[row], max_length, strategy, scratch, ids,
                types);
  });
}

std::vector<int32_t> Tokenizer::lengths(const TextColumn& first, const TextColumn& second) const {
  check_columns(first, second);
  return count_rows(first.size(), [&](int64_t row, TokenizerScratch& scratch,
                                      std::vector<int32_t>& ids, std::vector<uint8_t>& types) {
    encode_pair(impl_->folder.pipeline, first[row], second[row], 0,
                TruncationStrategy::kLongestFirst, scratch, ids, types);
  });
}

int64_t Tokenizer::vocabulary_size() const {
  const TokenizerPipeline& pipeline = impl_->folder.pipeline;
  return int64_t{std::max(highest_id(pipeline.model), pipeline.added_tokens.highest_id())} + 1;
}

int32_t Tokenizer::pad_id() const { return impl_->folder.pad_id; }

int Tokenizer::model_max_length() const { return impl_->folder.model_max_length; }

std::vector<std::filesystem::path> Tokenizer::files() const { return impl_->folder.files; }

}  // namespace thaw
