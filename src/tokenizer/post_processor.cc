#include "tokenizer/post_processor.h"

#include <algorithm>

namespace thaw {

PostProcessor bert_post_processor(int32_t cls, int32_t sep) {
  return {{cls}, {sep}, PairTemplate{{{cls, 0}}, {{sep, 0}}, {{sep, 1}}, 0, 1}};
}

void cut(TruncationSide side, size_t begin, int64_t count, std::vector<int32_t>& ids) {
  if (static_cast<int64_t>(ids.size() - begin) <= count) return;
  const auto first = ids.begin() + static_cast<int64_t>(begin);
  if (side == TruncationSide::kRight) {
    ids.erase(first + count, ids.end());
  } else {
    ids.erase(first, ids.end() - count);
  }
}

void truncate(const PostProcessor& post_processor, int64_t max_length, TruncationSide side,
              size_t begin, std::vector<int32_t>& ids) {
  const int64_t room = max_length - post_processor.added();
  if (max_length > 0 && room >= 0) cut(side, begin, room, ids);
}

std::pair<int64_t, int64_t> share_room(int64_t first, int64_t second, int64_t room) {
  if (first + second <= room) return {first, second};
  const int64_t shorter = std::min(first, second);
  const int64_t less = 2 * shorter <= room ? shorter : room / 2;
  return first > second ? std::pair{room - less, less} : std::pair{less, room - less};
}

}  // namespace thaw
