#include "engine/cpu/ops/attention.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bf16.h"
#include "base/threads.h"
#include "tests/engine/cpu/ops/finite_difference.h"
#include "tests/engine/cpu/ops/reference/attention.h"

namespace thaw {
namespace {

using Floats = std::vector<float>;

// Sequences laid end to end, and the arrays of both directions.
template <class T>
struct Problem {
  Problem(int64_t heads, int64_t head_size, const std::vector<int>& lengths, float spread = 1)
      : heads(heads), head_size(head_size), hidden(heads * head_size) {
    for (const int length : lengths) offsets.push_back(offsets.back() + length);
    std::mt19937 bits(static_cast<unsigned>(7 * heads + 31 * head_size + offsets.back()));
    std::normal_distribution<float> normal;
    const auto fill = [&](std::vector<T>& values, int64_t count, float factor) {
      values.resize(static_cast<size_t>(count));
      for (T& value : values) value = from_float<T>(factor * normal(bits));
    };
    fill(qkv, tokens() * 3 * hidden, spread);
    fill(d_context, tokens() * hidden, 1);
    context.assign(static_cast<size_t>(tokens() * hidden), from_float<T>(99));
    d_qkv.assign(qkv.size(), from_float<T>(99));
    log_sum_exp.assign(static_cast<size_t>(tokens() * heads), 99);
  }

  // A random bias by distance for each head, of twice the size that scores have.
  Problem&& with_bias() && {
    for (size_t i = 1; i < offsets.size(); ++i) {
      longest = std::max<int64_t>(longest, offsets[i] - offsets[i - 1]);
    }
    std::mt19937 bits(5);
    std::normal_distribution<float> normal;
    bias.resize(static_cast<size_t>(heads * DistanceBias::span(longest)));
    for (float& value : bias) value = 2 * normal(bits);
    d_bias.assign(bias.size() * (offsets.size() - 1), 99);
    return std::move(*this);
  }

  int64_t tokens() const { return offsets.back(); }
  AttentionShape shape() {
    AttentionShape shape{heads, head_size, offsets.data(),
                         static_cast<int64_t>(offsets.size()) - 1};
    if (!bias.empty()) shape.bias = {bias.data(), d_bias.data(), longest};
    return shape;
  }

  AttentionSaved<T> saved() const {
    return {.qkv = qkv.data(), .context = context.data(), .log_sum_exp = log_sum_exp.data()};
  }

  void forward(Dropout dropout) {
    Floats scratch(static_cast<size_t>(attention_scratch(shape())));
    attention_forward(shape(), qkv.data(), dropout, context.data(), log_sum_exp.data(),
                      scratch.data());
  }
  void backward(Dropout dropout) {
    Floats scratch(static_cast<size_t>(attention_scratch(shape())));
    attention_backward(shape(), saved(), d_context.data(), dropout, d_qkv.data(), scratch.data());
  }

  int64_t heads, head_size, hidden, longest = 0;
  Floats bias, d_bias;  // empty: there is none
  std::vector<int32_t> offsets{0};
  std::vector<T> qkv, context, d_context, d_qkv;
  Floats log_sum_exp;
};

template <class T>
std::vector<double> doubles(const std::vector<T>& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const T value : values) out.push_back(double{to_float(value)});
  return out;
}
std::vector<double> doubles(const Floats& values) { return {values.begin(), values.end()}; }

// |actual - expected| <= relative * |expected| + absolute, for all elements; the worst one is told.
template <class T>
void expect_near(const std::vector<T>& actual, const std::vector<double>& expected, double relative,
                 double absolute, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size());
  double worst = 0;
  size_t at = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double value = to_float(actual[i]);
    double excess = std::abs(value - expected[i]) / (relative * std::abs(expected[i]) + absolute);
    if (!std::isfinite(value)) excess = std::numeric_limits<double>::infinity();
    if (excess > worst) worst = excess, at = i;
  }
  EXPECT_LE(worst, 1) << what << "[" << at << "] is " << to_float(actual[at]) << ", expected "
                      << expected[at];
}

// A result in bfloat16 is off by half a unit in its last place, and d_qkv also by what the
// context's own rounding does to rowsum(d_context * context).
template <class T>
constexpr double kRelative = std::is_same_v<T, float> ? 2e-6 : 1.0 / 256;

