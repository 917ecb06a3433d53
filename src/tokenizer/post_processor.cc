#include "tokenizer/post_processor.h"

#include <algorithm>

namespace thaw {
namespace {

SpecialRun run_of(std::initializer_list<int32_t> ids, int32_t type) {
  SpecialRun run;
  for (const int32_t id : ids) run.add(id, type);
  return run;
}

}  // namespace

bool PostProcessor::Single::has_types() const {
  const auto is_set = [](int32_t type) { return type != 0; };
  return type != 0 || std::any_of(before.types.begin(), before.types.end(), is_set) ||
         std::any_of(after.types.begin(), after.types.end(), is_set);
}

PostProcessor bert_post_processor(int32_t cls, int32_t sep) {
  return {{run_of({cls}, 0), run_of({sep}, 0), 0},
          PostProcessor::Pair{run_of({cls}, 0), run_of({sep}, 0), run_of({sep}, 1), {0, 1}}};
}

PostProcessor roberta_post_processor(int32_t cls, int32_t sep) {
  return {{run_of({cls}, 0), run_of({sep}, 0), 0},
          PostProcessor::Pair{run_of({cls}, 0), run_of({sep, sep}, 0), run_of({sep}, 0), {0, 0}}};
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

void truncate(int64_t added, int64_t max_length, TruncationSide side, size_t begin,
              std::vector<int32_t>& ids) {
  const int64_t room = max_length - added;
  if (max_length > 0 && room >= 0) cut(side, begin, room, ids);
}

std::pair<int64_t, int64_t> share_room(int64_t first, int64_t second, int64_t room) {
  if (first + second <= room) return {first, second};
  const int64_t shorter = std::min(first, second);
  const int64_t less = 2 * shorter <= room ? shorter : room / 2;
  return first > second ? std::pair{room - less, less} : std::pair{less, room - less};
}

}  // namespace thaw
