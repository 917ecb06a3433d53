// Vector building blocks that the ops share: float lanes in, float lanes out, whatever the storage.
// Included once for each instruction set (Highway's foreach_target), hence the toggled guard.
//
//   const Lanes d;
//   for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
//     store(exp(d, load(d, x + i, part)), d, y + i, part);
//   });
//
// Pointers need no alignment, counts no divisibility. x may be y.
#if defined(THAW_OPS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef THAW_OPS_SIMD_INL_H_
#undef THAW_OPS_SIMD_INL_H_
#else
#define THAW_OPS_SIMD_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>
#include <cstring>

#include "base/bf16.h"
#include "base/random.h"
#include "engine/cpu/ops/dropout.h"

// A lambda is compiled for the instruction set around it only with HWY_ATTR, and keeps its
// constants in registers only when inlined.
#ifndef THAW_VECTOR_LAMBDA
#define THAW_VECTOR_LAMBDA HWY_ATTR __attribute__((always_inline))
#endif

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<float>;  // the widest vector of floats
using Float = hn::Vec<Lanes>;
using BitLanes = hn::RebindToUnsigned<Lanes>;
using HalfLanes = hn::Rebind<uint16_t, Lanes>;  // as many 16-bit lanes
using Bits = hn::Vec<BitLanes>;

// Which lanes of a vector a load or a store touches.
struct AllLanes {};
struct FirstLanes {
  size_t count;  // 1 <= count < Lanes(d)
};

// Calls body(i, AllLanes{}) for each whole vector of [0, count), then body(i, FirstLanes{rest}).
template <class Body>
HWY_INLINE void for_each_vector(Lanes d, int64_t count, const Body& body) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) body(i, AllLanes{});
  if (i < count) body(i, FirstLanes{static_cast<size_t>(count - i)});
}

// Asks for the cache line at p, which may lie past the end of an array. For kernels that go down
// several rows at once: hardware foresees a run of addresses, but not where the next rows begin.
template <class T>
HWY_INLINE void prefetch(const T* p) {
  __builtin_prefetch(p);
}

// ---- Loads: lanes beyond the part are zero and not read.

HWY_INLINE Float load(Lanes d, const float* p, AllLanes = {}) { return hn::LoadU(d, p); }

HWY_INLINE Float load(Lanes d, const float* p, FirstLanes part) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN float copy[HWY_MAX_BYTES / sizeof(float)] = {};
  std::memcpy(copy, p, part.count * sizeof(float));
  return hn::Load(d, copy);
#else
  return hn::MaskedLoad(hn::FirstN(d, part.count), d, p);
#endif
}

HWY_INLINE Float from_halves(Lanes d, hn::Vec<HalfLanes> halves) {
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(BitLanes(), halves)));
}

HWY_INLINE Float load(Lanes d, const Bf16* p, AllLanes = {}) {
  return from_halves(d, hn::LoadU(HalfLanes(), &p->bits));
}

HWY_INLINE Float load(Lanes d, const Bf16* p, FirstLanes part) {
#if HWY_TARGET <= HWY_AVX3
  const HalfLanes halves;
  return from_halves(d, hn::MaskedLoad(hn::FirstN(halves, part.count), halves, &p->bits));
#else
  HWY_ALIGN uint16_t copy[HWY_MAX_BYTES / sizeof(uint16_t)] = {};
  std::memcpy(copy, p, part.count * sizeof(uint16_t));
  return from_halves(d, hn::Load(HalfLanes(), copy));
#endif
}

// ---- Stores: lanes beyond the part are not written.

HWY_INLINE void store(Float v, Lanes d, float* p, AllLanes = {}) { hn::StoreU(v, d, p); }

HWY_INLINE void store(Float v, Lanes d, float* p, FirstLanes part) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN float copy[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(v, d, copy);
  std::memcpy(p, copy, part.count * sizeof(float));
#else
  hn::BlendedStore(v, hn::FirstN(d, part.count), d, p);
#endif
}

// The bits of v rounded to nearest, ties to even, in their upper halves; the lower halves are left
// over. NaN stays NaN, as in to_bf16.
HWY_INLINE Bits rounded_to_upper_halves(Lanes, Float v) {
  const BitLanes db;
  const Bits bits = hn::BitCast(db, v);
#if HWY_TARGET <= HWY_AVX3
  const auto odd = hn::TestBit(bits, hn::Set(db, 0x10000u));
  const Bits below = hn::Add(bits, hn::Set(db, 0x7FFFu));
  const Bits rounded{_mm512_mask_add_epi32(below.raw, odd.raw, below.raw, hn::Set(db, 1u).raw)};
#else
  const Bits odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(db, 1u));
  const Bits rounded = hn::Add(hn::Add(bits, hn::Set(db, 0x7FFFu)), odd);
