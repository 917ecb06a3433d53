// The vector building blocks themselves, on each instruction set.
#include <bit>
#include <limits>

#include "tests/engine/cpu/ops/op_testing.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/engine/cpu/ops/simd_test.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

void exp_of(const float* x, int64_t count, float* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(exp(d, load(d, x + i, part)), d, y + i, part);
  });
}

void exp_of_negatives(const float* x, int64_t count, float* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(exp_of_negative(d, load(d, x + i, part)), d, y + i, part);
  });
}

void rough_exp_of(const float* x, int64_t count, float* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(rough_exp_in_range(d, load(d, x + i, part)), d, y + i, part);
  });
}

void to_bf16_of(const float* x, int64_t count, Bf16* stored, float* as_stored_values) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float v = load(d, x + i, part);
    store(v, d, stored + i, part);
    store(as_stored<Bf16>(d, v), d, as_stored_values + i, part);
  });
}

void to_float_of(const Bf16* x, int64_t count, float* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(load(d, x + i, part), d, y + i, part);
  });
}

void random_bits_of(uint64_t key, uint32_t first, int64_t count, float* bits) {
  const Lanes d;
  const BitLanes db;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Bits counters = hn::Add(hn::Iota(db, 0), hn::Set(db, first + static_cast<uint32_t>(i)));
    store(hn::BitCast(d, random_bits(db, key, counters)), d, bits + i, part);
  });
}

float sum_and_largest(const float* x, int64_t count, float& largest) {
  const Lanes d;
  Float sum = hn::Zero(d), most = hn::Set(d, -1e30f);
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float v = load(d, x + i, part);
    sum = hn::Add(sum, keep_part(d, hn::Add(v, hn::Set(d, 1.0f)), part));
    most = hn::Max(most, keep_part(d, v, most, part));
  });
  largest = max_of_lanes(d, most);
  return sum_of_lanes(d, sum);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

using namespace thaw::testing;

HWY_EXPORT(exp_of);
HWY_EXPORT(exp_of_negatives);
HWY_EXPORT(rough_exp_of);
HWY_EXPORT(to_bf16_of);
HWY_EXPORT(to_float_of);
HWY_EXPORT(random_bits_of);
HWY_EXPORT(sum_and_largest);

// Every 1009th float and its neighbours of both signs, from 0 to NaN.
std::vector<float> floats_of_all_sizes() {
  std::vector<float> x;
  for (uint32_t bits = 0; bits < 0x7FFFFFFFu - 1009; bits += 1009) {
    x.push_back(std::bit_cast<float>(bits));
    x.push_back(std::bit_cast<float>(bits | 0x80000000u));
  }
  for (const float special : {INFINITY, -INFINITY, NAN, -NAN, 0.0f, -0.0f}) x.push_back(special);
  return x;
}

// Error in units in the last place of the float nearest to `exact`.
double units_off(float value, double exact) {
  const float nearest = static_cast<float>(exact);
  if (std::isinf(nearest)) return value == nearest ? 0 : 1e9;
  const double unit =
      std::max(static_cast<double>(std::nextafter(nearest, INFINITY)) - nearest, 0x1p-149);
  return std::abs(value - exact) / unit;
}

TEST(Simd, ExpIsWithinOneUnitInTheLastPlaceEverywhere) {
  std::vector<float> x = floats_of_all_sizes();
  for (float v = -105; v < 89.5f; v += 3e-4f) x.push_back(v);
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> y(count), negative(count);
  for_each_setting([&] {
    HWY_DYNAMIC_DISPATCH(exp_of)(x.data(), count, y.data());
    HWY_DYNAMIC_DISPATCH(exp_of_negatives)(x.data(), count, negative.data());
    double worst = 0;
    for (int64_t i = 0; i < count; ++i) {
      if (std::isnan(x[i])) {
        ASSERT_TRUE(std::isnan(y[i]) && std::isnan(negative[i]));
        continue;
      }
      worst = std::max(worst, units_off(y[i], std::exp(static_cast<double>(x[i]))));
      ASSERT_LE(worst, 1.01) << x[i];
      if (x[i] <= 0) {
        ASSERT_EQ(negative[i], y[i]) << x[i];
      }
    }
  });
}

