#include "engine/cpu/ops/activation.h"

#include <bit>
#include <limits>

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/activation.h"

namespace thaw {
namespace {

using namespace thaw::testing;

constexpr Activation kKinds[] = {Activation::kGelu, Activation::kGeluTanh, Activation::kRelu};

template <class T>
class ActivationOf : public ::testing::Test {};
TYPED_TEST_SUITE(ActivationOf, Storages);

TYPED_TEST(ActivationOf, ForwardAgreesWithItsDoubleTwinAtAnySize) {
  for_each_setting([&] {
    for (const Activation kind : kKinds) {
      for (const int64_t count : {1, 3, 7, 16, 17, 33, 384, 385, 9001}) {
        auto x = random_array<TypeParam>(count, 1, 3);
        Array<TypeParam> y(count);
        activation_forward(kind, x.data(), count, y.data());
        std::vector<double> expected(count);
        reference::activation_forward(kind, x.doubles().data(), count, expected.data());
        expect_close(y, expected, 1e-7 + 1.02 * kRounding<TypeParam>, 2e-7, "y");
        activation_forward(kind, x.data(), count, x.data());
        EXPECT_TRUE(x.same_bits(y)) << "in place";
      }
    }
  });
}

TYPED_TEST(ActivationOf, BackwardAgreesWithItsDoubleTwinAtAnySize) {
  for_each_setting([&] {
    for (const Activation kind : kKinds) {
      for (const int64_t rows : {1, 2, 5, 70}) {
        for (const int64_t columns : kOddSizes) {
          const auto x = random_array<TypeParam>(rows * columns, 2, 2);
          auto d_y = random_array<TypeParam>(rows * columns, 3);
          Array<TypeParam> d_x(rows * columns);
          Array<float> d_bias(std::vector<double>(columns, 0.5));
          Array<float> scratch(thread_count() * columns);
          activation_backward(kind, {rows, columns}, x.data(), d_y.data(), d_x.data(),
                              d_bias.data(), scratch.data());
          std::vector<double> expected(rows * columns), expected_bias(columns, 0.5);
          reference::activation_backward(kind, {rows, columns}, x.doubles().data(),
                                         d_y.doubles().data(), expected.data(),
                                         expected_bias.data());
          // For bfloat16 the derivative is good to 2e-5 before rounding; the sums are made before.
          const double storage = kRounding<TypeParam>;
          const double derivative = storage < 1e-3 ? 4e-7 : 2e-5;
          expect_close(d_x, expected, 1.02 * storage, 4 * derivative, "d_x");
          expect_close(d_bias, expected_bias, 1e-6, 4 * derivative * std::sqrt(rows), "d_bias");
          activation_backward<TypeParam>(kind, {rows, columns}, x.data(), d_y.data(), d_y.data(),
                                         nullptr, nullptr);
          EXPECT_TRUE(d_y.same_bits(d_x)) << "in place, without the bias";
        }
      }
    }
  });
}

TYPED_TEST(ActivationOf, BiasGradientIsTheColumnSum) {
  for_each_setting([&] {
    for (const int64_t rows : {1, 6, 700}) {
      for (const int64_t columns : kOddSizes) {
        const auto d_y = random_array<TypeParam>(rows * columns, 4);
        Array<float> d_bias(std::vector<double>(columns, -2));
        Array<float> scratch(thread_count() * columns);
        bias_backward(d_y.data(), rows, columns, d_bias.data(), scratch.data());
        std::vector<double> expected(columns, -2);
        reference::bias_backward(d_y.doubles().data(), rows, columns, expected.data());
        expect_close(d_bias, expected, 1e-6, 2e-6 * std::sqrt(rows), "d_bias");
      }
    }
  });
}

TYPED_TEST(ActivationOf, BiasGradientHasTheSameBitsInTwoRuns) {
  set_thread_count(2);
  const auto x = random_array<TypeParam>(200 * 385, 5), d_y = random_array<TypeParam>(200 * 385, 6);
  Array<float> first(385), second(385), scratch(2 * 385);
  Array<TypeParam> d_x(200 * 385);
  for (Array<float>* d_bias : {&first, &second}) {
    activation_backward(Activation::kGelu, {200, 385}, x.data(), d_y.data(), d_x.data(),
                        d_bias->data(), scratch.data());
  }
  EXPECT_TRUE(first.same_bits(second));
  set_thread_count(0);
}

TYPED_TEST(ActivationOf, NoRowsMeanNoWork) {
  Array<float> d_bias(std::vector<double>(3, 1)), scratch(3 * thread_count());
  Array<TypeParam> none(0);
  activation_forward(Activation::kGelu, none.data(), 0, none.data());
  activation_backward(Activation::kGelu, {0, 3}, none.data(), none.data(), none.data(),
                      d_bias.data(), scratch.data());
  bias_backward(none.data(), 0, 3, d_bias.data(), scratch.data());
  expect_close(d_bias, {1, 1, 1}, 0, 0, "d_bias");
}

// Every bfloat16 there is, infinities and NaN among them.
TEST(Gelu, HoldsForAllBf16Values) {
  constexpr int64_t kAll = 65536;
  std::vector<Bf16> x(kAll), y(kAll), d_x(kAll), ones(kAll, from_float<Bf16>(1));
  for (int64_t i = 0; i < kAll; ++i) x[i].bits = static_cast<uint16_t>(i);
  for_each_setting([&] {
    activation_forward(Activation::kGelu, x.data(), kAll, y.data());
    activation_backward<Bf16>(Activation::kGelu, {kAll, 1}, x.data(), ones.data(), d_x.data(),
                              nullptr, nullptr);
    for (int64_t i = 0; i < kAll; ++i) {
      const double in = to_float(x[i]), out = to_float(y[i]), slope = to_float(d_x[i]);
      if (std::isnan(in)) {
        ASSERT_TRUE(std::isnan(out) && std::isnan(slope)) << "bits " << i;
      } else if (std::isinf(in)) {
        ASSERT_TRUE(in < 0 || (out == in && slope == 1)) << "bits " << i;
      } else {
        // Half a unit in the last place of bfloat16 and 1 % of it for the approximation, in the
        // far tail as well; the smallest bfloat16 is 9e-41.
        const double expected = reference::activation(Activation::kGelu, in);
        const double expected_slope = reference::activation_derivative(Activation::kGelu, in);
        ASSERT_NEAR(out, expected, 1.02 * 0x1p-8 * std::abs(expected) + 5e-41) << in;
        ASSERT_NEAR(slope, expected_slope, 1.02 * 0x1p-8 * std::abs(expected_slope) + 2e-5) << in;
      }
    }
  });
}

TEST(Gelu, HoldsOnADenseSweepOfFloats) {
  std::vector<float> x;
  for (uint32_t bits = 0; bits < 0x7F800000u; bits += 7919) {
    x.push_back(std::bit_cast<float>(bits));
    x.push_back(-x.back());
  }
  for (float v = -15; v < 8; v += 1e-4f) x.push_back(v);
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> y(count), d_x(count), ones(count, 1);
  // Without fused multiply-add the rounding of x^2 is lost, which exp magnifies in the tail.
  for_each_setting([&] {
    const bool fused = hwy::SupportedTargets() != HWY_STATIC_TARGET;
    activation_forward(Activation::kGelu, x.data(), count, y.data());
    activation_backward<float>(Activation::kGelu, {count, 1}, x.data(), ones.data(), d_x.data(),
                               nullptr, nullptr);
    for (int64_t i = 0; i < count; ++i) {
      const double expected = reference::activation(Activation::kGelu, x[i]);
      const double expected_slope = reference::activation_derivative(Activation::kGelu, x[i]);
      const double relative = fused ? 6e-7 : 6e-6;
      ASSERT_NEAR(y[i], expected, relative * std::abs(expected) + 3e-44) << x[i];
      if (std::abs(x[i]) < 8) {
        ASSERT_NEAR(y[i], expected, 1.2e-7 * std::max(1.0, std::abs(expected))) << x[i];
      }
      ASSERT_NEAR(d_x[i], expected_slope, 2.5e-7) << x[i];
      if (x[i] < -1) {
        ASSERT_NEAR(d_x[i], expected_slope, relative * std::abs(expected_slope) + 3e-44) << x[i];
      }
    }
  });
}

TEST(GeluTanh, HoldsOnADenseSweepOfFloats) {
  std::vector<float> x;
  for (float v = -20; v < 20; v += 1e-4f) x.push_back(v);
  for (float v = 1; v < 1e38f; v *= 3) x.insert(x.end(), {v, -v, 1 / v, -1 / v});
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> y(count), d_x(count), ones(count, 1);
  for_each_setting([&] {
    activation_forward(Activation::kGeluTanh, x.data(), count, y.data());
    activation_backward<float>(Activation::kGeluTanh, {count, 1}, x.data(), ones.data(), d_x.data(),
                               nullptr, nullptr);
    for (int64_t i = 0; i < count; ++i) {
      const double expected = reference::activation(Activation::kGeluTanh, x[i]);
      ASSERT_NEAR(y[i], expected, 3e-7 * std::max(1.0, std::abs(expected))) << x[i];
      const double slope = std::abs(x[i]) > 1e6
                               ? (x[i] > 0 ? 1 : 0)
                               : reference::activation_derivative(Activation::kGeluTanh, x[i]);
      ASSERT_NEAR(d_x[i], slope, 6e-7) << x[i];
    }
  });
}

TEST(Relu, PassesNanOnSoThatDivergenceShows) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for_each_setting([&] {
    for (const Activation kind : kKinds) {
      float y = 0;
      activation_forward(kind, &nan, 1, &y);
      EXPECT_TRUE(std::isnan(y));
    }
  });
}

// As PyTorch has it.
TEST(Relu, HasNoSlopeAtZero) {
  const float x[] = {0.0f, -0.0f}, d_y[] = {1, 1};
  for_each_setting([&] {
    float d_x[] = {9, 9};
    activation_backward<float>(Activation::kRelu, {1, 2}, x, d_y, d_x, nullptr, nullptr);
    EXPECT_EQ(d_x[0], 0);
    EXPECT_EQ(d_x[1], 0);
  });
}

TEST(Tanh, IsWithinAFewUnitsInTheLastPlace) {
  std::vector<float> x = {0.0f, -0.0f, 1e-30f, 100.0f, -100.0f, INFINITY, -INFINITY};
  for (float v = -10; v < 10; v += 1e-4f) x.push_back(v);
  const int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> y(count), d_x(count), d_y(count, 2);
  for_each_setting([&] {
    tanh_forward(x.data(), count, y.data());
    tanh_backward(y.data(), d_y.data(), count, d_x.data());
    for (int64_t i = 0; i < count; ++i) {
      const double expected = std::tanh(static_cast<double>(x[i]));
      ASSERT_NEAR(y[i], expected, 2.5e-7 * std::abs(expected)) << x[i];
      ASSERT_NEAR(d_x[i], 2 - 2.0 * y[i] * y[i], 3e-7) << x[i];
    }
  });
}

TEST(ReferenceActivation, GradientsAgreeWithFiniteDifferences) {
  for (const Activation kind : kKinds) {
    expect_gradients_agree(
        {.inputs = {random_doubles(40, 7, 2), random_doubles(8, 8)},  // x [5, 8] and bias [8]
         .forward =
             [&](const Arrays& in) {
               std::vector<double> x = in[0], y(40);
               for (size_t i = 0; i < 40; ++i) x[i] += in[1][i % 8];
               reference::activation_forward(kind, x.data(), 40, y.data());
               return Arrays{y};
             },
         .backward =
             [&](const Arrays& in, const Arrays& d_out) {
               std::vector<double> x = in[0], d_x(40), d_bias(8);
               for (size_t i = 0; i < 40; ++i) x[i] += in[1][i % 8];
               reference::activation_backward(kind, {5, 8}, x.data(), d_out[0].data(), d_x.data(),
                                              d_bias.data());
               return Arrays{d_x, d_bias};
             }});
  }
}

TEST(ReferenceTanh, GradientAgreesWithFiniteDifferences) {
  const auto forward = [](const Arrays& in) {
    std::vector<double> y(in[0].size());
    reference::tanh_forward(in[0].data(), static_cast<int64_t>(y.size()), y.data());
    return Arrays{y};
  };
  expect_gradients_agree({.inputs = {random_doubles(30, 9)},
                          .forward = forward,
                          .backward = [&](const Arrays& in, const Arrays& d_out) {
                            std::vector<double> d_x(30);
                            reference::tanh_backward(forward(in)[0].data(), d_out[0].data(), 30,
                                                     d_x.data());
                            return Arrays{d_x};
                          }});
}

}  // namespace
}  // namespace thaw
