#include "engine/cpu/ops/pooling.h"

#include <limits>

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/pooling.h"

namespace thaw {
namespace {

using namespace thaw::testing;

// Sequences of 1, 12, 0, 3 and 5 tokens, then eleven rows of padding.
const std::vector<int32_t> kOffsets = {0, 1, 13, 13, 16, 21};
constexpr int64_t kSequences = 5, kPadded = 32;

template <class T>
class PoolingOf : public ::testing::Test {};
TYPED_TEST_SUITE(PoolingOf, Storages);

TYPED_TEST(PoolingOf, ClsAgreesWithItsDoubleTwin) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      const auto x = random_array<TypeParam>(kPadded * hidden, 1);
      Array<float> pooled(kSequences * hidden);
      cls_pooling_forward(x.data(), kOffsets.data(), kSequences, hidden, pooled.data());
      std::vector<double> expected(kSequences * hidden);
      reference::cls_pooling_forward(x.doubles().data(), kOffsets.data(), kSequences, hidden,
                                     expected.data());
      expect_close(pooled, expected, 0, 0, "pooled");

      const auto d_pooled = random_array<float>(kSequences * hidden, 2);
      auto d_x = random_array<TypeParam>(kPadded * hidden, 3);
      cls_pooling_backward(d_pooled.data(), kOffsets.data(), kSequences, kPadded, hidden,
                           d_x.data());
      std::vector<double> expected_d(kPadded * hidden);
      reference::cls_pooling_backward(d_pooled.doubles().data(), kOffsets.data(), kSequences,
                                      kPadded, hidden, expected_d.data());
      expect_close(d_x, expected_d, kRounding<TypeParam>, 0, "d_x");
    }
  });
}

TYPED_TEST(PoolingOf, MeanAgreesWithItsDoubleTwin) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      const auto x = random_array<TypeParam>(kPadded * hidden, 4);
      Array<float> pooled(kSequences * hidden);
      mean_pooling_forward(x.data(), kOffsets.data(), kSequences, hidden, pooled.data());
      std::vector<double> expected(kSequences * hidden);
      reference::mean_pooling_forward(x.doubles().data(), kOffsets.data(), kSequences, hidden,
                                      expected.data());
      expect_close(pooled, expected, 1e-6, 2e-7, "pooled");

      const auto d_pooled = random_array<float>(kSequences * hidden, 5);
      auto d_x = random_array<TypeParam>(kPadded * hidden, 6);
      mean_pooling_backward(d_pooled.data(), kOffsets.data(), kSequences, kPadded, hidden,
                            d_x.data());
      std::vector<double> expected_d(kPadded * hidden);
      reference::mean_pooling_backward(d_pooled.doubles().data(), kOffsets.data(), kSequences,
                                       kPadded, hidden, expected_d.data());
      expect_close(d_x, expected_d, 2e-7 + kRounding<TypeParam>, 0, "d_x");
    }
  });
}

// The forward and backward of a pooling of weighted rows, and those of its twin.
template <class T>
struct WeightedPooling {
  const char* name;
  void (*forward)(const T*, const int32_t*, int64_t, int64_t, float*);
  void (*backward)(const float*, const int32_t*, int64_t, int64_t, int64_t, T*);
  void (*twin_forward)(const double*, const int32_t*, int64_t, int64_t, double*);
  void (*twin_backward)(const double*, const int32_t*, int64_t, int64_t, int64_t, double*);
};
template <class T>
const WeightedPooling<T> kWeightedPoolings[] = {
    {"last token", last_token_pooling_forward<T>, last_token_pooling_backward<T>,
     reference::last_token_pooling_forward, reference::last_token_pooling_backward},
    {"mean over the root of the length", mean_sqrt_length_pooling_forward<T>,
     mean_sqrt_length_pooling_backward<T>, reference::mean_sqrt_length_pooling_forward,
     reference::mean_sqrt_length_pooling_backward},
    {"weighted mean", weighted_mean_pooling_forward<T>, weighted_mean_pooling_backward<T>,
     reference::weighted_mean_pooling_forward, reference::weighted_mean_pooling_backward}};

TYPED_TEST(PoolingOf, WeightedOnesAgreeWithTheirDoubleTwins) {
  for (const auto& pooling : kWeightedPoolings<TypeParam>) {
    SCOPED_TRACE(pooling.name);
    for_each_setting([&] {
      for (const int64_t hidden : kOddSizes) {
        const auto x = random_array<TypeParam>(kPadded * hidden, 4);
        Array<float> pooled(kSequences * hidden);
        pooling.forward(x.data(), kOffsets.data(), kSequences, hidden, pooled.data());
        std::vector<double> expected(kSequences * hidden);
        pooling.twin_forward(x.doubles().data(), kOffsets.data(), kSequences, hidden,
                             expected.data());
        expect_close(pooled, expected, 1e-6, 4e-7, "pooled");

        const auto d_pooled = random_array<float>(kSequences * hidden, 5);
        auto d_x = random_array<TypeParam>(kPadded * hidden, 6);
        pooling.backward(d_pooled.data(), kOffsets.data(), kSequences, kPadded, hidden, d_x.data());
        std::vector<double> expected_d(kPadded * hidden);
        pooling.twin_backward(d_pooled.doubles().data(), kOffsets.data(), kSequences, kPadded,
                              hidden, expected_d.data());
        expect_close(d_x, expected_d, 3e-7 + kRounding<TypeParam>, 0, "d_x");
      }
    });
  }
}

