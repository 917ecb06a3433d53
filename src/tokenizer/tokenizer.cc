#include "tokenizer/tokenizer.h"

#include <algorithm>

#include "base/threads.h"
#include "tokenizer/tokenizer_folder.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 64;  // rows

// What one thread made of its rows.
struct Part {
  int64_t begin = 0;  // first row
  std::vector<int32_t> ids;
};

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
  TokenizedTexts out;
  out.offsets.resize(static_cast<size_t>(texts.size()) + 1);
  std::vector<Part> parts(static_cast<size_t>(thread_count()));
  // Each part writes its rows' lengths first; the offsets are their running sum.
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int number) {
    TokenizerScratch scratch;
    scratch.cache.start();
    Part part{begin, {}};
    for (int64_t row = begin; row < end; ++row) {
      const size_t before = part.ids.size();
      thaw::encode(impl_->folder.pipeline, texts[row], max_length, scratch, part.ids);
      out.offsets[static_cast<size_t>(row) + 1] = static_cast<int64_t>(part.ids.size() - before);
    }
    parts[static_cast<size_t>(number)] = std::move(part);
  });
  for (size_t row = 1; row < out.offsets.size(); ++row) out.offsets[row] += out.offsets[row - 1];
  out.ids.resize(static_cast<size_t>(out.offsets.back()));
  for (const Part& part : parts) {
    std::copy(part.ids.begin(), part.ids.end(),
              out.ids.begin() + out.offsets[static_cast<size_t>(part.begin)]);
  }
  return out;
}

std::vector<int32_t> Tokenizer::lengths(const TextColumn& texts) const {
  std::vector<int32_t> out(static_cast<size_t>(texts.size()));
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int) {
    TokenizerScratch scratch;
    scratch.cache.start();
    std::vector<int32_t> ids;
    for (int64_t row = begin; row < end; ++row) {
      ids.clear();
      thaw::encode(impl_->folder.pipeline, texts[row], 0, scratch, ids);
      out[static_cast<size_t>(row)] = static_cast<int32_t>(ids.size());
    }
  });
  return out;
}

int64_t Tokenizer::vocabulary_size() const {
  const TokenizerPipeline& pipeline = impl_->folder.pipeline;
  return int64_t{std::max(highest_id(pipeline.model), pipeline.added_tokens.highest_id())} + 1;
}

int32_t Tokenizer::pad_id() const { return impl_->folder.pad_id; }

int Tokenizer::model_max_length() const { return impl_->folder.model_max_length; }

std::vector<std::filesystem::path> Tokenizer::files() const { return impl_->folder.files; }

}  // namespace thaw