#endif
  return hn::IfThenElse(hn::RebindMask(db, hn::IsNaN(v)), hn::Or(bits, hn::Set(db, 0x400000u)),
                        rounded);
}

HWY_INLINE hn::Vec<HalfLanes> to_halves(Lanes d, Float v) {
  const Bits bits = rounded_to_upper_halves(d, v);
#if HWY_TARGET <= HWY_AVX3
  // The odd 16-bit lanes, side by side.
  alignas(64) static constexpr uint16_t kOdd[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                                    23, 25, 27, 29, 31, 1,  3,  5,  7,  9,  11,
                                                    13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
  const __m512i odd = _mm512_load_si512(kOdd);
  return hn::Vec<HalfLanes>{_mm512_castsi512_si256(_mm512_permutexvar_epi16(odd, bits.raw))};
#else
  return hn::TruncateTo(HalfLanes(), hn::ShiftRight<16>(bits));
#endif
}

HWY_INLINE void store(Float v, Lanes d, Bf16* p, AllLanes = {}) {
  hn::StoreU(to_halves(d, v), HalfLanes(), &p->bits);
}

HWY_INLINE void store(Float v, Lanes d, Bf16* p, FirstLanes part) {
  const HalfLanes halves;
#if HWY_TARGET <= HWY_AVX3
  hn::BlendedStore(to_halves(d, v), hn::FirstN(halves, part.count), halves, &p->bits);
#else
  HWY_ALIGN uint16_t copy[HWY_MAX_BYTES / sizeof(uint16_t)];
  hn::Store(to_halves(d, v), halves, copy);
  std::memcpy(&p->bits, copy, part.count * sizeof(uint16_t));
#endif
}

// What load() gives back after store() to an array of T.
template <class T>
HWY_INLINE Float as_stored(Lanes d, Float v) {
  if constexpr (sizeof(T) == sizeof(Bf16)) {
    const Bits upper = hn::Set(BitLanes(), 0xFFFF0000u);
    return hn::BitCast(d, hn::And(rounded_to_upper_halves(d, v), upper));
  } else {
    return v;
  }
}

// v with its lanes beyond the part replaced by zero (or by `other`), for sums over a row.
HWY_INLINE Float keep_part(Lanes, Float v, AllLanes) { return v; }
HWY_INLINE Float keep_part(Lanes d, Float v, FirstLanes part) {
  return hn::IfThenElseZero(hn::FirstN(d, part.count), v);
}
HWY_INLINE Float keep_part(Lanes, Float v, Float, AllLanes) { return v; }
HWY_INLINE Float keep_part(Lanes d, Float v, Float other, FirstLanes part) {
  return hn::IfThenElse(hn::FirstN(d, part.count), v, other);
}

// ---- Reductions over the lanes of one vector.

HWY_INLINE float sum_of_lanes(Lanes d, Float v) { return hn::GetLane(hn::SumOfLanes(d, v)); }
HWY_INLINE float max_of_lanes(Lanes d, Float v) { return hn::GetLane(hn::MaxOfLanes(d, v)); }

// ---- The exponential function.

// p * 2^n for integral n in [-152, 128]: gradual underflow and overflow as IEEE 754 has it.
HWY_INLINE Float scale_by_power_of_two(Lanes d, Float p, Float n) {
#if HWY_TARGET <= HWY_AVX3
  (void)d;
  return Float{_mm512_scalef_ps(p.raw, n.raw)};
#else
  // Two factors, for neither 2^-152 nor 2^128 is a normal float.
  const hn::RebindToSigned<Lanes> di;
  const auto whole = hn::NearestInt(n);
  const auto half = hn::ShiftRight<1>(whole);
  const auto bias = hn::Set(di, 127);
  const auto low = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(half, bias)));
  const auto high = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::Sub(whole, half), bias)));
  return hn::Mul(hn::Mul(p, low), high);
#endif
}

// The lesser and the greater of v and a limit; NaN stays NaN, which Min and Max alone promise only
// on x86, where they return their second operand.
HWY_INLINE Float at_most(Lanes d, Float v, float limit) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
  return hn::Min(hn::Set(d, limit), v);
#else
  return hn::IfThenElse(hn::Gt(v, hn::Set(d, limit)), hn::Set(d, limit), v);
#endif
}
HWY_INLINE Float at_least(Lanes d, Float v, float limit) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
  return hn::Max(hn::Set(d, limit), v);
#else
  return hn::IfThenElse(hn::Lt(v, hn::Set(d, limit)), hn::Set(d, limit), v);
#endif
}

