#include "engine/cpu/lazy_adamw_rows.h"

#include <algorithm>

#include "base/threads.h"

namespace thaw {
namespace {

// Calls body(i) for each i < count. Neighbours go to different threads: rows of common words and
// rows that no text holds stand together in a vocabulary.
template <class Body>
void for_each_row(int64_t count, const Body& body) {
  const int64_t parts = std::min<int64_t>(count, thread_count());
  parallel_parts(parts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t part = begin; part < end; ++part) {
      for (int64_t i = part; i < count; i += parts) body(i);
    }
  });
}

}  // namespace

LazyAdamWRows::LazyAdamWRows(int64_t rows, int64_t width, float* value, float* gradient, float* m,
                             float* v)
    : rows_(rows),
      width_(width),
      value_(value),
      gradient_(gradient),
      m_(m),
      v_(v),
      steps_(rows),
      is_touched_(rows) {}

void LazyAdamWRows::catch_up_row(int64_t row) {
  const int64_t at = row * width_;
  adamw_catch_up(history_, steps_[row], width_, value_ + at, m_ + at, v_ + at);
  steps_[row] = history_.size();
}

void LazyAdamWRows::catch_up(const int32_t* ids, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (is_touched_[ids[i]]) continue;
    is_touched_[ids[i]] = true;
    touched_.push_back(ids[i]);
  }
  std::sort(touched_.begin(), touched_.end());
  for_each_row(touched_.size(), [&](int64_t i) { catch_up_row(touched_[i]); });
}

void LazyAdamWRows::update_row(const AdamWFactors& factors, int64_t row) {
  const int64_t at = row * width_;
  adamw_update_part(factors, width_, value_ + at, gradient_ + at, m_ + at, v_ + at);
  steps_[row] = history_.size();
}

void LazyAdamWRows::end_update() {
  for (const int32_t row : touched_) is_touched_[row] = false;
  touched_.clear();
}

void LazyAdamWRows::flush() {
  for_each_row(rows_, [&](int64_t row) { catch_up_row(row); });
}

}  // namespace thaw
