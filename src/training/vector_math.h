#pragma once  // Tests: tests/training/logistic_regression_test.cc

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/threads.h"

// Sums of long vectors of doubles, with the same bits whatever the number of threads: they are
// cut at multiples of kVectorBlock, and the blocks' sums are added in their order.
namespace thaw {

using Four = double __attribute__((vector_size(32)));
constexpr int64_t kLanes = 4;

inline Four load(const double* x) {
  Four v;
  std::memcpy(&v, x, sizeof(v));
  return v;
}

inline void store(const Four& v, double* x) { std::memcpy(x, &v, sizeof(v)); }

inline double sum(const Four& v) { return (v[0] + v[1]) + (v[2] + v[3]); }

// x . y
inline double dot(const double* x, const double* y, int64_t count) {
  Four even{}, odd{};
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    even += load(x + i) * load(y + i);
    odd += load(x + i + kLanes) * load(y + i + kLanes);
  }
  double rest = 0;
  for (; i < count; ++i) rest += x[i] * y[i];
  return sum(even + odd) + rest;
}

// y += factor * x
inline void add(double factor, const double* x, int64_t count, double* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(load(y + i) + factor * load(x + i), y + i);
  for (; i < count; ++i) y[i] += factor * x[i];
}

constexpr int64_t kVectorBlock = 1 << 15;  // 256 KiB: two of them stay in a core's cache

inline double dot(const std::vector<double>& x, const std::vector<double>& y) {
  const auto size = static_cast<int64_t>(x.size());
  if (size <= kVectorBlock) return dot(x.data(), y.data(), size);
  std::vector<double> sums((size + kVectorBlock - 1) / kVectorBlock);
  parallel_parts(size, kVectorBlock, [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin; at < end; at += kVectorBlock) {
      sums[at / kVectorBlock] = dot(x.data() + at, y.data() + at, std::min(kVectorBlock, end - at));
    }
  });
  double total = 0;
  for (const double part : sums) total += part;
  return total;
}

inline void add(double factor, const std::vector<double>& x, std::vector<double>& y) {
  parallel_parts(static_cast<int64_t>(x.size()), kVectorBlock,
                 [&](int64_t begin, int64_t end, int) {
                   add(factor, x.data() + begin, end - begin, y.data() + begin);
                 });
}

}  // namespace thaw
