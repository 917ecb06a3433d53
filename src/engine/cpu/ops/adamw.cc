#include "engine/cpu/ops/adamw.h"

#include <cmath>
#include <vector>

#include "base/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/adamw.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

// A step's factors in all lanes, and the rule itself: the one place where it is written, so that
// steps made later have the bits of those made in time.
struct Rule {
  explicit Rule(const AdamWFactors& factors)
      : keep(hn::Set(Lanes(), factors.keep)),
        take1(hn::Set(Lanes(), factors.take1)),
        beta2(hn::Set(Lanes(), factors.beta2)),
        take2(hn::Set(Lanes(), factors.take2)),
        step_size(hn::Set(Lanes(), factors.step_size)),
        root2(hn::Set(Lanes(), factors.root2)),
        epsilon(hn::Set(Lanes(), factors.epsilon)) {}

  HWY_INLINE void apply(Float g, Float& weight, Float& m, Float& v) const {
    m = hn::MulAdd(hn::Sub(g, m), take1, m);
    v = hn::MulAdd(hn::Mul(g, g), take2, hn::Mul(v, beta2));
    const Float denominator = hn::Add(hn::Div(hn::Sqrt(v), root2), epsilon);
    weight = hn::NegMulAdd(step_size, hn::Div(m, denominator), hn::Mul(weight, keep));
  }

  Float keep, take1, beta2, take2, step_size, root2, epsilon;
};

void update_range(const AdamWFactors& factors, int64_t count, float* weight, float* gradient,
                  float* m, float* v) {
  const Lanes d;
  const Rule rule(factors);
  const Float scale = hn::Set(d, factors.scale);
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float g = hn::Mul(load(d, gradient + i, part), scale);
    store(hn::Zero(d), d, gradient + i, part);
    Float new_weight = load(d, weight + i, part);
    Float new_m = load(d, m + i, part), new_v = load(d, v + i, part);
    rule.apply(g, new_weight, new_m, new_v);
    store(new_weight, d, weight + i, part);
    store(new_m, d, m + i, part);
    store(new_v, d, v + i, part);
  });
}

// Four vectors of parameters without a gradient, on their way through the steps. Four, for each
// step waits for the one before it.
constexpr int64_t kVectors = 4;
struct Block {
  HWY_INLINE void load_from(const float* w, const float* m_in, const float* v_in) {
    const Lanes d;
    for (int64_t k = 0; k < kVectors; ++k) {
      const int64_t at = k * static_cast<int64_t>(hn::Lanes(d));
      weight[k] = load(d, w + at);
      m[k] = load(d, m_in + at);
      v[k] = load(d, v_in + at);
    }
  }
  HWY_INLINE void store_to(float* w, float* m_out, float* v_out) const {
    const Lanes d;
    for (int64_t k = 0; k < kVectors; ++k) {
      const int64_t at = k * static_cast<int64_t>(hn::Lanes(d));
      store(weight[k], d, w + at);
      store(m[k], d, m_out + at);
      store(v[k], d, v_out + at);
    }
  }

  Float weight[kVectors], m[kVectors], v[kVectors];
};

HWY_INLINE bool never_moved(const Block& block) {
  const BitLanes db;
  Bits any = hn::Zero(db);
  for (int64_t k = 0; k < kVectors; ++k) {
    any = hn::Or(any, hn::Or(hn::BitCast(db, block.m[k]), hn::BitCast(db, block.v[k])));
  }
  return hn::AllTrue(db, hn::Eq(any, hn::Zero(db)));
}

// Whether no step of the history, from now on, can move a weight by half a unit in its last place.
// Without gradients |m| / (sqrt(v) + epsilon) only falls, and sqrt(1 - b2^t) makes the quotient no
// greater. Half a unit is 2^-26 |w| at least; 2^-28 leaves room for rounding and for the little
// that decay still takes from w, and 2^-100 is more than an m that is too small to decay can do.
HWY_INLINE bool has_settled(const Block& block, Float largest_step, Float epsilon) {
  const Lanes d;
  const BitLanes db;
  bool settled = true;
  for (int64_t k = 0; k < kVectors; ++k) {
    const Float quotient = hn::Div(hn::Abs(block.m[k]), hn::Add(hn::Sqrt(block.v[k]), epsilon));
    const Float move = hn::MulAdd(largest_step, quotient, hn::Set(d, 0x1p-100f));
    const auto small = hn::Le(move, hn::Mul(hn::Abs(block.weight[k]), hn::Set(d, 0x1p-28f)));
    const Bits moments = hn::Or(hn::BitCast(db, block.m[k]), hn::BitCast(db, block.v[k]));
    const auto zero = hn::RebindMask(d, hn::Eq(moments, hn::Zero(db)));
    settled = settled && hn::AllTrue(d, hn::Or(small, zero));
  }
  return settled;
}

HWY_INLINE void decay_weights(const AdamWHistory& history, int64_t from, Block& block) {
  if (!history.decays()) return;
  for (int64_t i = from; i < history.size(); ++i) {
    const Float keep = hn::Set(Lanes(), history[i].keep);
    for (Float& weight : block.weight) weight = hn::Mul(weight, keep);
  }
}

