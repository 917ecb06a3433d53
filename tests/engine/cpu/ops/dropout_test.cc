#include "engine/cpu/ops/dropout.h"

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/dropout.h"

namespace thaw {
namespace {

using namespace thaw::testing;

constexpr Dropout kTenth = {0.1f, 0x0123456789ABCDEFu};

template <class T>
class DropoutOf : public ::testing::Test {};
TYPED_TEST_SUITE(DropoutOf, Storages);

TYPED_TEST(DropoutOf, AgreesWithItsDoubleTwinAtAnySize) {
  for_each_setting([&] {
    for (const int64_t count : {1, 3, 7, 16, 17, 33, 384, 385, 20011}) {
      const auto x = random_array<TypeParam>(count, 1);
      Array<TypeParam> y(count);
      dropout_forward(x.data(), count, kTenth, y.data());
      std::vector<double> expected(count);
      reference::dropout_forward(x.doubles().data(), count, kTenth, expected.data());
      expect_close(y, expected, 3 * kRounding<TypeParam>, 0, "y");
    }
  });
}

TYPED_TEST(DropoutOf, MayWorkInPlace) {
  for_each_setting([&] {
    auto x = random_array<TypeParam>(9001, 2);
    Array<TypeParam> y(9001);
    dropout_forward(x.data(), 9001, kTenth, y.data());
    dropout_forward(x.data(), 9001, kTenth, x.data());
    EXPECT_TRUE(x.same_bits(y));
  });
}

TYPED_TEST(DropoutOf, RateZeroCopiesAndRateOneDropsAll) {
  for_each_setting([&] {
    const auto x = random_array<TypeParam>(385, 3);
    Array<TypeParam> y(385);
    dropout_forward(x.data(), 385, {0.0f, 7}, y.data());
    EXPECT_TRUE(y.same_bits(x));
    dropout_forward(x.data(), 385, {1.0f, 7}, y.data());
    expect_close(y, std::vector<double>(385), 0, 0, "y");
  });
}

TEST(Dropout, MaskIsRandomBitsAgainstTheRateWhateverTheThreads) {
  constexpr int64_t kCount = 50021;
  const Array<float> ones(std::vector<double>(kCount, 1));
  for (const float rate : {0.1f, 0.2f, 0.5f, 0.999f, 1e-6f}) {
    const Dropout dropout = {rate, random_key(42, 3, 1, 4)};
    for_each_setting([&] {
      Array<float> y(kCount);
      dropout_forward(ones.data(), kCount, dropout, y.data());
      for (int64_t i = 0; i < kCount; ++i) {
        const bool kept = random_bits(dropout.key, static_cast<uint32_t>(i)) >=
                          static_cast<double>(rate) * 4294967296.0;
        ASSERT_EQ(y[i], kept ? 1 / (1 - rate) : 0) << i;
        ASSERT_EQ(dropout.keeps(static_cast<uint32_t>(i)), kept) << i;
      }
    });
  }
}

TEST(Dropout, KeepsTheShareItPromises) {
  constexpr int64_t kCount = 1 << 20;
  const Array<float> ones(std::vector<double>(kCount, 1));
  Array<float> y(kCount);
  for (const float rate : {0.1f, 0.2f, 0.5f}) {
    dropout_forward(ones.data(), kCount, {rate, random_key(1, 2)}, y.data());
    int64_t kept = 0;
    for (int64_t i = 0; i < kCount; ++i) kept += y[i] != 0;
    const double spread = std::sqrt(kCount * rate * (1 - rate));
    EXPECT_NEAR(static_cast<double>(kept), kCount * (1.0 - rate), 4 * spread) << rate;
  }
}

TEST(Dropout, StreamsOfNeighbouringStepsAreUnrelated) {
  constexpr int64_t kCount = 1 << 18;
  int64_t both = 0;
  const Dropout first = {0.5f, random_key(42, 1)}, second = {0.5f, random_key(42, 2)};
  for (int64_t i = 0; i < kCount; ++i) both += first.keeps(i) && second.keeps(i);
  EXPECT_NEAR(static_cast<double>(both), kCount * 0.25, 4 * std::sqrt(kCount * 0.25 * 0.75));
}

TEST(Dropout, TwinsGradientAgreesWithFiniteDifferences) {
  const auto apply = [](const std::vector<double>& x) {
    std::vector<double> y(x.size());
    reference::dropout_forward(x.data(), static_cast<int64_t>(x.size()), {0.3f, 11}, y.data());
    return Arrays{y};
  };
  expect_gradients_agree(
      {.inputs = {random_doubles(40, 4)},
       .forward = [&](const Arrays& in) { return apply(in[0]); },
       .backward = [&](const Arrays&, const Arrays& d_out) { return apply(d_out[0]); }});
}

}  // namespace
}  // namespace thaw
