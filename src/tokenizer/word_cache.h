#pragma once  // Tests: tests/tokenizer/tokenizer_test.cc

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace thaw {

// The ids of words met lately, for one thread: most words of a text are among the few thousand
// that come all the time, and those are found here without leaving the near caches. A word has one
// place, from which a newer one drives it out. It changes the speed alone, never the ids.
class WordCache {
 public:
  // Until then it holds nothing: for a single text it would cost more than it saves.
  void start() { entries_.resize(kEntries); }

  // Appends the ids of the word and returns true, or returns false.
  bool append(std::string_view word, std::vector<int32_t>& ids) const {
    if (entries_.empty() || word.size() - 1 >= kLongestWord) return false;  // too long, or empty
    const Entry& entry = entries_[slot(word)];
    if (entry.length != word.size() || std::memcmp(entry.text, word.data(), word.size()) != 0) {
      return false;
    }
    ids.insert(ids.end(), entry.ids, entry.ids + entry.count);
    return true;
  }

  void remember(std::string_view word, const int32_t* ids, size_t count) {
    if (entries_.empty() || word.size() - 1 >= kLongestWord || count > kMostIds) return;
    Entry& entry = entries_[slot(word)];
    entry.length = static_cast<uint8_t>(word.size());
    entry.count = static_cast<uint8_t>(count);
    std::memcpy(entry.text, word.data(), word.size());
    std::copy_n(ids, count, entry.ids);  // may be none, at no address
  }

 private:
  static constexpr int kBits = 12;
  static constexpr size_t kEntries = size_t{1} << kBits;
  static constexpr size_t kLongestWord = 18;  // bytes
  static constexpr size_t kMostIds = 5;

  struct Entry {  // 40 bytes
    uint8_t length = 0, count = 0;
    char text[kLongestWord] = {};
    int32_t ids[kMostIds] = {};
  };

  template <class Unsigned>
  static uint64_t load(const char* at) {
    Unsigned value;
    std::memcpy(&value, at, sizeof(value));
    return value;
  }

  // From the first and the last bytes, which overlap in short words.
  static size_t slot(std::string_view word) {
    const char* text = word.data();
    const size_t size = word.size();
    uint64_t first, last;
    if (size >= 8) {
      first = load<uint64_t>(text);
      last = load<uint64_t>(text + size - 8);
    } else if (size >= 4) {
      first = load<uint32_t>(text);
      last = load<uint32_t>(text + size - 4);
    } else {
      first = load<uint8_t>(text);
      last = load<uint8_t>(text + size / 2) << 8 | load<uint8_t>(text + size - 1);
    }
    const uint64_t mixed = (first * 0x9E3779B97F4A7C15u) ^ ((last + size) * 0xC2B2AE3D27D4EB4Fu);
    return (mixed * 0x9FB21C651E98DF25u) >> (64 - kBits);
  }

  std::vector<Entry> entries_;
};

}  // namespace thaw
