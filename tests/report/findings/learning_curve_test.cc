#include "report/findings/learning_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/findings/words.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

CurvePoint point(const std::string& name, int64_t rows, double error, uint64_t seed = 42) {
  CurvePoint own{.name = name, .seed = seed, .train_rows = rows, .test = {}};
  own.test.rows = 100;
  own.test.macro_f1 = 1 - error;
  own.test.loss = 3 * error;
  return own;
}

ComparisonResults with_curve(double noise) {
  ComparisonResults results = tweets();
  for (const int64_t rows : {250, 500, 1000, 2000, 4000}) {
    for (const uint64_t seed : {42, 43}) {
      const double wobble = noise * (seed == 42 ? 1 : -1) * std::sin(static_cast<double>(rows));
      const double error = 0.2 + 2.0 * std::pow(static_cast<double>(rows), -0.5) + wobble;
      results.curve.push_back(point("full", rows, error, seed));
    }
  }
  return results;
}

TEST(LearningCurve, SaysWhatTwiceTheLabelsWouldBring) {
  const ComparisonResults results = with_curve(0.002);
  const auto curves = learning_curves(results);
  ASSERT_EQ(curves.size(), 1u);
  EXPECT_EQ(curves[0].sizes, 5);
  EXPECT_EQ(curves[0].most_rows, 4000);
  // 2 / sqrt(4000) - 2 / sqrt(8000), and a small part of that for the wobble.
  const double gain = 2 / std::sqrt(4000.0) - 2 / std::sqrt(8000.0);
  EXPECT_NEAR(curves[0].change.value, gain, 0.001);
  EXPECT_LT(curves[0].change.low, gain);
  EXPECT_GT(curves[0].change.high, gain);
  EXPECT_NEAR(curves[0].at_twice.value, 0.8 - 2 / std::sqrt(8000.0), 0.003);
  EXPECT_THAT(learning_curve_sentence(results, curves[0]),
              AllOf(HasSubstr("Twice the labels (8,000 rows) would bring full +0.9 points of "
                              "macro F1 (95% +0."),
                    HasSubstr("if its learning curve over 5 sizes goes on.")));
  EXPECT_THAT(findings(results).conclusion, Contains(HasSubstr("Twice the labels")));
}

TEST(LearningCurve, GoesByTheMetricThatDecides) {
  ComparisonResults results = with_curve(0.002);
  results.decision.metric = Metric::kLoss;
  const auto curves = learning_curves(results);
  EXPECT_LT(curves[0].change.value, -0.02);
  EXPECT_LT(curves[0].change.high, 0);
  EXPECT_THAT(learning_curve_sentence(results, curves[0]), HasSubstr("would bring full −0.0"));
}

TEST(LearningCurve, AdmitsWhatItCannotSay) {
  ComparisonResults results = tweets();
  EXPECT_TRUE(learning_curves(results).empty());
  results.curve = {point("probe", 100, 0.4), point("probe", 200, 0.35), point("full", 100, 0.3),
                   point("full", 200, 0.3), point("full", 400, 0.31)};
  results.curve.push_back({.name = "full", .train_rows = 800, .test = {}});  // failed
  auto curves = learning_curves(results);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_FALSE(curves[0].law.has_value());
  EXPECT_THAT(learning_curve_sentence(results, curves[0]),
              HasSubstr("probe was trained on 2 different numbers of rows; a learning curve needs "
                        "three"));
  EXPECT_EQ(curves[1].most_rows, 400);
  EXPECT_THAT(learning_curve_sentence(results, curves[1]), HasSubstr("promises nothing"));
  results.curve = {point("full", 100, 0.5), point("full", 200, 0.42), point("full", 400, 0.37)};
  curves = learning_curves(results);
  EXPECT_TRUE(std::isnan(curves[0].change.low));
  EXPECT_THAT(learning_curve_sentence(results, curves[0]),
              HasSubstr("goes on; how sure that is, so few points do not show."));
}

}  // namespace
}  // namespace thaw
