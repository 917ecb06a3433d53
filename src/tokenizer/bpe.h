#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizer/files/vocabulary.h"
#include "tokenizer/string_table.h"

namespace thaw {

struct BpeOptions {
  std::optional<std::string> unk_token;  // none: what the vocabulary lacks vanishes
  std::string continuing_subword_prefix;
  std::string end_of_word_suffix;
  bool fuse_unk = false;       // unknown characters side by side are one token
  bool byte_fallback = false;  // an unknown character is its bytes, "<0xE2>" …
  bool ignore_merges = false;  // a word of the vocabulary is that token, whatever the merges say
  bool reads_bytes = false;    // words are raw bytes, of which each is its visible character
};

// tokenizer.json's model "BPE" (Sennrich et al. 2016): a word is its characters, of which the pair
// that comes first in the list of merges becomes one, the leftmost first, until no pair is left.
class Bpe {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;

  // What one thread keeps from word to word.
  struct Scratch {
    struct Symbol {
      int32_t id;
      int32_t previous, next;  // places in `symbols`; -1: none
    };
    struct Candidate {
      uint32_t rank;
      int32_t at;
      int32_t id;  // what the pair would become
    };
    std::vector<int32_t> ids;
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
    std::string character, word;
  };

  // `where` is for messages. Throws Error: an empty vocabulary, an id that is a problem, a merge of
  // tokens that the vocabulary lacks.
  Bpe(Vocabulary vocabulary, const Merges& merges, const BpeOptions& options,
      const std::string& where);

  // Appends the ids of one word, which is valid UTF-8. Throws Error where an unknown character
  // needs the unknown token, and the vocabulary lacks that.
  void encode_word(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const;

  // The id, or StringTable::kAbsent.
  int32_t token_to_id(std::string_view token) const { return tokens_.find(token); }
  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  int32_t highest_id() const { return tokens_.highest_id(); }

 private:
  struct Merge {
    uint64_t pair = kFree;  // left id << 32 | right id
    uint32_t rank = kNoMerge;
    int32_t id = 0;
  };
  static constexpr uint64_t kFree = ~uint64_t{0};
  static constexpr uint32_t kNoMerge = ~uint32_t{0};
  static constexpr char32_t kDirect = 0x180;  // all of the byte-level alphabet lies below

  void add_merge(int32_t left, int32_t right, uint32_t rank, int32_t id);
  // The place of a pair in merges_, or the free one where it belongs.
  size_t place_of(uint64_t pair) const;
  // The merge of a pair, or one with the rank kNoMerge.
  const Merge& find_merge(int32_t left, int32_t right) const {
    return merges_[place_of(pair_of(left, right))];
  }
  static uint64_t pair_of(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  // Write the ids of the word's characters to scratch.ids. The second knows visible bytes only;
  // false: one is not in the vocabulary.
  void split_characters(std::string_view word, Scratch& scratch) const;
  bool split_bytes(std::string_view word, Scratch& scratch) const;
  int32_t unknown_id() const;
  void encode_characters(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const;
  // Merge scratch.ids: by a scan for the lowest rank, or with a heap of candidates.
  void merge(Scratch& scratch) const;
  void merge_few(Scratch& scratch) const;
  void merge_many(Scratch& scratch) const;

  BpeOptions options_;
  StringTable tokens_;
  std::array<int32_t, kDirect> direct_ids_;  // of characters without prefix and suffix
  std::array<int32_t, 256> byte_ids_;        // of "<0x00>" …, or kAbsent
  std::array<int32_t, 256> visible_ids_;     // of the visible characters of bytes, or kAbsent
  int32_t unknown_id_ = StringTable::kAbsent;
  bool has_double_ids_ = false;
  std::string where_;
  std::vector<Merge> merges_;  // a power of two, at most half full; searched linearly
  size_t mask_ = 0;
};

}  // namespace thaw
