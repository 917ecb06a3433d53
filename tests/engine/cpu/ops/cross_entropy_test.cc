#include "engine/cpu/ops/cross_entropy.h"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/cross_entropy.h"

namespace thaw {
namespace {

using namespace thaw::testing;

std::vector<int32_t> some_labels(int64_t rows, int64_t labels) {
  std::vector<int32_t> gold(rows);
  for (int64_t r = 0; r < rows; ++r) gold[r] = static_cast<int32_t>((r * 7 + 1) % labels);
  return gold;
}

TEST(CrossEntropy, AgreesWithItsDoubleTwin) {
  for (const int64_t rows : {1, 3, 32}) {
    for (const int64_t labels : {1, 2, 3, 17, 150}) {
      const auto logits = random_array<float>(rows * labels, 1, 3);
      const auto gold = some_labels(rows, labels);
      Array<float> d_logits(rows * labels);
      const double loss = cross_entropy(logits.data(), gold.data(), rows, labels, d_logits.data());
      std::vector<double> expected(rows * labels);
      const double expected_loss = reference::cross_entropy(logits.doubles().data(), gold.data(),
                                                            rows, labels, expected.data());
      EXPECT_NEAR(loss, expected_loss, 1e-14 * (1 + expected_loss));
      expect_close(d_logits, expected, 1e-7, 1e-16, "d_logits");
      EXPECT_EQ(cross_entropy(logits.data(), gold.data(), rows, labels, nullptr), loss);
    }
  }
}

TEST(CrossEntropy, GradientSumsToZeroInEachRow) {
  const auto logits = random_array<float>(5 * 9, 2, 10);
  const auto gold = some_labels(5, 9);
  Array<float> d_logits(5 * 9);
  cross_entropy(logits.data(), gold.data(), 5, 9, d_logits.data());
  for (int r = 0; r < 5; ++r) {
    double sum = 0;
    for (int l = 0; l < 9; ++l) sum += d_logits[r * 9 + l];
    EXPECT_NEAR(sum, 0, 1e-7);
  }
}

TEST(CrossEntropy, HugeLogitsNeitherOverflowNorVanish) {
  const float logits[] = {3e38f, -3e38f, 0, 1000, 1001, 999};
  const int32_t right[] = {0, 1}, wrong[] = {1, 2};
  float d_logits[6];
  const double loss = cross_entropy(logits, right, 2, 3, d_logits);
  EXPECT_NEAR(loss, std::log(1 + std::exp(-1) + std::exp(-2)) / 2, 1e-12);
  EXPECT_EQ(d_logits[0], 0);
  EXPECT_NEAR(cross_entropy(logits, wrong, 2, 3, nullptr), 3e38, 1e32);
}

TEST(CrossEntropy, OneLabelAndNoRowsCostNothing) {
  const float logit = 5;
  const int32_t gold = 0;
  float d_logit = 1;
  EXPECT_EQ(cross_entropy(&logit, &gold, 1, 1, &d_logit), 0);
  EXPECT_EQ(d_logit, 0);
  EXPECT_EQ(cross_entropy(&logit, &gold, 0, 3, nullptr), 0);
}

TEST(CrossEntropy, NanShowsInTheLoss) {
  const float logits[] = {std::numeric_limits<float>::quiet_NaN(), 1};
  const int32_t gold = 1;
  EXPECT_TRUE(std::isnan(cross_entropy(logits, &gold, 1, 2, nullptr)));
}

TEST(ReferenceCrossEntropy, GradientAgreesWithFiniteDifferences) {
  const auto gold = some_labels(4, 5);
  expect_gradients_agree(
      {.inputs = {random_doubles(20, 3)},
       .forward =
           [&](const Arrays& in) {
             return Arrays{{reference::cross_entropy(in[0].data(), gold.data(), 4, 5, nullptr)}};
           },
       .backward =
           [&](const Arrays& in, const Arrays& d_out) {
             std::vector<double> d_logits(20);
             reference::cross_entropy(in[0].data(), gold.data(), 4, 5, d_logits.data());
             for (double& d : d_logits) d *= d_out[0][0];
             return Arrays{d_logits};
           }});
}

TEST(WeightedCrossEntropy, WithNeitherWeightsNorSmoothingIsThePlainOne) {
  const auto logits = random_array<float>(7 * 5, 4, 3);
  const auto gold = some_labels(7, 5);
  Array<float> plain(7 * 5), weighted(7 * 5);
  EXPECT_NEAR(weighted_cross_entropy(logits.data(), gold.data(), 7, 5, nullptr, 0, weighted.data()),
              cross_entropy(logits.data(), gold.data(), 7, 5, plain.data()), 1e-14);
  for (int i = 0; i < 35; ++i) EXPECT_NEAR(plain[i], weighted[i], 1e-8);
}

TEST(WeightedCrossEntropy, AgreesWithItsTwinAndWithFiniteDifferences) {
  for (const double smoothing : {0.0, 0.1, 0.9}) {
    const int64_t rows = 4, labels = 3;
    const auto logits = random_array<float>(rows * labels, 5, 2);
    const auto gold = some_labels(rows, labels);
    const double weights[] = {0.3, 1, 2.5};
    Array<float> d_logits(rows * labels);
    const double loss = weighted_cross_entropy(logits.data(), gold.data(), rows, labels, weights,
                                               smoothing, d_logits.data());
    auto at = logits.doubles();
    const auto twin = [&] {
      return reference::weighted_cross_entropy(at.data(), gold.data(), rows, labels, weights,
                                               smoothing);
    };
    EXPECT_NEAR(loss, twin(), 1e-13);
    for (int64_t i = 0; i < rows * labels; ++i) {
      const double own = at[i], step = 1e-6;
      at[i] = own + step;
      const double above = twin();
      at[i] = own - step;
      const double below = twin();
      at[i] = own;
      EXPECT_NEAR(d_logits[i], (above - below) / (2 * step), 1e-7) << i;
    }
  }
}

TEST(WeightedCrossEntropy, AgreesWithPyTorch) {
  std::ifstream file(THAW_SOURCE_DIR "/tests/golden/cross_entropy_golden.json");
  const auto cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 6u);
  for (const auto& entry : cases) {
    const auto logits = entry.at("logits").get<std::vector<float>>();
    const auto gold = entry.at("gold").get<std::vector<int32_t>>();
    const auto weights = entry.at("weights").get<std::vector<double>>();
    const auto gradient = entry.at("gradient").get<std::vector<double>>();
    const int64_t labels = entry.at("labels");
    std::vector<float> d_logits(logits.size());
    const double loss = weighted_cross_entropy(
        logits.data(), gold.data(), static_cast<int64_t>(gold.size()), labels,
        weights.empty() ? nullptr : weights.data(), entry.at("smoothing"), d_logits.data());
    EXPECT_NEAR(loss, entry.at("loss").get<double>(), 1e-12);
    for (size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(d_logits[i], gradient[i], 1e-7);
  }
}

}  // namespace
}  // namespace thaw
