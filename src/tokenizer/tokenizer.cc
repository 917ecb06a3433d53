#include "tokenizer/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/setting_words.h"
#include "base/threads.h"
#include "tokenizer/files/module_list.h"
#include "tokenizer/files/tokenizer_folder.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 64;  // rows

// What one thread made of its rows.
struct Part {
  int64_t begin = 0;  // first row
  std::vector<int32_t> ids, types;
};

}  // namespace

void Truncation::add(const Truncation& more) {
  texts += more.texts;
  cut_texts += more.cut_texts;
  tokens += more.tokens;
  lost += more.lost;
  longest = std::max(longest, more.longest);
}

struct Tokenizer::Impl {
  TokenizerFolder folder;
  std::string prompt = {};

  // The text behind the prompt; in `room`, where there is one.
  std::string_view prompted(std::string_view text, std::string& room) const {
    if (prompt.empty()) return text;
    room = prompt;
    return room += text;
  }

  // Whether what is encoded has token types that are not all 0.
  bool has_types(bool pairs) const {
    return folder.gives_types && (pairs || folder.pipeline.post_processor.single.has_types());
  }

  // Appends what row `row` gives; the types of a text alone only where they are not all 0.
  void encode_row(const TextColumn& texts, int64_t row, int max_length, TokenizerScratch& scratch,
                  std::vector<int32_t>& ids, std::vector<int32_t>& types) const {
    std::string room;
    const std::string_view text = prompted(texts[row], room);
    if (texts.has_pairs()) {
      thaw::encode_pair(folder.pipeline, text, texts.pair(row), max_length, scratch, ids, types);
    } else {
      const size_t before = ids.size();
      thaw::encode(folder.pipeline, text, max_length, scratch, ids);
      if (has_types(false)) append_types(folder.pipeline, ids.size() - before, types);
    }
  }

  void check_knows_pairs() const {
    if (folder.pipeline.post_processor.pair) return;
    throw Error("the post-processor of the tokenizer knows no pairs of texts", folder.where,
                fmt::format("leave {} out, or take another model", setting("text_pair")));
  }
};

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::load(const std::filesystem::path& folder) {
  return Tokenizer(std::make_unique<Impl>(Impl{load_tokenizer_folder(encoder_folder(folder))}));
}

void Tokenizer::prepare_texts(const std::string& prompt, bool lower_case) {
  impl_->prompt = prompt;
  Normalizer& normalizer = impl_->folder.pipeline.normalizer;
  if (lower_case) normalizer.insert(normalizer.begin(), normalizers::Lowercase{});
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, int max_length) const {
  TokenizerScratch scratch;
  std::vector<int32_t> ids;
  std::string room;
  thaw::encode(impl_->folder.pipeline, impl_->prompted(text, room), max_length, scratch, ids);
  return ids;
}

std::vector<int32_t> Tokenizer::encode_pair(std::string_view first, std::string_view second,
                                            int max_length, std::vector<int32_t>& types) const {
  impl_->check_knows_pairs();
  TokenizerScratch scratch;
  std::vector<int32_t> ids;
  types.clear();
  std::string room;
  thaw::encode_pair(impl_->folder.pipeline, impl_->prompted(first, room), second, max_length,
                    scratch, ids, types);
  if (!impl_->folder.gives_types) types.clear();
  return ids;
}

TokenizedTexts Tokenizer::encode_all(const TextColumn& texts, int max_length) const {
  if (texts.has_pairs()) impl_->check_knows_pairs();
  TokenizedTexts out;
  out.offsets.resize(static_cast<size_t>(texts.size()) + 1);
  std::vector<Part> parts(static_cast<size_t>(thread_count()));
  // Each part writes its rows' lengths first; the offsets are their running sum.
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int number) {
    TokenizerScratch scratch;
    scratch.cache.start();
    Part part{begin, {}, {}};
    for (int64_t row = begin; row < end; ++row) {
      const size_t before = part.ids.size();
      impl_->encode_row(texts, row, max_length, scratch, part.ids, part.types);
      out.offsets[static_cast<size_t>(row) + 1] = static_cast<int64_t>(part.ids.size() - before);
    }
    parts[static_cast<size_t>(number)] = std::move(part);
  });
  for (size_t row = 1; row < out.offsets.size(); ++row) out.offsets[row] += out.offsets[row - 1];
  const auto tokens = static_cast<size_t>(out.offsets.back());
  const bool types = impl_->has_types(texts.has_pairs());
  out.ids.resize(tokens);
  if (types) out.types.resize(tokens);
  for (const Part& part : parts) {
    const int64_t at = out.offsets[static_cast<size_t>(part.begin)];
    std::copy(part.ids.begin(), part.ids.end(), out.ids.begin() + at);
    if (types) std::copy(part.types.begin(), part.types.end(), out.types.begin() + at);
  }
  return out;
}

std::vector<int32_t> Tokenizer::lengths(const TextColumn& texts) const {
  if (texts.has_pairs()) impl_->check_knows_pairs();
  std::vector<int32_t> out(static_cast<size_t>(texts.size()));
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int) {
    TokenizerScratch scratch;
    scratch.cache.start();
    std::vector<int32_t> ids, types;
    for (int64_t row = begin; row < end; ++row) {
      ids.clear();
      types.clear();
      impl_->encode_row(texts, row, 0, scratch, ids, types);
      out[static_cast<size_t>(row)] = static_cast<int32_t>(ids.size());
    }
  });
  return out;
}

Truncation Tokenizer::truncation(const TextColumn& texts, const TokenizedTexts& encoded,
                                 int max_length) const {
  const int64_t special = special_tokens(texts.has_pairs());
  std::vector<Truncation> parts(static_cast<size_t>(thread_count()));
  parallel_parts(texts.size(), kGrain, [&](int64_t begin, int64_t end, int number) {
    TokenizerScratch scratch;
    scratch.cache.start();
    std::vector<int32_t> ids, types;
    Truncation part;
    for (int64_t row = begin; row < end; ++row) {
      const int64_t kept = encoded.length(row);
      int64_t length = kept;
      if (max_length > 0 && kept >= max_length) {
        ids.clear();
        types.clear();
        impl_->encode_row(texts, row, 0, scratch, ids, types);
        length = static_cast<int64_t>(ids.size());
      }
      part.add({1, length > kept ? 1 : 0, length - special, length - kept, length});
    }
    parts[static_cast<size_t>(number)] = part;
  });
  Truncation all;
  for (const Truncation& part : parts) all.add(part);
  return all;
}

int Tokenizer::special_tokens(bool pairs) const {
  const PostProcessor& post = impl_->folder.pipeline.post_processor;
  return static_cast<int>(pairs && post.pair ? post.pair->added() : post.single.added());
}

void Tokenizer::check_max_length(int max_length, bool pairs) const {
  const int special = special_tokens(pairs);
  if (max_length > special) return;
  throw Error(fmt::format("leaves no room for a text beside {} special tokens", special),
              Setting{"max_length", std::to_string(max_length)},
              fmt::format("use {} or more", special + 1));
}

int64_t Tokenizer::vocabulary_size() const {
  const TokenizerPipeline& pipeline = impl_->folder.pipeline;
  return int64_t{std::max(highest_id(pipeline.model), pipeline.added_tokens.highest_id())} + 1;
}

int32_t Tokenizer::pad_id() const { return impl_->folder.pad_id; }

int Tokenizer::model_max_length() const { return impl_->folder.model_max_length; }

std::vector<std::filesystem::path> Tokenizer::files() const { return impl_->folder.files; }

}  // namespace thaw
