#include "tokenizer/post_processor.h"

namespace thaw {

void truncate(const PostProcessor& post_processor, int64_t max_length, TruncationSide side,
              size_t begin, std::vector<int32_t>& ids) {
  const int64_t room = max_length - post_processor.added();
  if (max_length <= 0 || room < 0) return;
  const auto length = static_cast<int64_t>(ids.size() - begin);
  if (length <= room) return;
  const auto first = ids.begin() + static_cast<int64_t>(begin);
  if (side == TruncationSide::kRight) {
    ids.erase(first + room, ids.end());
  } else {
    ids.erase(first, ids.end() - room);
  }
}

}  // namespace thaw
