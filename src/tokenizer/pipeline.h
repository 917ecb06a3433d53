#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizer/added_tokens.h"
#include "tokenizer/bpe.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/post_processor.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/unigram.h"
#include "tokenizer/word_cache.h"
#include "tokenizer/word_level.h"
#include "tokenizer/wordpiece.h"

namespace thaw {

using TokenModel = std::variant<WordPiece, Bpe, Unigram, WordLevel>;

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
  AddedTokens added_tokens{};
  PostProcessor post_processor{};
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
  NormalizerScratch normalizer;
  PreTokenizerScratch pre_tokenizer;
  std::vector<Piece> words;
  Bpe::Scratch bpe;
  Unigram::Scratch unigram;
  WordCache cache;
  std::vector<int32_t> pair[2];  // ids of two texts
};

// Appends the ids of one text; max_length 0: no truncation.
void encode(const TokenizerPipeline& pipeline, std::string_view text, int64_t max_length,
            TokenizerScratch& scratch, std::vector<int32_t>& ids);
// Appends the token types of one text that has so many ids.
void append_types(const TokenizerPipeline& pipeline, size_t length, std::vector<int32_t>& types);
// Appends the ids and token types of a pair of texts. The pipeline must know pairs.
void encode_pair(const TokenizerPipeline& pipeline, std::string_view first, std::string_view second,
                 int64_t max_length, TokenizerScratch& scratch, std::vector<int32_t>& ids,
                 std::vector<int32_t>& types);

}  // namespace thaw