template <class T>
void expect_agreement(Problem<T> problem, Dropout dropout, const std::string& name) {
  SCOPED_TRACE(name);
  std::vector<double> context(problem.context.size()), d_qkv(problem.qkv.size());
  std::vector<double> log_sum_exp(problem.log_sum_exp.size());
  const auto qkv = doubles(problem.qkv), bias = doubles(problem.bias);
  std::vector<double> d_bias(problem.d_bias.size());
  const double* biases = bias.empty() ? nullptr : bias.data();
  reference::attention_forward(problem.shape(), qkv.data(), dropout, context.data(),
                               log_sum_exp.data(), biases);
  reference::attention_backward(problem.shape(), qkv.data(), doubles(problem.d_context).data(),
                                dropout, d_qkv.data(), biases,
                                biases == nullptr ? nullptr : d_bias.data());
  problem.forward(dropout);
  expect_near(problem.context, context, kRelative<T>, 1e-5, "context");
  expect_near(problem.log_sum_exp, log_sum_exp, 1e-6, 2e-6, "log_sum_exp");
  problem.backward(dropout);
  expect_near(problem.d_qkv, d_qkv, kRelative<T>, std::is_same_v<T, float> ? 3e-5 : 2e-2, "d_qkv");
  if (biases == nullptr) return;
  // Only the distances that a sequence has are written.
  const AttentionShape shape = problem.shape();
  const int64_t span = shape.bias.span();
  for (int64_t i = 0; i < shape.sequences; ++i) {
    const int64_t length = shape.offsets[i + 1] - shape.offsets[i];
    for (int64_t at = i * shape.heads * span; at < (i + 1) * shape.heads * span; ++at) {
      if (std::abs(at % span - problem.longest) < length) continue;
      EXPECT_EQ(problem.d_bias[at], 99) << at;
      problem.d_bias[at] = 0;
    }
  }
  // Sums of up to 513 scores' gradients, each off by what rounding the context does.
  expect_near(problem.d_bias, d_bias, kRelative<T>, std::is_same_v<T, float> ? 3e-5 : 6e-2,
              "d_bias");
}

const std::vector<int> kLengths = {1, 2, 15, 0, 16, 17, 31, 33, 64, 65, 100};

template <class T>
class Attention : public ::testing::Test {
 protected:
  void TearDown() override {
    set_thread_count(0);
    hwy::SetSupportedTargetsForTest(0);
  }
};
using Types = ::testing::Types<float, Bf16>;
struct TypeName {
  template <class T>
  static std::string GetName(int) {
    return std::is_same_v<T, float> ? "Float" : "Bf16";
  }
};
TYPED_TEST_SUITE(Attention, Types, TypeName);

TYPED_TEST(Attention, AgreesWithTheDoubleTwinForEveryLengthAndHeadSize) {
  for (const int head_size : {1, 3, 10, 12, 16, 26, 32, 64, 72, 130}) {
    const int64_t heads = head_size > 64 ? 1 : 3;
    expect_agreement(Problem<TypeParam>(heads, head_size, kLengths), {},
                     "head size " + std::to_string(head_size));
  }
  expect_agreement(Problem<TypeParam>(2, 32, {513}), {}, "513 tokens");
}

TYPED_TEST(Attention, AddsABiasByDistanceAndFindsItsGradient) {
  for (const int head_size : {3, 16, 26, 64}) {
    expect_agreement(Problem<TypeParam>(3, head_size, kLengths).with_bias(), {},
                     "head size " + std::to_string(head_size));
  }
  expect_agreement(Problem<TypeParam>(2, 32, {7, 513}).with_bias(), {}, "513 tokens");
  expect_agreement(Problem<TypeParam>(2, 10, kLengths).with_bias(), {0.3f, 6}, "dropout");
}

TYPED_TEST(Attention, NeedsNoPlaceForTheGradientOfAFrozenBias) {
  auto wanted = Problem<TypeParam>(2, 12, kLengths).with_bias();
  auto frozen = Problem<TypeParam>(2, 12, kLengths).with_bias();
  wanted.forward({});
  wanted.backward({});
  frozen.forward({});
  AttentionShape shape = frozen.shape();
  shape.bias.d_values = nullptr;
  Floats scratch(static_cast<size_t>(attention_scratch(shape)));
  attention_backward(shape, frozen.saved(), frozen.d_context.data(), {}, frozen.d_qkv.data(),
                     scratch.data());
  EXPECT_EQ(doubles(frozen.d_qkv), doubles(wanted.d_qkv));
  EXPECT_EQ(frozen.d_bias, Floats(frozen.d_bias.size(), 99));
}

TYPED_TEST(Attention, DropsTheSameElementsAsTheDoubleTwin) {
  for (const int head_size : {5, 32, 64}) {
    for (const float rate : {0.1f, 0.5f}) {
      expect_agreement(Problem<TypeParam>(3, head_size, kLengths), {rate, 0x123456789ABCDEF0u},
                       "head size " + std::to_string(head_size));
    }
  }
  expect_agreement(Problem<TypeParam>(2, 32, {3, 513}), {0.1f, 77}, "513 tokens");
}