// e^(x + low) for x in [-105, 89] or NaN, with a small correction `low` that keeps the bits which x
// has no room for. x = n ln 2 + r, |r| <= ln(2)/2 (ln 2 in two parts, after Cody & Waite 1980); e^r
// is its minimax polynomial of degree 6, off by 3e-9.
HWY_INLINE Float exp_in_range(Lanes d, Float x, Float low) {
  const Float n = hn::Round(hn::Mul(x, hn::Set(d, 1.44269504088896341f)));
  Float r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), x);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  r = hn::Add(r, low);
  Float p = hn::MulAdd(hn::Set(d, 0.0013814592966809869f), r, hn::Set(d, 0.00836871936917305f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.04166838899254799f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.1666652113199234f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.4999999403953552f));
  p = hn::MulAdd(p, hn::Mul(r, r), r);
  return scale_by_power_of_two(d, hn::Add(p, hn::Set(d, 1.0f)), n);
}

// The same within 2e-5, for what will be stored as bfloat16: degree 4, off by 5e-6, and one
// multiplication by ln 2, off by |x| / 1e7.
HWY_INLINE Float rough_exp_in_range(Lanes d, Float x) {
  const Float n = hn::Round(hn::Mul(x, hn::Set(d, 1.44269504088896341f)));
  const Float r = hn::NegMulAdd(n, hn::Set(d, 0.6931471805599453f), x);
  Float p = hn::MulAdd(hn::Set(d, 0.04127764329314232f), r, hn::Set(d, 0.16753536462783813f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.5000512003898621f));
  p = hn::MulAdd(p, hn::Mul(r, r), r);
  return scale_by_power_of_two(d, hn::Add(p, hn::Set(d, 1.0f)), n);
}

// e^x within 1 ulp. Overflows to infinity, underflows gradually to 0; NaN stays NaN.
HWY_INLINE Float exp(Lanes d, Float x) {
  return exp_in_range(d, at_most(d, at_least(d, x, -105.0f), 89.0f), hn::Zero(d));
}

// e^(x + low) for x <= 0 or NaN: what softmax needs.
HWY_INLINE Float exp_of_negative(Lanes d, Float x, Float low) {
  return exp_in_range(d, at_least(d, x, -105.0f), low);
}
HWY_INLINE Float exp_of_negative(Lanes d, Float x) { return exp_of_negative(d, x, hn::Zero(d)); }

// ---- Random bits and dropout.

// random_bits(key, counter) of base/random.h, lane by lane.
HWY_INLINE Bits random_bits(BitLanes db, uint64_t key, Bits counter) {
  Bits x = hn::Xor(counter, hn::Set(db, static_cast<uint32_t>(key)));
  x = hn::Xor(x, hn::ShiftRight<16>(x));
  x = hn::Mul(x, hn::Set(db, 0x7FEB352Du));
  x = hn::Xor(x, hn::ShiftRight<15>(x));
  x = hn::Add(x, hn::Set(db, static_cast<uint32_t>(key >> 32)));
  x = hn::Mul(x, hn::Set(db, 0x846CA68Bu));
  return hn::Xor(x, hn::ShiftRight<16>(x));
}

// Dropout with what does not change from vector to vector worked out.
struct DropoutMask {
  explicit DropoutMask(const Dropout& dropout)
      : key(dropout.key), threshold(dropout.threshold()), scale(dropout.scale()) {}

  // v * mask / (1 - rate) for the elements counter, counter + 1, ... (mod 2^32) of the stream.
  HWY_INLINE Float apply(Lanes d, Float v, uint32_t counter) const {
    const BitLanes db;
    const Bits counters = hn::Add(hn::Iota(db, 0), hn::Set(db, counter));
    const auto dropped = hn::Lt(random_bits(db, key, counters), hn::Set(db, threshold));
    return hn::IfThenZeroElse(hn::RebindMask(d, dropped), hn::Mul(v, hn::Set(d, scale)));
  }

  uint64_t key;
  uint32_t threshold;
  float scale;
};

// Calls step(i, part, first, second) for each vector of [0, count) and returns with `first` and
// `second` the two totals. Two pairs of partial sums, for one would wait on each addition.
template <class Step>
HWY_INLINE void two_sums(Lanes d, int64_t count, const Step& step, float& first, float& second) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  Float a0 = hn::Zero(d), a1 = a0, b0 = a0, b1 = a0;
  int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    step(i, AllLanes{}, a0, b0);
    step(i + lanes, AllLanes{}, a1, b1);
  }
  if (i + lanes <= count) {
    step(i, AllLanes{}, a0, b0);
    i += lanes;
  }
  if (i < count) step(i, FirstLanes{static_cast<size_t>(count - i)}, a1, b1);
  first = sum_of_lanes(d, hn::Add(a0, a1));
  second = sum_of_lanes(d, hn::Add(b0, b1));
}

}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#endif  // THAW_OPS_SIMD_INL_H_