// What sentence-transformers 6.2 makes of the rows (1, 10), (2, 20), (4, 60).
TEST(Pooling, IsThatOfSentenceTransformers) {
  const float x[] = {1, 10, 2, 20, 4, 60};
  const int32_t offsets[] = {0, 3};
  const auto expect = [&](auto pooling, float first, float second) {
    float pooled[2];
    pooling(x, offsets, 1, 2, pooled);
    EXPECT_FLOAT_EQ(pooled[0], first);
    EXPECT_FLOAT_EQ(pooled[1], second);
  };
  expect(cls_pooling_forward<float>, 1, 10);
  expect(last_token_pooling_forward<float>, 4, 60);
  expect(mean_pooling_forward<float>, 2.3333333f, 30);
  expect(mean_sqrt_length_pooling_forward<float>, 4.0414519f, 51.961525f);
  expect(weighted_mean_pooling_forward<float>, 2.8333333f, 38.333332f);
}

TYPED_TEST(PoolingOf, MaxAgreesWithItsDoubleTwinAndPicksTheFirstOfEquals) {
  for_each_setting([&] {
    for (const int64_t hidden : kOddSizes) {
      // Few different values, so that equals abound.
      auto values = random_doubles(kPadded * hidden, 7);
      for (double& value : values) value = std::round(value);
      const Array<TypeParam> x(values);
      Array<float> pooled(kSequences * hidden);
      std::vector<int32_t> argmax(kSequences * hidden + 1, 77), expected_argmax(argmax);
      max_pooling_forward(x.data(), kOffsets.data(), kSequences, hidden, pooled.data(),
                          argmax.data());
      std::vector<double> expected(kSequences * hidden);
      reference::max_pooling_forward(x.doubles().data(), kOffsets.data(), kSequences, hidden,
                                     expected.data(), expected_argmax.data());
      expect_close(pooled, expected, 0, 0, "pooled");
      ASSERT_EQ(argmax, expected_argmax);

      const auto d_pooled = random_array<float>(kSequences * hidden, 8);
      auto d_x = random_array<TypeParam>(kPadded * hidden, 9);
      max_pooling_backward(d_pooled.data(), argmax.data(), kSequences, kPadded, hidden, d_x.data());
      std::vector<double> expected_d(kPadded * hidden);
      reference::max_pooling_backward(d_pooled.doubles().data(), argmax.data(), kSequences, kPadded,
                                      hidden, expected_d.data());
      expect_close(d_x, expected_d, kRounding<TypeParam>, 0, "d_x");
    }
  });
}

TEST(MaxPooling, LetsNanThroughWhereverItStands) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const int32_t offsets[] = {0, 3};
  for_each_setting([&] {
    for (int place = 0; place < 3; ++place) {
      std::vector<float> x = {1, 2, 3};
      x[place] = nan;
      float pooled = 0;
      int32_t argmax = -5;
      max_pooling_forward(x.data(), offsets, 1, 1, &pooled, &argmax);
      EXPECT_TRUE(std::isnan(pooled));
      EXPECT_EQ(argmax, place);
    }
  });
}

// The poolings for finite differences: forward and backward over doubles.
TEST(ReferencePooling, GradientsAgreeWithFiniteDifferences) {
  const int64_t hidden = 3;
  const auto pooled = [&](auto pooling, const Arrays& in) {
    std::vector<double> out(kSequences * hidden);
    pooling(in[0].data(), kOffsets.data(), kSequences, hidden, out.data());
    return Arrays{out};
  };
  const auto gradient = [&](auto pooling, const Arrays& d_out) {
    std::vector<double> d_x(kPadded * hidden);
    pooling(d_out[0].data(), kOffsets.data(), kSequences, kPadded, hidden, d_x.data());
    return Arrays{d_x};
  };
  std::vector<int32_t> argmax(kSequences * hidden);
  const auto max_forward = [&](auto... arguments) {
    reference::max_pooling_forward(arguments..., argmax.data());
  };
  const auto x = random_doubles(kPadded * hidden, 10);
  expect_gradients_agree(
      {.inputs = {x},
       .forward = [&](const Arrays& in) { return pooled(reference::cls_pooling_forward, in); },
       .backward =
           [&](const Arrays&, const Arrays& d_out) {
             return gradient(reference::cls_pooling_backward, d_out);
           }});
  expect_gradients_agree(
      {.inputs = {x},
       .forward = [&](const Arrays& in) { return pooled(reference::mean_pooling_forward, in); },
       .backward =
           [&](const Arrays&, const Arrays& d_out) {
             return gradient(reference::mean_pooling_backward, d_out);
           }});
  for (const auto& weighted : kWeightedPoolings<float>) {
    SCOPED_TRACE(weighted.name);
    expect_gradients_agree(
        {.inputs = {x},
         .forward = [&](const Arrays& in) { return pooled(weighted.twin_forward, in); },
         .backward = [&](const Arrays&,
                         const Arrays& d_out) { return gradient(weighted.twin_backward, d_out); }});
  }
  expect_gradients_agree({.inputs = {x},
                          .forward = [&](const Arrays& in) { return pooled(max_forward, in); },
                          .backward =
                              [&](const Arrays&, const Arrays& d_out) {
                                std::vector<double> d_x(kPadded * hidden);
                                reference::max_pooling_backward(d_out[0].data(), argmax.data(),
                                                                kSequences, kPadded, hidden,
                                                                d_x.data());
                                return Arrays{d_x};
                              }});
}

}  // namespace
}  // namespace thaw
