#include "engine/cpu/ops/quantization.h"

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/activation.h"
#include "tests/engine/cpu/ops/reference/layer_norm.h"
#include "tests/engine/cpu/ops/reference/quantization.h"

namespace thaw {
namespace {

using namespace thaw::testing;

// Rows in 8 bits with guards around them.
struct Rows {
  Rows(int64_t tokens, int64_t columns)
      : values(static_cast<size_t>(tokens * columns)),
        scale(static_cast<size_t>(tokens)),
        zero(static_cast<size_t>(tokens)) {}
  QuantizedRows view() { return {values.data(), scale.data(), zero.data()}; }
  std::vector<uint8_t> values;
  Array<float> scale, zero;
};

void expect_near_steps(const Rows& rows, const reference::QuantizedRows& expected) {
  for (size_t t = 0; t < rows.scale.size(); ++t) {
    EXPECT_NEAR(rows.scale[t], expected.scale[t], 1e-6 * expected.scale[t]) << "row " << t;
    EXPECT_NEAR(rows.zero[t], expected.zero[t], 1) << "row " << t;
  }
  int different = 0;
  for (size_t i = 0; i < rows.values.size(); ++i) {
    ASSERT_NEAR(rows.values[i], expected.values[i], 1) << "element " << i;
    different += rows.values[i] != expected.values[i];
  }
  // Only what lies half-way between two steps may fall to either side.
  EXPECT_LE(different, 2 + static_cast<int>(rows.values.size() / 100));
}

template <class T>
class QuantizationOf : public ::testing::Test {};
TYPED_TEST_SUITE(QuantizationOf, Storages);

TYPED_TEST(QuantizationOf, RowsAgreeWithTheirDoubleTwinAtAnySize) {
  for_each_setting([&] {
    for (const int64_t columns : kOddSizes) {
      const int64_t tokens = 5;
      const auto x = random_array<TypeParam>(tokens * columns, 1, 3);
      const auto factor = random_array<float>(columns, 2, 1);
      for (const bool with_factor : {false, true}) {
        Rows rows(tokens, columns);
        quantize_rows(x.data(), with_factor ? factor.data() : nullptr, tokens, columns,
                      rows.view());
        expect_near_steps(
            rows, reference::quantize_rows(x.doubles().data(),
                                           with_factor ? factor.doubles().data() : nullptr, tokens,
                                           columns));
      }
    }
  });
}

TYPED_TEST(QuantizationOf, RowsOfZerosAndOfOneSignStayExactAtZero) {
  for_each_setting([&] {
    Array<TypeParam> x(std::vector<double>{0, 0, 0, 0, 1, 2, 3, 0, -4, -2, -1, 0});
    Rows rows(3, 4);
    quantize_rows<TypeParam>(x.data(), nullptr, 3, 4, rows.view());
    EXPECT_EQ(rows.scale[0], 0);
    for (const size_t zero_at : {7, 11}) {
      EXPECT_EQ(rows.values[zero_at], rows.zero[zero_at / 4]) << "element " << zero_at;
    }
    EXPECT_EQ(rows.values[6], 255);
    EXPECT_EQ(rows.values[8], 0);
  });
}

TYPED_TEST(QuantizationOf, SumsBecomeNumbersAgain) {
  for_each_setting([&] {
    for (const int64_t columns : kOddSizes) {
      const int64_t tokens = 3;
      std::vector<int32_t> sums(tokens * columns);
      for (size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<int32_t>(i * 977 % 40009) - 7;
      const auto scale = random_array<float>(tokens, 1),
                 weight_scale = random_array<float>(columns, 2);
      const auto bias = random_array<float>(columns, 3);
      Array<float> zero(std::vector<double>{0, 17, 255}), weight_sum(columns);
      for (int64_t c = 0; c < columns; ++c) weight_sum.data()[c] = static_cast<float>(c * 31 % 97);
      Array<TypeParam> y(tokens * columns);
      dequantize_rows<TypeParam>({sums.data(), scale.data(), zero.data(), weight_scale.data(),
                                  weight_sum.data(), bias.data()},
                                 tokens, columns, y.data());
      std::vector<double> expected;
      for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t c = 0; c < columns; ++c) {
          const double sum = sums[t * columns + c] - double{zero[t]} * weight_sum[c];
          expected.push_back(sum * weight_scale[c] * scale[t] + bias[c]);
        }
      }
      expect_close(y, expected, 1e-6 + 1.02 * kRounding<TypeParam>, 1e-2, "y");
    }
  });
}

TYPED_TEST(QuantizationOf, SumsAreNormedBesideTheResidualAndQuantizedAsTheirTwinIs) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      const int64_t tokens = 5;
      std::vector<int32_t> sums(tokens * hidden);
      for (size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<int32_t>(i * 977 % 601) - 300;
      const auto residual = random_array<TypeParam>(tokens * hidden, 1);
      const auto gamma = random_array<float>(hidden, 2), beta = random_array<float>(hidden, 3);
      const auto factor = random_array<float>(hidden, 4);
      Array<float> step(std::vector<double>(hidden, 0.01)), none(hidden), zero(tokens);
      Array<float> scale(std::vector<double>(tokens, 1));
      Array<float> scratch(thread_count() * hidden);
      std::vector<double> sum = residual.doubles(), expected(sum.size());
      for (size_t i = 0; i < sums.size(); ++i) sum[i] += sums[i] * 0.01;
      const auto gammas = gamma.doubles(), betas = beta.doubles();
      reference::residual_norm_forward({tokens, hidden}, {.branch = sum.data()},
                                       {gammas.data(), betas.data(), double{1e-5f}},
                                       expected.data(), {});
      for (const bool quantized : {false, true}) {
        Rows rows(tokens, hidden);
        Array<TypeParam> out(tokens * hidden);
        dequantize_norm_quantize<TypeParam>(
            {tokens, hidden},
            {sums.data(), scale.data(), zero.data(), step.data(), none.data(), none.data()},
            residual.data(), {gamma.data(), beta.data(), 1e-5f}, out.data(),
            {.factor = quantized ? factor.data() : nullptr, .rows = rows.view()}, scratch.data());
        expect_close(out, expected, 1e-5 + 1.02 * kRounding<TypeParam>, 1e-5, "out");
        if (!quantized) continue;
        const auto twin =
            reference::quantize_rows(expected.data(), factor.doubles().data(), tokens, hidden);
        const auto values = reference::dequantize_rows(twin, hidden);
        for (size_t i = 0; i < rows.values.size(); ++i) {
          const size_t t = i / static_cast<size_t>(hidden);
          const double value = (rows.values[i] - double{rows.zero[t]}) * rows.scale[t];
          ASSERT_NEAR(value, values[i], 1.01 * twin.scale[t] + 1e-5) << "element " << i;
        }
      }
    }
  });
}

