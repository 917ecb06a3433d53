#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizer/added_tokens.h"
#include "tokenizer/bert_normalizer.h"
#include "tokenizer/bert_pre_tokenizer.h"
#include "tokenizer/post_processor.h"
#include "tokenizer/text_buffer.h"
#include "tokenizer/word_cache.h"
#include "tokenizer/wordpiece.h"

namespace thaw {

// The stages of tokenizer.json, each one of the kinds that thaw knows; std::monostate: none.
struct BertPreTokenizer {};

using Normalizer = std::variant<std::monostate, BertNormalizer>;
using PreTokenizer = std::variant<std::monostate, BertPreTokenizer>;
using TokenModel = std::variant<WordPiece>;

// The normalized text, in `buffer` or `text` itself.
std::string_view normalize(const Normalizer& normalizer, std::string_view text, TextBuffer& buffer);
// Appends the words of a normalized text.
void split_words(const PreTokenizer& pre_tokenizer, std::string_view text,
                 std::vector<std::string_view>& words);
// Appends the ids of a word.
void encode_word(const TokenModel& model, std::string_view word, std::vector<int32_t>& ids);
// The id of a token of the model's vocabulary, or -1; how many tokens it has; the largest id.
int32_t token_to_id(const TokenModel& model, std::string_view token);
int64_t vocabulary_size(const TokenModel& model);
int32_t highest_id(const TokenModel& model);

// Text -> ids: added tokens of the raw text, normalizer, added tokens of the normalized text,
// pre-tokenizer, model, truncation, post-processor.
struct TokenizerPipeline {
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  TokenModel model;
  AddedTokens added_tokens;
  PostProcessor post_processor;
  TruncationSide truncation_side = TruncationSide::kRight;

  // Adds tokens behind the model's vocabulary and makes them ready to be found.
  void add_tokens(const std::vector<AddedToken>& tokens);
  // The id of an added token or of the model's, or -1.
  int32_t token_id(std::string_view token) const;
};

// What one thread keeps from row to row, for one pipeline.
struct TokenizerScratch {
  std::string repaired;
  std::vector<TextPart> raw_parts, normalized_parts;
  TextBuffer normalized;
  std::vector<std::string_view> words;
  WordCache cache;
  std::vector<int32_t> first, second;  // of a pair
};

// Appends the ids of one text; max_length 0: no truncation.
void encode(const TokenizerPipeline& pipeline, std::string_view text, int64_t max_length,
            TokenizerScratch& scratch, std::vector<int32_t>& ids);
// Appends the ids and token types of a pair of texts. The pipeline must know pairs.
void encode_pair(const TokenizerPipeline& pipeline, std::string_view first, std::string_view second,
                 int64_t max_length, TokenizerScratch& scratch, std::vector<int32_t>& ids,
                 std::vector<int32_t>& types);

}  // namespace thaw
