#include "bench/fma_peak.h"

#include <algorithm>
#include <chrono>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/fma_peak.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thaw::bench {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Twelve independent chains, enough to hide the latency of the instruction. Returns the operations
// done, and their result so that it is not optimised away.
double multiply_add(int rounds, float* result) {
  const hn::ScalableTag<float> d;
  const auto x = hn::Set(d, 0.999f), y = hn::Set(d, 1e-3f);
  // Different from chain to chain, or the compiler would compute one of them for all.
  const auto first = [d](float value) HWY_ATTR { return hn::Set(d, value); };
  auto a = first(1), b = first(2), c = first(3), e = first(4), f = first(5), g = first(6);
  auto h = first(7), i = first(8), j = first(9), k = first(10), l = first(11), m = first(12);
  for (int round = 0; round < rounds; ++round) {
    a = hn::MulAdd(a, x, y), b = hn::MulAdd(b, x, y), c = hn::MulAdd(c, x, y);
    e = hn::MulAdd(e, x, y), f = hn::MulAdd(f, x, y), g = hn::MulAdd(g, x, y);
    h = hn::MulAdd(h, x, y), i = hn::MulAdd(i, x, y), j = hn::MulAdd(j, x, y);
    k = hn::MulAdd(k, x, y), l = hn::MulAdd(l, x, y), m = hn::MulAdd(m, x, y);
  }
  for (const auto& v : {b, c, e, f, g, h, i, j, k, l, m}) a = hn::Add(a, v);
  *result = hn::GetLane(a);
  return 2.0 * 12 * rounds * static_cast<double>(hn::Lanes(d));
}

}  // namespace HWY_NAMESPACE
}  // namespace thaw::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw::bench {

HWY_EXPORT(multiply_add);

double fma_peak() {
  static const double peak = [] {
    double best = 0;
    for (int trial = 0; trial < 20; ++trial) {
      float result;
      const auto start = std::chrono::steady_clock::now();
      const double operations = HWY_DYNAMIC_DISPATCH(multiply_add)(500000, &result);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      best = std::max(best, operations / seconds.count() * 1e-9 * (result > 0 ? 1 : 0));
    }
    return best;
  }();
  return peak;
}

}  // namespace thaw::bench
#endif  // HWY_ONCE
