#include "tokenizer/pipeline.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tokenizer/utf8.h"

namespace thaw {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

// Cuts, encodes and appends one normalized text, until `enough` ids are there.
void encode_normalized(const TokenizerPipeline& pipeline, std::string_view text, size_t enough,
                       TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  scratch.words.clear();
  split_words(pipeline.pre_tokenizer, text, scratch.words);
  for (const std::string_view word : scratch.words) {
    if (ids.size() >= enough) return;
    if (scratch.cache.append(word, ids)) continue;
    const size_t before = ids.size();
    encode_word(pipeline.model, word, ids);
    scratch.cache.remember(word, ids.data() + before, ids.size() - before);
  }
}

// Appends the ids of one text without those of the post-processor, until `enough` are there.
void encode_text(const TokenizerPipeline& pipeline, std::string_view text, size_t enough,
                 TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  scratch.raw_parts.clear();
  pipeline.added_tokens.split_raw(unicode::valid_utf8(text, scratch.repaired), scratch.raw_parts);
  for (const TextPart& part : scratch.raw_parts) {
    if (ids.size() >= enough) break;
    if (part.id != TextPart::kText) {
      ids.push_back(part.id);
      continue;
    }
    const std::string_view normalized =
        normalize(pipeline.normalizer, part.text, scratch.normalized);
    if (!pipeline.added_tokens.has_normalized()) {
      encode_normalized(pipeline, normalized, enough, scratch, ids);
      continue;
    }
    scratch.normalized_parts.clear();
    pipeline.added_tokens.split_normalized(normalized, scratch.normalized_parts);
    for (const TextPart& inner : scratch.normalized_parts) {
      if (inner.id != TextPart::kText) {
        ids.push_back(inner.id);
      } else {
        encode_normalized(pipeline, inner.text, enough, scratch, ids);
      }
    }
  }
}

}  // namespace

std::string_view normalize(const Normalizer& normalizer, std::string_view text,
                           TextBuffer& buffer) {
  if (const auto* bert = std::get_if<BertNormalizer>(&normalizer)) {
    bert->normalize(text, buffer);
    return buffer.view();
  }
  return text;
}

void split_words(const PreTokenizer& pre_tokenizer, std::string_view text,
                 std::vector<std::string_view>& words) {
  if (std::holds_alternative<BertPreTokenizer>(pre_tokenizer)) {
    split_bert_words(text, words);
  } else if (!text.empty()) {
    words.push_back(text);
  }
}

void encode_word(const TokenModel& model, std::string_view word, std::vector<int32_t>& ids) {
  std::get<WordPiece>(model).encode_word(word, ids);
}

int32_t token_to_id(const TokenModel& model, std::string_view token) {
  return std::get<WordPiece>(model).token_to_id(token);
}

int64_t vocabulary_size(const TokenModel& model) { return std::get<WordPiece>(model).size(); }

int32_t highest_id(const TokenModel& model) { return std::get<WordPiece>(model).highest_id(); }

void TokenizerPipeline::add_tokens(const std::vector<AddedToken>& tokens) {
  added_tokens.add(
      tokens, [&](std::string_view token) { return token_to_id(model, token); },
      vocabulary_size(model));
  added_tokens.prepare([&](std::string_view content) {
    TextBuffer buffer;
    return std::string(normalize(normalizer, content, buffer));
  });
}

int32_t TokenizerPipeline::token_id(std::string_view token) const {
  const int32_t added = added_tokens.find(token);
  return added >= 0 ? added : token_to_id(model, token);
}

void encode(const TokenizerPipeline& pipeline, std::string_view text, int64_t max_length,
            TokenizerScratch& scratch, std::vector<int32_t>& ids) {
  const PostProcessor& post = pipeline.post_processor;
  ids.insert(ids.end(), post.before.begin(), post.before.end());
  const size_t begin = ids.size();
  size_t enough = kAll;
  if (pipeline.truncation_side == TruncationSide::kRight && max_length > 0 &&
      max_length >= post.added()) {
    enough = begin + static_cast<size_t>(max_length - post.added());
  }
  encode_text(pipeline, text, enough, scratch, ids);
  truncate(post, max_length, pipeline.truncation_side, begin, ids);
  ids.insert(ids.end(), post.after.begin(), post.after.end());
}

void encode_pair(const TokenizerPipeline& pipeline, std::string_view first, std::string_view second,
                 int64_t max_length, TokenizerScratch& scratch, std::vector<int32_t>& ids,
                 std::vector<int32_t>& types) {
  const PairTemplate& pair = *pipeline.post_processor.pair;
  const int64_t room = max_length - pair.added();
  // Whole, since the longer text keeps the odd id.
  for (auto& [text, own] : {std::pair{first, &scratch.first}, std::pair{second, &scratch.second}}) {
    own->clear();
    encode_text(pipeline, text, kAll, scratch, *own);
  }
  if (max_length > 0 && room >= 0) {
    const auto [kept_first, kept_second] =
        share_room(static_cast<int64_t>(scratch.first.size()),
                   static_cast<int64_t>(scratch.second.size()), room);
    cut(pipeline.truncation_side, 0, kept_first, scratch.first);
    cut(pipeline.truncation_side, 0, kept_second, scratch.second);
  }
  const auto add_tokens = [&](const std::vector<PairTemplate::Token>& tokens) {
    for (const auto& token : tokens) {
      ids.push_back(token.id);
      types.push_back(token.type);
    }
  };
  const auto add_text = [&](const std::vector<int32_t>& own, int32_t type) {
    ids.insert(ids.end(), own.begin(), own.end());
    types.insert(types.end(), own.size(), type);
  };
  add_tokens(pair.before);
  add_text(scratch.first, pair.first_type);
  add_tokens(pair.between);
  add_text(scratch.second, pair.second_type);
  add_tokens(pair.after);
}

}  // namespace thaw
