#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/text_column.h"
#include "tokenizer/post_processor.h"

namespace thaw {

// Token ids of many texts, one after another, special tokens included, without padding.
struct TokenizedTexts {
  std::vector<int32_t> ids;      // [tokens]
  std::vector<int64_t> offsets;  // [rows + 1]
  std::vector<uint8_t> types;    // [tokens]: token types; empty: all of them are 0

  int64_t rows() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t length(int64_t row) const { return offsets[row + 1] - offsets[row]; }
};

// The ids and token types of two texts together.
struct TokenizedPair {
  std::vector<int32_t> ids;
  std::vector<uint8_t> types;  // [ids]
};

// Text -> token ids, identical to Transformers' fast tokenizer for the same folder.
class Tokenizer {
 public:
  // Reads tokenizer.json, or vocab.txt, vocab.json + merges.txt or a sentencepiece model, together
  // with tokenizer_config.json, from a model's folder.
  // Throws Error: no tokenizer there, a component that thaw does not know (named), a broken file.
  static Tokenizer load(const std::filesystem::path& folder);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  // Ids with special tokens ([CLS] … [SEP]), truncated to max_length (special tokens included;
  // 0: no truncation). Invalid UTF-8 is read as U+FFFD.
  std::vector<int32_t> encode(std::string_view text, int max_length) const;
  // The same for every row, on all threads of base/threads.h.
  TokenizedTexts encode_all(const TextColumn& texts, int max_length) const;
  // Lengths in tokens without truncation, special tokens included.  // [rows]
  std::vector<int32_t> lengths(const TextColumn& texts) const;

  // The same for two texts (a premise and a hypothesis) that are one input: [CLS] … [SEP] … [SEP].
  // Where they are too long together, `strategy` says which one is cut. Throws Error where the
  // strategy leaves nothing of it, and for columns of different lengths.
  TokenizedPair encode(std::string_view first, std::string_view second, int max_length,
                       TruncationStrategy strategy = TruncationStrategy::kLongestFirst) const;
  TokenizedTexts encode_all(const TextColumn& first, const TextColumn& second, int max_length,
                            TruncationStrategy strategy = TruncationStrategy::kLongestFirst) const;
  std::vector<int32_t> lengths(const TextColumn& first, const TextColumn& second) const;

  int64_t vocabulary_size() const;  // highest id + 1
  int32_t pad_id() const;
  // model_max_length of tokenizer_config.json; 0 where it is absent or absurdly large.
  int model_max_length() const;
  // Files of the folder that a saved model needs, to be copied verbatim beside it.
  std::vector<std::filesystem::path> files() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace thaw
