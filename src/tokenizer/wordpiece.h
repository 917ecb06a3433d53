#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/files/vocabulary.h"
#include "tokenizer/string_table.h"

namespace thaw {

struct WordPieceOptions {
  std::string unk_token = "[UNK]";
  std::string continuing_subword_prefix = "##";
  int64_t max_input_chars_per_word = 100;  // a longer word is unknown
};

// tokenizer.json's model "WordPiece": each word is cut from the left into the longest pieces that
// the vocabulary has; a word that cannot be cut so is one unknown token.
class WordPiece {
 public:
  // `where` is for messages. Throws Error: an empty vocabulary, no unknown token in it, an id that
  // is a problem.
  WordPiece(Vocabulary vocabulary, const WordPieceOptions& options, const std::string& where);

  // Appends the ids of one word, which is valid UTF-8.
  void encode_word(std::string_view word, std::vector<int32_t>& ids) const;

  // The id, or StringTable::kAbsent.
  int32_t token_to_id(std::string_view token) const { return words_.find(token); }
  // How many different strings there are, and the largest id: ids may have holes and doubles.
  int64_t size() const { return static_cast<int64_t>(words_.size()); }
  int32_t highest_id() const { return words_.highest_id(); }

 private:
  // Appends the longest piece in `table` that starts at `start`; returns where it ends, or `start`
  // where there is none.
  size_t append_longest(const StringTable& table, std::string_view word, size_t start,
                        std::vector<int32_t>& ids) const;

  StringTable words_;   // every token as it stands: what a word may start with
  StringTable pieces_;  // tokens with the prefix, without it: what a word may go on with
  int32_t unknown_id_ = 0;
  size_t max_chars_ = 0;
};

}  // namespace thaw