// The row reaches 4, so that a step is 4.17 / 255 and the polynomial's error shows in none.
TEST(Quantization, GeluIsWithinAHundredthOfAStep) {
  for_each_setting([&] {
    constexpr int64_t kColumns = 4001;  // -4 … 4
    std::vector<int32_t> sums(kColumns);
    for (int64_t c = 0; c < kColumns; ++c) sums[c] = static_cast<int32_t>(c) - kColumns / 2;
    Array<float> step(std::vector<double>(kColumns, 0.002)), none(kColumns), zero(1);
    Array<float> scale(std::vector<double>{1}), scratch(thread_count() * kColumns);
    Rows rows(1, kColumns);
    dequantize_activate_quantize(
        Activation::kGelu,
        {sums.data(), scale.data(), zero.data(), step.data(), none.data(), none.data()}, 1,
        kColumns, rows.view(), scratch.data());
    for (int64_t c = 0; c < kColumns; ++c) {
      double x = sums[c] * 0.002, y;
      reference::activation_forward(Activation::kGelu, &x, 1, &y);
      const double value = (rows.values[c] - double{rows.zero[0]}) * rows.scale[0];
      ASSERT_NEAR(value, y, 0.51 * rows.scale[0]) << "at " << x;
    }
  });
}

TEST(Quantization, ActivatesBetweenTwoProductsAsItsTwinDoes) {
  for_each_setting([&] {
    for (const Activation kind : {Activation::kGelu, Activation::kGeluTanh, Activation::kRelu}) {
      for (const int64_t columns : kOddSizes) {
        const int64_t tokens = 4;
        std::vector<int32_t> sums(tokens * columns);
        for (size_t i = 0; i < sums.size(); ++i)
          sums[i] = static_cast<int32_t>(i * 977 % 601) - 300;
        Array<float> one(std::vector<double>(columns, 0.01)), none(columns);
        Array<float> scale(std::vector<double>(tokens, 1)), zero(tokens);
        Array<float> scratch(thread_count() * columns);
        Rows rows(tokens, columns);
        dequantize_activate_quantize(
            kind, {sums.data(), scale.data(), zero.data(), one.data(), none.data(), none.data()},
            tokens, columns, rows.view(), scratch.data());
        std::vector<double> x, y(sums.size());
        for (const int32_t sum : sums) x.push_back(sum * 0.01);
        reference::activation_forward(kind, x.data(), tokens * columns, y.data());
        const auto expected = reference::quantize_rows(y.data(), nullptr, tokens, columns);
        const auto values = reference::dequantize_rows(expected, columns);
        for (size_t i = 0; i < rows.values.size(); ++i) {
          const size_t t = i / static_cast<size_t>(columns);
          const double value = (rows.values[i] - double{rows.zero[t]}) * rows.scale[t];
          ASSERT_NEAR(value, values[i], 1.01 * expected.scale[t] + 3e-4) << "element " << i;
        }
      }
    }
  });
}

}  // namespace
}  // namespace thaw