TEST(Simd, RoughExpIsGoodEnoughForBf16) {
  std::vector<float> x;
  for (float v = -105; v < 88; v += 3e-4f) x.push_back(v);
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> y(count);
  for_each_setting([&] {
    HWY_DYNAMIC_DISPATCH(rough_exp_of)(x.data(), count, y.data());
    for (int64_t i = 0; i < count; ++i) {
      const double exact = std::exp(static_cast<double>(x[i]));
      ASSERT_NEAR(y[i], exact, 2e-5 * exact + 1e-45) << x[i];
    }
  });
}

TEST(Simd, Bf16IsRoundedAsInScalarCodeNanIncluded) {
  const std::vector<float> x = floats_of_all_sizes();
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<Bf16> stored(count);
  std::vector<float> values(count);
  for_each_setting([&] {
    HWY_DYNAMIC_DISPATCH(to_bf16_of)(x.data(), count, stored.data(), values.data());
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EQ(stored[i].bits, to_bf16(x[i]).bits) << x[i];
      ASSERT_EQ(std::bit_cast<uint32_t>(values[i]), uint32_t{stored[i].bits} << 16) << x[i];
    }
  });
}

TEST(Simd, AllBf16ValuesAreReadAsInScalarCode) {
  std::vector<Bf16> x(65536);
  for (size_t i = 0; i < x.size(); ++i) x[i].bits = static_cast<uint16_t>(i);
  std::vector<float> y(x.size());
  for_each_setting([&] {
    HWY_DYNAMIC_DISPATCH(to_float_of)(x.data(), static_cast<int64_t>(x.size()), y.data());
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(y[i]), std::bit_cast<uint32_t>(to_float(x[i])));
    }
  });
}

TEST(Simd, PartialVectorsTouchNothingElse) {
  for_each_setting([&] {
    for (int64_t count = 1; count < 40; ++count) {
      const auto x = random_array<float>(count, static_cast<unsigned>(count));
      Array<Bf16> stored(count);  // the guards of Array notice a stray write
      Array<float> values(count), back(count);
      HWY_DYNAMIC_DISPATCH(to_bf16_of)(x.data(), count, stored.data(), values.data());
      HWY_DYNAMIC_DISPATCH(to_float_of)(stored.data(), count, back.data());
      EXPECT_TRUE(back.same_bits(values));
    }
  });
}

TEST(Simd, RandomBitsAreThoseOfScalarCode) {
  std::vector<float> bits(10007);
  const int64_t count = static_cast<int64_t>(bits.size());
  for_each_setting([&] {
    for (const uint64_t key : {uint64_t{0}, ~uint64_t{0}, random_key(42, 1, 2, 3)}) {
      for (const uint32_t first : {0u, 12345u, 0xFFFFF000u}) {  // the last one wraps around
        HWY_DYNAMIC_DISPATCH(random_bits_of)(key, first, count, bits.data());
        for (int64_t i = 0; i < count; ++i) {
          ASSERT_EQ(std::bit_cast<uint32_t>(bits[i]),
                    random_bits(key, first + static_cast<uint32_t>(i)));
        }
      }
    }
  });
}

TEST(Simd, ReductionsCountEachElementOnce) {
  for_each_setting([&] {
    for (int64_t count = 1; count < 70; ++count) {
      Array<float> x(count);
      for (int64_t i = 0; i < count; ++i) x.data()[i] = static_cast<float>(-1 - (i * 5) % count);
      float largest = 0;
      const float sum = HWY_DYNAMIC_DISPATCH(sum_and_largest)(x.data(), count, largest);
      float expected = 0;
      for (int64_t i = 0; i < count; ++i) expected += x[i] + 1;
      EXPECT_EQ(sum, expected);
      EXPECT_EQ(largest, -1);
    }
  });
}

}  // namespace
}  // namespace thaw
#endif  // HWY_ONCE
