#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/files/vocabulary.h"
#include "tokenizer/string_table.h"

namespace thaw {

// tokenizer.json's model "WordLevel": a word is a token of the vocabulary, or unknown.
class WordLevel {
 public:
  // `where` is for messages. Throws Error: an empty vocabulary, an id that is a problem.
  WordLevel(Vocabulary vocabulary, std::string unk_token, const std::string& where);

  // Appends the id of one word. Throws Error where it is unknown and there is no unknown token.
  void encode_word(std::string_view word, std::vector<int32_t>& ids) const;

  // The id, or StringTable::kAbsent.
  int32_t token_to_id(std::string_view token) const { return tokens_.find(token); }
  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  int32_t highest_id() const { return tokens_.highest_id(); }

 private:
  StringTable tokens_;
  std::string unk_token_;
  int32_t unknown_id_;
  std::string where_;
};

}  // namespace thaw
