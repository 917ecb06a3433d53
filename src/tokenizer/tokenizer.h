#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/readers/text_column.h"

namespace thaw {

// Token ids of many texts, one after another, special tokens included, without padding.
struct TokenizedTexts {
  std::vector<int32_t> ids;      // [tokens]
  std::vector<int64_t> offsets;  // [rows + 1]
  std::vector<int32_t> types;    // [tokens] token types; empty: all are 0

  int64_t rows() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t length(int64_t row) const { return offsets[row + 1] - offsets[row]; }
};

// What cutting texts to a length took from them, in tokens.
struct Truncation {
  int64_t texts = 0, cut_texts = 0;  // rows; of a pair both texts are one
  int64_t tokens = 0, lost = 0;      // of the texts themselves, special tokens not counted
  int64_t longest = 0;               // text as it is, special tokens counted

  void add(const Truncation& more);
};

// Text -> token ids, identical to Transformers' fast tokenizer for the same folder.
class Tokenizer {
 public:
  // Reads tokenizer.json, or vocab.txt, vocab.json + merges.txt or a sentencepiece model, together
  // with tokenizer_config.json, from a model's folder, or from where its modules.json has them.
  // Throws Error: no tokenizer there, a component that thaw does not know (named), broken JSON.
  static Tokenizer load(const std::filesystem::path& folder);

  // From now on `prompt` stands before every text (of a pair, before the first), and texts are
  // lowered code point by code point before all else: as sentence-transformers 6 does it.
  void prepare_texts(const std::string& prompt, bool lower_case);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  // Ids with special tokens ([CLS] … [SEP]), truncated to max_length (special tokens included;
  // 0: no truncation). Invalid UTF-8 is read as U+FFFD.
  std::vector<int32_t> encode(std::string_view text, int max_length) const;
  // A pair of texts: [CLS] … [SEP] … [SEP], cut where the longer of the two is longest
  // ("longest_first"). `types`: one for each id, or empty where the folder's model takes none.
  // Throws Error where the post-processor knows no pairs.
  std::vector<int32_t> encode_pair(std::string_view first, std::string_view second, int max_length,
                                   std::vector<int32_t>& types) const;
  // The same for every row, text or pair, on all threads of base/threads.h.
  TokenizedTexts encode_all(const TextColumn& texts, int max_length) const;
  // Lengths in tokens without truncation, special tokens included.  // [rows]
  std::vector<int32_t> lengths(const TextColumn& texts) const;

  // What encode_all(texts, max_length), which gave `encoded`, has left out. Encodes again what was
  // cut, and nothing else.
  Truncation truncation(const TextColumn& texts, const TokenizedTexts& encoded,
                        int max_length) const;
  // Special tokens that stand around a text, or around the two of a pair.
  int special_tokens(bool pairs) const;
  // Throws Error where max_length leaves no room for a token of the text beside the special ones.
  void check_max_length(int max_length, bool pairs) const;

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
