#include "baseline/ngram_counts.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/random.h"
#include "base/threads.h"

namespace thaw {
namespace {

struct Entry {
  uint64_t offset;  // in the bytes of all texts
  uint32_t length;
  uint32_t tag;   // low half of the hash
  uint32_t rows;  // 0: free
  uint32_t last;  // row that was counted last
};

struct Candidate {
  std::string_view ngram;
  int64_t rows;
};

// Whom the cap keeps first.
bool comes_before(const Candidate& a, const Candidate& b) {
  return a.rows != b.rows ? a.rows > b.rows : a.ngram < b.ngram;
}

// Of the hashes first to last, both included.
struct HashRange {
  uint64_t first, last;
  // Where it is left to cut; above 32 bits tags and slots no longer tell hashes apart.
  bool divisible() const { return last - first > uint64_t{1} << 32; }
};

// Counts the n-grams whose hash is in a range.
class Counter {
 public:
  Counter(const NgramTexts& texts, NgramKind kind, size_t most_entries)
      : texts_(texts), kind_(kind), most_entries_(most_entries) {}

  // False where there are more than the table may hold: then nothing is counted.
  bool count(HashRange range) {
    entries_.assign(kFirstSlots, Entry{});
    used_ = 0;
    for (int64_t row = 0; row < texts_.size(); ++row) {
      const std::string_view text = texts_[row];
      bool full = false;
      for_each_ngram(kind_, text, [&](size_t begin, size_t length, uint64_t hash) {
        const uint64_t mixed = mix64(hash);
        if (mixed < range.first || mixed > range.last || full) return;
        add(row, text.substr(begin, length), begin, mixed);
        full = used_ > most_entries_ && range.divisible();
      });
      if (full) return false;
    }
    return true;
  }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.rows > 0) visit(Candidate{view(entry), entry.rows});
    }
  }

 private:
  static constexpr size_t kFirstSlots = 1024;  // a power of two

  std::string_view view(const Entry& entry) const {
    return {texts_.bytes().data() + entry.offset, entry.length};
  }

  void add(int64_t row, std::string_view ngram, size_t begin, uint64_t mixed) {
    const auto tag = static_cast<uint32_t>(mixed);
    const auto number = static_cast<uint32_t>(row);
    Entry& entry = find(ngram, tag);
    if (entry.rows == 0) {
      entry = {texts_.offset(row) + begin, static_cast<uint32_t>(ngram.size()), tag, 1, number};
      if (++used_ * 4 > entries_.size() * 3) grow();
    } else if (entry.last != number) {
      ++entry.rows;
      entry.last = number;
    }
  }

  // The entry of the n-gram, or the free one where it belongs.
  Entry& find(std::string_view ngram, uint32_t tag) {
    const size_t mask = entries_.size() - 1;
    for (size_t i = slot(tag);; i = (i + 1) & mask) {
      Entry& entry = entries_[i];
      if (entry.rows == 0) return entry;
      if (entry.tag == tag && view(entry) == ngram) return entry;
    }
  }

  size_t slot(uint32_t tag) const { return tag & (entries_.size() - 1); }

  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    const size_t mask = entries_.size() - 1;
    for (const Entry& entry : old) {
      if (entry.rows == 0) continue;
      size_t i = slot(entry.tag);
      while (entries_[i].rows != 0) i = (i + 1) & mask;
      entries_[i] = entry;
    }
  }

  const NgramTexts& texts_;
  NgramKind kind_;
  size_t most_entries_;
  std::vector<Entry> entries_;
  size_t used_ = 0;
};

}  // namespace

NgramCounts count_ngrams(const NgramTexts& texts, NgramKind kind, int64_t most,
                         int64_t table_entries) {
  NgramCounts counts;
  std::vector<Candidate> kept;
  std::mutex mutex;  // of the two above; what they come to is the same in any order
  const auto cut = [&](size_t size) {
    if (kept.size() <= size) return;
    std::nth_element(kept.begin(), kept.begin() + static_cast<int64_t>(size), kept.end(),
                     comes_before);
    kept.resize(size);
  };
  const int threads = thread_count();
  parallel_parts(threads, 1, [&](int64_t begin, int64_t end, int) {
    const uint64_t share = UINT64_MAX / threads;
    Counter counter(texts, kind, std::max<int64_t>(1, table_entries / threads));
    std::vector<HashRange> ranges;
    for (int64_t i = begin; i < end; ++i) {
      ranges.push_back({share * i, i + 1 == threads ? UINT64_MAX : share * (i + 1) - 1});
    }
    while (!ranges.empty()) {
      const HashRange range = ranges.back();
      ranges.pop_back();
      if (!counter.count(range)) {
        const uint64_t middle = range.first + (range.last - range.first) / 2;
        ranges.push_back({range.first, middle});
        ranges.push_back({middle + 1, range.last});
        continue;
      }
      const std::lock_guard lock(mutex);
      counter.for_each([&](const Candidate& candidate) {
        ++counts.distinct;
        kept.push_back(candidate);
        if (kept.size() >= 2 * static_cast<size_t>(most) + 1024) cut(most);
      });
    }
  });
  cut(most);
  std::sort(kept.begin(), kept.end(),
            [](const Candidate& a, const Candidate& b) { return a.ngram < b.ngram; });
  for (const Candidate& candidate : kept) {
    counts.ngrams.push_back(candidate.ngram);
    counts.document_frequency.push_back(candidate.rows);
  }
  return counts;
}

}  // namespace thaw
