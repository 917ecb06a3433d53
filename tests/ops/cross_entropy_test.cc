#include "ops/cross_entropy.h"

#include <limits>

#include "ops/reference/cross_entropy.h"
#include "tests/ops/op_testing.h"

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

}  // namespace
}  // namespace thaw
