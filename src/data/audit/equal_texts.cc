#include "data/audit/equal_texts.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <tuple>

namespace thaw {
namespace {

// Sorting by hash brings equal texts together without a table of all texts.
struct Entry {
  size_t hash;
  TextPlace place;
};

class EqualTexts {
 public:
  explicit EqualTexts(const std::vector<const TextColumn*>& splits) : splits_(splits) {}

  std::vector<Entry> sorted() const {
    std::vector<Entry> entries;
    int64_t rows = 0;
    for (const TextColumn* texts : splits_) rows += texts->size();
    entries.reserve(rows);
    for (size_t split = 0; split < splits_.size(); ++split) {
      for (int64_t row = 0; row < splits_[split]->size(); ++row) {
        const TextPlace place{static_cast<int32_t>(split), row};
        entries.push_back({hash_of(place), place});
      }
    }
    std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      if (a.hash != b.hash) return a.hash < b.hash;
      if (const int order = text(a.place).compare(text(b.place)); order != 0) return order < 0;
      if (const int order = pair(a.place).compare(pair(b.place)); order != 0) return order < 0;
      return std::tie(a.place.split, a.place.position) < std::tie(b.place.split, b.place.position);
    });
    return entries;
  }

  bool are_equal(const Entry& a, const Entry& b) const {
    return a.hash == b.hash && text(a.place) == text(b.place) && pair(a.place) == pair(b.place);
  }

 private:
  size_t hash_of(const TextPlace& place) const {
    const std::hash<std::string_view> hash;
    const size_t first = hash(text(place));
    return splits_[place.split]->has_pairs() ? first * 31 + hash(pair(place)) : first;
  }
  std::string_view text(const TextPlace& place) const {
    return (*splits_[place.split])[place.position];
  }
  // Empty where rows are single texts.
  std::string_view pair(const TextPlace& place) const {
    const TextColumn& texts = *splits_[place.split];
    return texts.has_pairs() ? texts.pair(place.position) : std::string_view();
  }

  const std::vector<const TextColumn*>& splits_;
};

}  // namespace

void for_each_equal_text(const std::vector<const TextColumn*>& splits,
                         const std::function<void(std::span<const TextPlace>)>& take) {
  const EqualTexts texts(splits);
  const std::vector<Entry> entries = texts.sorted();
  std::vector<TextPlace> places;
  for (size_t begin = 0; begin < entries.size();) {
    size_t end = begin + 1;
    while (end < entries.size() && texts.are_equal(entries[begin], entries[end])) ++end;
    if (end - begin > 1) {
      places.clear();
      for (size_t i = begin; i < end; ++i) places.push_back(entries[i].place);
      take(places);
    }
    begin = end;
  }
}

}  // namespace thaw
