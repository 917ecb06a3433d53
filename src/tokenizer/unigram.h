#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizer/string_table.h"
#include "tokenizer/string_trie.h"

namespace thaw {

// tokenizer.json's model "Unigram" (Kudo 2018): a word is cut into the pieces with the largest sum
// of scores. A character that is no piece is unknown and costs 10 more than the worst piece;
// unknown ones side by side are one token.
class Unigram {
 public:
  using Pieces = std::vector<std::pair<std::string, double>>;  // their places are their ids

  // What one thread keeps from word to word.
  struct Scratch {
    struct Best {
      double score;
      int32_t start;  // of the last piece of the best path that ends here; -1: none
      int32_t id;
    };
    std::vector<Best> best;      // [bytes + 1]
    std::vector<uint32_t> path;  // ends of pieces, the last first
  };

  // `where` is for messages. With `byte_fallback` an unknown part is its bytes, "<0xE2>" …
  // Throws Error: no pieces, an unknown id beyond them.
  Unigram(const Pieces& pieces, std::optional<int64_t> unknown_id, bool byte_fallback,
          const std::string& where);

  // Appends the ids of one word, which is valid UTF-8. Throws Error at an unknown character where
  // there is no unknown id.
  void encode_word(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const;

  // The id, or StringTable::kAbsent. Of equal pieces the last counts.
  int32_t token_to_id(std::string_view token) const { return tokens_.find(token); }
  int64_t size() const { return static_cast<int64_t>(scores_.size()); }
  int32_t highest_id() const { return static_cast<int32_t>(scores_.size()) - 1; }

 private:
  void find_best_path(std::string_view word, Scratch& scratch) const;
  void append_unknown(std::string_view part, std::vector<int32_t>& ids) const;

  StringTable tokens_;
  StringTrie trie_;
  std::vector<double> scores_;  // [ids]
  std::array<int32_t, 256> byte_ids_;
  double unknown_score_ = 0;
  int32_t unknown_id_ = StringTable::kAbsent;
  bool byte_fallback_;
  std::string where_;
};

}  // namespace thaw
