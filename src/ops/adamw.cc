#include "ops/adamw.h"

#include <cmath>
#include <vector>

#include "base/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/adamw.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

void update_range(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v) {
  const Lanes d;
  const double step = static_cast<double>(adamw.step);
  const double correction1 = 1 - std::pow(adamw.beta1, step);
  const double correction2 = 1 - std::pow(adamw.beta2, step);
  const auto set = [&](double x) HWY_ATTR { return hn::Set(d, static_cast<float>(x)); };
  const Float scale = set(adamw.gradient_scale), epsilon = set(adamw.epsilon);
  const Float keep = set(1 - adamw.learning_rate * adamw.weight_decay);
  const Float take1 = set(1 - adamw.beta1), beta2 = set(adamw.beta2), take2 = set(1 - adamw.beta2);
  const Float step_size = set(adamw.learning_rate / correction1);
  const Float root2 = set(std::sqrt(correction2));
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float g = hn::Mul(load(d, gradient + i, part), scale);
    store(hn::Zero(d), d, gradient + i, part);
    const Float old_m = load(d, m + i, part);
    const Float new_m = hn::MulAdd(hn::Sub(g, old_m), take1, old_m);
    const Float new_v = hn::MulAdd(hn::Mul(g, g), take2, hn::Mul(load(d, v + i, part), beta2));
    const Float denominator = hn::Add(hn::Div(hn::Sqrt(new_v), root2), epsilon);
    const Float old_weight = hn::Mul(load(d, weight + i, part), keep);
    store(hn::NegMulAdd(step_size, hn::Div(new_m, denominator), old_weight), d, weight + i, part);
    store(new_m, d, m + i, part);
    store(new_v, d, v + i, part);
  });
}

double squares(const float* x, int64_t count) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> d_half;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto even = hn::Zero(d), odd = even, third = even, fourth = even;
  int64_t i = 0;
  const auto at = [&](int64_t j) HWY_ATTR { return hn::PromoteTo(d, hn::LoadU(d_half, x + j)); };
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    const auto a = at(i), b = at(i + lanes), c = at(i + 2 * lanes), e = at(i + 3 * lanes);
    even = hn::MulAdd(a, a, even);
    odd = hn::MulAdd(b, b, odd);
    third = hn::MulAdd(c, c, third);
    fourth = hn::MulAdd(e, e, fourth);
  }
  double rest = 0;
  for (; i < count; ++i) rest += static_cast<double>(x[i]) * x[i];
  const auto total = hn::Add(hn::Add(even, odd), hn::Add(third, fourth));
  return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(update_range);
HWY_EXPORT(squares);

constexpr int64_t kGrain = 4096;  // elements below which a thread is not worth waking
constexpr int64_t kChunk = 1 << 15;

}  // namespace

void adamw_update(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v) {
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(update_range)
    (adamw, end - begin, weight + begin, gradient + begin, m + begin, v + begin);
  });
}

double sum_of_squares(const float* x, int64_t count) {
  const int64_t chunks = (count + kChunk - 1) / kChunk;
  std::vector<double> sums(static_cast<size_t>(std::max<int64_t>(chunks, 0)));
  parallel_parts(chunks, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i * kChunk;
      sums[static_cast<size_t>(i)] =
          HWY_DYNAMIC_DISPATCH(squares)(x + first, std::min(kChunk, count - first));
    }
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace thaw
#endif  // HWY_ONCE