TYPED_TEST(Attention, AgreesWithTheDoubleTwinOnEveryInstructionSet) {
  for (int64_t targets = hwy::SupportedTargets() & HWY_TARGETS; targets != 0;
       targets &= targets - 1) {
    const int64_t target = targets & -targets;
    hwy::SetSupportedTargetsForTest(target);
    for (const int head_size : {10, 32}) {
      expect_agreement(Problem<TypeParam>(2, head_size, kLengths), {0.1f, 5},
                       hwy::TargetName(target));
      expect_agreement(Problem<TypeParam>(2, head_size, kLengths).with_bias(), {0.1f, 5},
                       std::string(hwy::TargetName(target)) + " with a bias");
    }
  }
}

TYPED_TEST(Attention, GivesTheSameBitsTwiceAndForEveryThreadCount) {
  const Dropout dropout{0.1f, 9};
  set_thread_count(1);
  auto first = Problem<TypeParam>(3, 32, kLengths).with_bias();
  first.forward(dropout);
  first.backward(dropout);
  for (const int threads : {1, 2, 2, 3, 40}) {
    set_thread_count(threads);
    auto again = Problem<TypeParam>(3, 32, kLengths).with_bias();
    again.forward(dropout);
    again.backward(dropout);
    const auto same = [](const auto& a, const auto& b) {
      return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0;
    };
    EXPECT_TRUE(same(again.context, first.context)) << threads;
    EXPECT_TRUE(same(again.log_sum_exp, first.log_sum_exp)) << threads;
    EXPECT_TRUE(same(again.d_qkv, first.d_qkv)) << threads;
    EXPECT_TRUE(same(again.d_bias, first.d_bias)) << threads;
  }
}

TYPED_TEST(Attention, WritesOnlyTheRowsOfItsSequences) {
  // Rows before the first offset and after the last belong to no sequence (a batch's padding).
  Problem<TypeParam> problem(2, 12, {3, 5, 4});
  const std::vector<int32_t> inner = {3, 8};
  const AttentionShape shape{2, 12, inner.data(), 1};
  Floats scratch(static_cast<size_t>(attention_scratch(shape)));
  attention_forward(shape, problem.qkv.data(), {}, problem.context.data(),
                    problem.log_sum_exp.data(), scratch.data());
  attention_backward(shape, problem.saved(), problem.d_context.data(), {}, problem.d_qkv.data(),
                     scratch.data());
  for (int64_t row = 0; row < problem.tokens(); ++row) {
    const bool inside = row >= 3 && row < 8;
    EXPECT_EQ(to_float(problem.context[row * 24]) == 99, !inside) << row;
    EXPECT_EQ(to_float(problem.context[row * 24 + 23]) == 99, !inside) << row;
    EXPECT_EQ(problem.log_sum_exp[row * 2 + 1] == 99, !inside) << row;
    EXPECT_EQ(to_float(problem.d_qkv[row * 72]) == 99, !inside) << row;
    EXPECT_EQ(to_float(problem.d_qkv[row * 72 + 71]) == 99, !inside) << row;
  }
}

TYPED_TEST(Attention, DoesNothingWithoutSequences) {
  const int32_t offset = 0;
  const AttentionShape shape{12, 32, &offset, 0};
  Floats scratch(static_cast<size_t>(attention_scratch(shape)));
  TypeParam untouched = from_float<TypeParam>(99);
  attention_forward(shape, &untouched, {}, &untouched, nullptr, scratch.data());
  attention_backward(shape, {.qkv = &untouched, .context = &untouched, .log_sum_exp = nullptr},
                     &untouched, {}, &untouched, scratch.data());
  EXPECT_EQ(to_float(untouched), 99);
}

TYPED_TEST(Attention, GivesTheSameContextWhenTheStatisticsAreNotKept) {
  Problem<TypeParam> kept(2, 32, kLengths), not_kept(2, 32, kLengths);
  kept.forward({});
  Floats scratch(static_cast<size_t>(attention_scratch(not_kept.shape())));
  attention_forward(not_kept.shape(), not_kept.qkv.data(), {}, not_kept.context.data(), nullptr,
                    scratch.data());
  EXPECT_EQ(doubles(kept.context), doubles(not_kept.context));
}

