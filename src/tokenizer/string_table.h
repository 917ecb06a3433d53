#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// Strings with an id each, found by a hash that grows byte by byte: the hashes of all prefixes of a
// word cost one pass over it, so the longest prefix in the table is found without hashing again.
class StringTable {
 public:
  static constexpr uint64_t kEmptyHash = 0x9E3779B97F4A7C15u;
  static constexpr int32_t kAbsent = -1;

  static uint64_t extend(uint64_t hash, char byte) {
    return (hash ^ static_cast<unsigned char>(byte)) * 0x9FB21C651E98DF25u;
  }

  // Adds a string, or gives it another id (and returns false). Ids are not negative. Less than
  // 4 GiB in all.
  bool insert(std::string_view text, int32_t id);

  // The id, or kAbsent. `hash` is kEmptyHash extended by every byte of `text`.
  int32_t find(std::string_view text, uint64_t hash) const {
    if (slots_.empty()) return kAbsent;
    const uint64_t mixed = mix(hash);
    for (size_t i = mixed >> shift_;; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.entry == 0) return kAbsent;
      if (slot.tag != static_cast<uint32_t>(mixed)) continue;
      const Entry& entry = entries_[slot.entry - 1];
      if (std::string_view(bytes_.data() + entry.offset, entry.length) == text) return entry.id;
    }
  }
  int32_t find(std::string_view text) const;

  // Calls visit(text, id) on every string, in the order in which they came.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Entry& entry : entries_) {
      visit(std::string_view(bytes_.data() + entry.offset, entry.length), entry.id);
    }
  }

  size_t size() const { return entries_.size(); }
  size_t longest() const { return longest_; }         // in bytes
  int32_t highest_id() const { return highest_id_; }  // kAbsent where the table is empty

 private:
  struct Slot {
    uint32_t tag = 0;    // low half of the mixed hash
    uint32_t entry = 0;  // number of the entry + 1; 0: free
  };
  struct Entry {
    uint32_t offset, length;
    int32_t id;
  };

  static uint64_t mix(uint64_t hash) { return (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9u; }
  void grow();

  std::vector<Slot> slots_;  // a power of two, at most half full; searched linearly
  std::vector<Entry> entries_;
  std::string bytes_;
  int shift_ = 64;
  size_t mask_ = 0;
  size_t longest_ = 0;
  int32_t highest_id_ = kAbsent;
};

}  // namespace thaw
