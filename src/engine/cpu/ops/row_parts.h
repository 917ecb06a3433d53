#pragma once  // Tests: tests/engine/cpu/ops/activation_test.cc

#include <algorithm>
#include <cstdint>

#include "base/threads.h"

// How ops over [rows, columns] share their rows among threads, and add up what each thread summed
// over its rows for itself.
namespace thaw {

// Rows below which a thread is not worth waking; a multiple of the rows that kernels take together.
inline int64_t row_grain(int64_t columns) {
  const int64_t rows = 4096 / std::max<int64_t>(columns, 1);
  return std::max<int64_t>(4, rows / 4 * 4);
}

// The number of parts that parallel_parts(count, grain, ...) makes.
inline int64_t part_count(int64_t count, int64_t grain) {
  return std::min<int64_t>(thread_count(), (count + grain - 1) / grain);
}

// sums [columns] += the rows of partial [parts, stride], in their order. sums may be null.
inline void add_parts(const float* partial, int64_t parts, int64_t stride, int64_t columns,
                      float* sums) {
  if (sums == nullptr) return;
  for (int64_t part = 0; part < parts; ++part) {
    for (int64_t c = 0; c < columns; ++c) sums[c] += partial[part * stride + c];
  }
}

}  // namespace thaw
