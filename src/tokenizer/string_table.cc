#include "tokenizer/string_table.h"

#include <algorithm>

namespace thaw {
namespace {

uint64_t hash_of(std::string_view text) {
  uint64_t hash = StringTable::kEmptyHash;
  for (const char byte : text) hash = StringTable::extend(hash, byte);
  return hash;
}

}  // namespace

int32_t StringTable::find(std::string_view text) const { return find(text, hash_of(text)); }

bool StringTable::insert(std::string_view text, int32_t id) {
  if (entries_.size() * 2 >= slots_.size()) grow();
  highest_id_ = std::max(highest_id_, id);
  longest_ = std::max(longest_, text.size());
  const uint64_t mixed = mix(hash_of(text));
  const auto tag = static_cast<uint32_t>(mixed);
  for (size_t i = mixed >> shift_;; i = (i + 1) & mask_) {
    Slot& slot = slots_[i];
    if (slot.entry == 0) {
      entries_.push_back(
          {static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(text.size()), id});
      bytes_.append(text);
      slot = {tag, static_cast<uint32_t>(entries_.size())};
      return true;
    }
    Entry& entry = entries_[slot.entry - 1];
    if (slot.tag == tag && std::string_view(bytes_).substr(entry.offset, entry.length) == text) {
      entry.id = id;
      return false;
    }
  }
}

void StringTable::grow() {
  const size_t slots = std::max<size_t>(64, slots_.size() * 2);
  slots_.assign(slots, Slot{});
  mask_ = slots - 1;
  shift_ = 64;
  for (size_t n = slots; n > 1; n /= 2) --shift_;
  for (size_t e = 0; e < entries_.size(); ++e) {
    const Entry& entry = entries_[e];
    const uint64_t mixed =
        mix(hash_of(std::string_view(bytes_).substr(entry.offset, entry.length)));
    size_t i = mixed >> shift_;
    while (slots_[i].entry != 0) i = (i + 1) & mask_;
    slots_[i] = {static_cast<uint32_t>(mixed), static_cast<uint32_t>(e + 1)};
  }
}

}  // namespace thaw
