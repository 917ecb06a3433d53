#include "tokenizer/post_processor.h"

#include <algorithm>

#include "base/error.h"

namespace thaw {
namespace {

void keep(int64_t length, TruncationSide side, size_t begin, std::vector<int32_t>& ids) {
  const auto first = ids.begin() + static_cast<int64_t>(begin);
  if (ids.end() - first <= length) return;
  if (side == TruncationSide::kRight) {
    ids.erase(first + length, ids.end());
  } else {
    ids.erase(first, ids.end() - length);
  }
}

int64_t length_of(const std::vector<int32_t>& ids) { return static_cast<int64_t>(ids.size()); }

}  // namespace

bool PostProcessor::Single::has_types() const {
  const auto is_set = [](uint8_t type) { return type != 0; };
  return type != 0 || std::any_of(before.types.begin(), before.types.end(), is_set) ||
         std::any_of(after.types.begin(), after.types.end(), is_set);
}

void truncate(int64_t added, int64_t max_length, TruncationSide side, size_t begin,
              std::vector<int32_t>& ids) {
  const int64_t room = max_length - added;
  if (max_length <= 0 || room < 0) return;
  keep(room, side, begin, ids);
}

void truncate_pair(int64_t added, int64_t max_length, TruncationSide side,
                   TruncationStrategy strategy, std::vector<int32_t>& first,
                   std::vector<int32_t>& second) {
  const int64_t room = max_length - added;
  if (max_length <= 0 || room < 0) return;
  const int64_t total = length_of(first) + length_of(second);
  if (total <= room) return;
  if (room > 0 && strategy != TruncationStrategy::kLongestFirst) {
    std::vector<int32_t>& target = strategy == TruncationStrategy::kOnlyFirst ? first : second;
    const int64_t left = length_of(target) - (total - room);
    if (left <= 0) {
      throw Error("one text of a pair is too long to leave any of the other", "",
                  "raise the maximal length, or let the longest text give way first");
    }
    keep(left, side, 0, target);
    return;
  }
  int64_t shorter = std::min(length_of(first), length_of(second));
  int64_t longer = std::max(shorter, room - shorter);
  if (shorter + longer > room) {
    shorter = room / 2;
    longer = room - shorter;
  }
  const bool first_is_longer = length_of(first) > length_of(second);
  keep(first_is_longer ? longer : shorter, side, 0, first);
  keep(first_is_longer ? shorter : longer, side, 0, second);
}

}  // namespace thaw