TYPED_TEST(Attention, StaysFiniteWithScoresOfTenThousand) {
  // 130 keys: several blocks, whose maxima differ by thousands.
  Problem<TypeParam> problem(1, 32, {1, 17, 130});
  for (int64_t row = 0; row < problem.tokens(); ++row) {
    for (int64_t d = 0; d < 32; ++d) {
      const float sign = row % 2 == 0 ? 1.0f : -1.0f;
      problem.qkv[row * 96 + d] = from_float<TypeParam>(sign * 42);
      const float key = row % 3 == 1 ? 42.0f : -42.0f;
      problem.qkv[row * 96 + 32 + d] =
          from_float<TypeParam>(key * static_cast<float>(7 - row % 7) / 7);
    }
  }
  std::vector<double> context(problem.context.size()), log_sum_exp(problem.log_sum_exp.size());
  reference::attention_forward(problem.shape(), doubles(problem.qkv).data(), {}, context.data(),
                               log_sum_exp.data());
  EXPECT_GT(*std::max_element(log_sum_exp.begin(), log_sum_exp.end()), 9.9e3);
  EXPECT_LT(*std::min_element(log_sum_exp.begin(), log_sum_exp.end()), -9.9e3);
  problem.forward({});
  problem.backward({});
  // A float near 10^4 has steps of 10^-3, and so has the exponent of what is not the maximum.
  expect_near(problem.context, context, kRelative<TypeParam>, 4e-3, "context");
  expect_near(problem.log_sum_exp, log_sum_exp, 1e-6, 1e-6, "log_sum_exp");
  for (const TypeParam d : problem.d_qkv) ASSERT_TRUE(std::isfinite(to_float(d)));
}

TYPED_TEST(Attention, PassesNotANumberOnToItsOwnSequenceAndHeadOnly) {
  Problem<TypeParam> problem(2, 16, {5, 20, 5});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  problem.qkv[(5 + 3) * 96 + 32] = from_float<TypeParam>(nan);  // a key of head 0
  problem.forward({});
  problem.backward({});
  for (int64_t row = 0; row < problem.tokens(); ++row) {
    const bool inside = row >= 5 && row < 25;
    EXPECT_EQ(std::isnan(to_float(problem.context[row * 32 + 1])), inside) << row;
    EXPECT_FALSE(std::isnan(to_float(problem.context[row * 32 + 17]))) << row;
    EXPECT_EQ(std::isnan(to_float(problem.d_qkv[row * 96])), inside) << row;
    EXPECT_FALSE(std::isnan(to_float(problem.d_qkv[row * 96 + 16]))) << row;
  }
}

TYPED_TEST(Attention, DropsEverythingAtRateOne) {
  Problem<TypeParam> problem(2, 16, {5, 20});
  problem.forward({1.0f, 3});
  problem.backward({1.0f, 3});
  for (const TypeParam c : problem.context) EXPECT_EQ(to_float(c), 0);
  for (const TypeParam d : problem.d_qkv) EXPECT_EQ(to_float(d), 0);
}

TEST(AttentionLong, CoversSequencesOf4096Tokens) {
  // Equal keys: the context is the mean of the values, whatever the queries.
  Problem<float> problem(1, 4, {4096});
  double mean = 0;
  for (int64_t row = 0; row < 4096; ++row) {
    for (int64_t d = 0; d < 4; ++d) problem.qkv[row * 12 + 4 + d] = 0.5f;
    mean += problem.qkv[row * 12 + 8] / 4096;
  }
  problem.forward({});
  problem.backward({});
  for (int64_t row = 0; row < 4096; row += 97) {
    EXPECT_NEAR(problem.context[row * 4], mean, 1e-6);
    EXPECT_NEAR(problem.d_qkv[row * 12], 0, 1e-6);  // a softmax over equals does not move
  }
}

TEST(AttentionReference, GradientsAgreeWithFiniteDifferences) {
  for (const float rate : {0.0f, 0.3f}) {
    const std::vector<int32_t> offsets = {0, 1, 4, 9};
    AttentionShape shape{2, 3, offsets.data(), 3};
    shape.bias.longest = 5;
    const auto span = static_cast<size_t>(shape.bias.span());
    const Dropout dropout{rate, 42};
    testing::expect_gradients_agree(
        {.inputs = {testing::random_doubles(9 * 18, 1), testing::random_doubles(2 * span, 2)},
         .forward =
             [&](const testing::Arrays& in) {
               testing::Arrays out = {std::vector<double>(9 * 6)};
               reference::attention_forward(shape, in[0].data(), dropout, out[0].data(), nullptr,
                                            in[1].data());
               return out;
             },
         .backward =
             [&](const testing::Arrays& in, const testing::Arrays& d_out) {
               testing::Arrays d_in = {std::vector<double>(9 * 18), std::vector<double>(2 * span)};
               std::vector<double> d_bias(3 * 2 * span);
               reference::attention_backward(shape, in[0].data(), d_out[0].data(), dropout,
                                             d_in[0].data(), in[1].data(), d_bias.data());
               for (size_t i = 0; i < d_bias.size(); ++i) d_in[1][i % (2 * span)] += d_bias[i];
               return d_in;
             }});
  }
}

}  // namespace
}  // namespace thaw
