#include "engine/cpu/gemm/linear.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"

namespace thaw {
namespace {

std::vector<float> random_values(int64_t count, uint64_t seed) {
  std::vector<float> values(count);
  for (int64_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(random_bits(random_key(seed, 1), i)) * 0x1p-31f - 1.0f;
  }
  return values;
}

template <class T>
std::vector<T> convert(const std::vector<float>& values) {
  std::vector<T> out(values.size());
  for (size_t i = 0; i < values.size(); ++i) out[i] = from_float<T>(values[i]);
  return out;
}

// Every product against plain double loops over the same (rounded) inputs.
template <class T>
void check_products(int64_t tokens, int64_t in, int64_t out, double tolerance) {
  SCOPED_TRACE(testing::Message() << tokens << " x " << in << " -> " << out);
  const auto x = convert<T>(random_values(tokens * in, 1));
  const auto weight = random_values(out * in, 2);
  const auto rounded = convert<T>(weight);
  const auto bias = random_values(out, 3);
  const auto d_y = convert<T>(random_values(tokens * out, 4));
  constexpr NumberType precision = sizeof(T) == 2 ? NumberType::kBf16 : NumberType::kFp32;
  PackedWeight packed(out, in, precision, true);
  packed.pack(weight.data());
  const double rounding = sizeof(T) == 2 ? 0x1p-8 : 0x1p-22;

  std::vector<T> y(tokens * out);
  linear_forward(packed, bias.data(), x.data(), tokens, y.data());
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t o = 0; o < out; ++o) {
      double expected = bias[o];
      for (int64_t i = 0; i < in; ++i) {
        expected += double{to_float(x[t * in + i])} * to_float(rounded[o * in + i]);
      }
      ASSERT_NEAR(to_float(y[t * out + o]), expected, tolerance + std::abs(expected) * rounding);
    }
  }

  const auto start = convert<T>(random_values(tokens * in, 5));
  for (const bool accumulate : {false, true}) {
    std::vector<T> d_x = start;
    linear_backward_input(packed, d_y.data(), tokens, d_x.data(), accumulate);
    for (int64_t t = 0; t < tokens; ++t) {
      for (int64_t i = 0; i < in; ++i) {
        double expected = accumulate ? to_float(start[t * in + i]) : 0.0;
        for (int64_t o = 0; o < out; ++o) {
          expected += double{to_float(d_y[t * out + o])} * to_float(rounded[o * in + i]);
        }
        ASSERT_NEAR(to_float(d_x[t * in + i]), expected, tolerance + std::abs(expected) * rounding);
      }
    }
  }

  std::vector<float> d_weight = random_values(out * in, 6);
  const auto before = d_weight;
  linear_backward_weight(d_y.data(), x.data(), tokens, out, in, d_weight.data());
  for (int64_t o = 0; o < out; ++o) {
    for (int64_t i = 0; i < in; ++i) {
      double expected = before[o * in + i];
      for (int64_t t = 0; t < tokens; ++t) {
        expected += double{to_float(d_y[t * out + o])} * to_float(x[t * in + i]);
      }
      ASSERT_NEAR(d_weight[o * in + i], expected, tolerance + std::abs(expected) * 0x1p-20);
    }
  }
}

TEST(Linear, ProductsAgreeWithDoubleLoopsInFp32AtOddSizes) {
  check_products<float>(32, 36, 50, 1e-5);
  check_products<float>(64, 40, 3, 1e-5);
  check_products<float>(96, 17, 129, 1e-5);
  check_products<float>(1, 5, 1, 1e-5);
  check_products<float>(512, 64, 192, 5e-5);
}

TEST(Linear, ProductsAgreeWithDoubleLoopsInBf16AtOddSizes) {
  THAW_NEEDS_BF16();
  check_products<Bf16>(32, 36, 50, 1e-5);
  check_products<Bf16>(96, 18, 130, 1e-5);
  check_products<Bf16>(33, 17, 31, 1e-5);
  check_products<Bf16>(512, 64, 192, 5e-5);
}

TEST(PackedWeight, HasTheBytesOfTheLibrarysReorder) {
  struct Shape {
    int64_t out, in;
  };
  for (const Shape shape : {Shape{1152, 384},
                            {384, 1536},
                            {1536, 384},
                            {2304, 768},
                            {3, 384},
                            {33, 50},
                            {50, 33},
                            {130, 18},
                            {17, 31},
                            {1, 1},
                            {64, 64},
                            {65, 97},
                            {96, 160}}) {
    for (const NumberType precision : {NumberType::kBf16, NumberType::kFp32}) {
      if (precision == NumberType::kBf16 && !cpu_can_bf16()) continue;
      for (const bool backward : {false, true}) {
        SCOPED_TRACE(testing::Message() << shape.out << " x " << shape.in << ", " << backward);
        const auto weight = random_values(shape.out * shape.in, 8);
        PackedWeight packed(shape.out, shape.in, precision, backward);
        PackedWeight reordered(shape.out, shape.in, precision, backward);
        // What was there before must not show.
        const std::vector<float> ones(weight.size(), 1.0f);
        packed.pack(ones.data());
        packed.pack(weight.data());
        reordered.pack_by_reorder(weight.data());
        EXPECT_TRUE(packed.same_bytes(reordered));
        if (!packed.packs_by_rows()) continue;
        PackedWeight by_rows(shape.out, shape.in, precision, backward);
        for (int64_t row = 0; row < shape.out; row += 64) {
          by_rows.pack_rows(weight.data(), row, std::min<int64_t>(64, shape.out - row));
        }
        EXPECT_TRUE(by_rows.same_bytes(reordered));
      }
    }
  }
}

TEST(Linear, NoTokensIsNoWork) {
  PackedWeight packed(3, 4, NumberType::kFp32, true);
  std::vector<float> nothing;
  linear_forward(packed, nullptr, nothing.data(), 0, nothing.data());
}

TEST(Linear, SameBitsTwice) {
  const auto x = random_values(64 * 40, 1), weight = random_values(30 * 40, 2);
  PackedWeight packed(30, 40, NumberType::kFp32, false);
  packed.pack(weight.data());
  std::vector<float> first(64 * 30), second(64 * 30);
  linear_forward(packed, nullptr, x.data(), 64, first.data());
  linear_forward(packed, nullptr, x.data(), 64, second.data());
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace thaw