HWY_INLINE void decay_moments(const AdamWFactors& factors, int64_t steps, Block& block) {
  const Lanes d;
  const Float take1 = hn::Set(d, factors.take1), beta2 = hn::Set(d, factors.beta2);
  for (int64_t i = 0; i < steps; ++i) {
    for (Float& m : block.m) m = hn::MulAdd(hn::Sub(hn::Zero(d), m), take1, m);
    for (Float& v : block.v) v = hn::Mul(v, beta2);
  }
}

void catch_up_block(const AdamWHistory& history, int64_t from, Block& block) {
  const Lanes d;
  const AdamWFactors& last = history[history.size() - 1];
  if (never_moved(block)) return decay_weights(history, from, block);
  // What has_settled() takes for granted: m falls faster than sqrt(v), and epsilon is not nothing.
  const float beta1 = 1 - last.take1;
  const bool may_settle = beta1 * beta1 < 0.99f * last.beta2 && last.epsilon >= 1e-10f;
  const Float largest_step = hn::Set(d, history.largest_step_size());
  const Float epsilon = hn::Set(d, last.epsilon);
  constexpr int64_t kBetweenChecks = 16;
  for (int64_t i = from; i < history.size();) {
    const float still_decays = static_cast<float>(history.size() - i) * (1 - history.least_keep());
    if (may_settle && still_decays <= 0.25f && has_settled(block, largest_step, epsilon)) {
      decay_weights(history, i, block);
      return decay_moments(last, history.size() - i, block);
    }
    const int64_t end = std::min(i + kBetweenChecks, history.size());
    for (; i < end; ++i) {
      const Rule rule(history[i]);
      for (int64_t k = 0; k < kVectors; ++k) {
        rule.apply(hn::Zero(d), block.weight[k], block.m[k], block.v[k]);
      }
    }
  }
}

void catch_up(const AdamWHistory& history, int64_t from, int64_t count, float* weight, float* m,
              float* v) {
  const int64_t lanes = kVectors * static_cast<int64_t>(hn::Lanes(Lanes()));
  Block block;
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    block.load_from(weight + i, m + i, v + i);
    catch_up_block(history, from, block);
    block.store_to(weight + i, m + i, v + i);
  }
  if (i == count) return;
  const size_t rest = static_cast<size_t>(count - i) * sizeof(float);
  constexpr int64_t kMost = kVectors * HWY_MAX_BYTES / sizeof(float);
  HWY_ALIGN float last_weight[kMost] = {}, last_m[kMost] = {}, last_v[kMost] = {};
  std::memcpy(last_weight, weight + i, rest);
  std::memcpy(last_m, m + i, rest);
  std::memcpy(last_v, v + i, rest);
  block.load_from(last_weight, last_m, last_v);
  catch_up_block(history, from, block);
  block.store_to(last_weight, last_m, last_v);
  std::memcpy(weight + i, last_weight, rest);
  std::memcpy(m + i, last_m, rest);
  std::memcpy(v + i, last_v, rest);
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
HWY_EXPORT(catch_up);
HWY_EXPORT(squares);

constexpr int64_t kGrain = 4096;  // elements below which a thread is not worth waking
constexpr int64_t kChunk = 1 << 15;

}  // namespace

AdamWFactors::AdamWFactors(const AdamW& adamw) {
  const double step = static_cast<double>(adamw.step);
  const auto number = [](double x) { return static_cast<float>(x); };
  scale = number(adamw.gradient_scale);
  keep = number(1 - adamw.learning_rate * adamw.weight_decay);
  take1 = number(1 - adamw.beta1);
  beta2 = number(adamw.beta2);
  take2 = number(1 - adamw.beta2);
  step_size = number(adamw.learning_rate / (1 - std::pow(adamw.beta1, step)));
  root2 = number(std::sqrt(1 - std::pow(adamw.beta2, step)));
  epsilon = number(adamw.epsilon);
}

void AdamWHistory::add(const AdamW& adamw) {
  steps_.emplace_back(adamw);
  largest_step_size_ = std::max(largest_step_size_, steps_.back().step_size);
  least_keep_ = std::min(least_keep_, steps_.back().keep);
  decays_ = decays_ || steps_.back().keep != 1;
}

void adamw_update(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v) {
  const AdamWFactors factors(adamw);
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    adamw_update_part(factors, end - begin, weight + begin, gradient + begin, m + begin, v + begin);
  });
}

void adamw_update_part(const AdamWFactors& factors, int64_t count, float* weight, float* gradient,
                       float* m, float* v) {
  HWY_DYNAMIC_DISPATCH(update_range)(factors, count, weight, gradient, m, v);
}

void adamw_catch_up(const AdamWHistory& history, int64_t from, int64_t count, float* weight,
                    float* m, float* v) {
  if (from >= history.size()) return;
  HWY_DYNAMIC_DISPATCH(catch_up)(history, from, count, weight, m, v);
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

double sum_of_squares_part(const float* x, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(squares)(x, count);
}

}  // namespace thaw
#endif  // HWY_ONCE
