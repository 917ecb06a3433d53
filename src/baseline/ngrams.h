#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/readers/text_column.h"
#include "tokenizer/string_table.h"

namespace thaw {

// What n-grams are made of: words and their pairs, as scikit-learn's analyzer="word" with
// ngram_range=(1, 2) and its default token_pattern; or 2 to 5 characters within a word and the
// spaces around it, as analyzer="char_wb" with ngram_range=(2, 5).
enum class NgramKind { kWords, kCharacters };

// The first or the second text of a pair.
enum class TextSide { kFirst, kSecond };

// Texts rewritten such that every n-gram is a part of them.
class NgramTexts {
 public:
  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](int64_t row) const {
    return {bytes_.data() + offsets_[row], offsets_[row + 1] - offsets_[row]};
  }
  // Where its first byte stands among those of all rows.
  uint64_t offset(int64_t row) const { return offsets_[row]; }
  const std::string& bytes() const { return bytes_; }

  // Adds a row: in lower case, and
  //   kWords: its words of two and more characters, a space between them;
  //   kCharacters: what white space separates, with a space between, before and behind; empty where
  //   there is nothing.
  // Invalid UTF-8 is read as Python's errors="replace" does.
  void push_back(std::string_view text, NgramKind kind);
  void append(const NgramTexts& other);

 private:
  std::string bytes_;
  std::vector<uint64_t> offsets_{0};  // [size() + 1]
  std::string lower_, repaired_;      // scratch
};

// Rows [begin, end) of one side of the column.
NgramTexts ngram_texts(const TextColumn& texts, TextSide side, NgramKind kind, int64_t begin,
                       int64_t end);
// All rows, by all threads.
NgramTexts ngram_texts(const TextColumn& texts, TextSide side, NgramKind kind);

// Calls visit(begin, length, hash) on each n-gram of a row of NgramTexts, as often as it occurs;
// the hash is StringTable's.
template <class Visit>
void for_each_word_ngram(std::string_view row, const Visit& visit) {
  for (size_t begin = 0; begin < row.size();) {
    uint64_t hash = StringTable::kEmptyHash;
    size_t next = 0;  // where the second word begins; 0: not reached
    size_t i = begin;
    for (; i < row.size(); ++i) {
      if (row[i] == ' ') {
        visit(begin, i - begin, hash);
        if (next > 0) break;
        next = i + 1;
      }
      hash = StringTable::extend(hash, row[i]);
    }
    if (i == row.size()) visit(begin, i - begin, hash);
    if (next == 0) break;
    begin = next;
  }
}

template <class Visit>
void for_each_character_ngram(std::string_view row, const Visit& visit) {
  constexpr int kFewest = 2, kMost = 5;
  const auto starts = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  for (size_t begin = 0; begin < row.size(); ++begin) {
    if (!starts(row[begin])) continue;
    uint64_t hash = StringTable::extend(StringTable::kEmptyHash, row[begin]);
    int characters = 1;
    for (size_t i = begin + 1; i < row.size(); ++i) {
      if (starts(row[i])) {
        if (characters >= kFewest) visit(begin, i - begin, hash);
        if (characters == kMost) break;
        // A space ends the word, unless it stands before it.
        if (i - 1 > begin && row[i - 1] == ' ') break;
        ++characters;
      }
      hash = StringTable::extend(hash, row[i]);
      if (i + 1 == row.size() && characters >= kFewest) visit(begin, row.size() - begin, hash);
    }
  }
}

template <class Visit>
void for_each_ngram(NgramKind kind, std::string_view row, const Visit& visit) {
  if (kind == NgramKind::kWords) {
    for_each_word_ngram(row, visit);
  } else {
    for_each_character_ngram(row, visit);
  }
}

}  // namespace thaw
