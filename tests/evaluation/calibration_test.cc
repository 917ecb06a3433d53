#include "evaluation/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

const nlohmann::json& golden() {
  static const nlohmann::json file = [] {
    std::ifstream in(THAW_SOURCE_DIR "/tests/golden/calibration_golden.json");
    return nlohmann::json::parse(in);
  }();
  return file;
}

struct Case {
  explicit Case(const nlohmann::json& json)
      : logits(json["logits"].get<std::vector<float>>()),
        gold(json["gold"].get<std::vector<int32_t>>()),
        rows(static_cast<int64_t>(gold.size())),
        labels(json["labels"]) {}
  std::vector<float> logits;
  std::vector<int32_t> gold;
  int64_t rows, labels;
};

TEST(Temperature, IsTheOneOfTheLowestNllAsScipyFindsIt) {
  for (const auto& json : golden()) {
    const Case c(json);
    const double wanted = json["temperature"];
    EXPECT_NEAR(fit_temperature(c.logits.data(), c.gold.data(), c.rows, c.labels), wanted,
                1e-6 * wanted);
  }
}

TEST(Calibration, HasTheNumbersOfScikitLearnAndNumPy) {
  for (const auto& json : golden()) {
    const Case c(json);
    for (const char* when : {"before", "after"}) {
      const double temperature =
          when == std::string("before") ? 1 : json["temperature"].get<double>();
      const auto summary =
          calibration_summary(c.logits.data(), c.gold.data(), c.rows, c.labels, temperature);
      EXPECT_NEAR(summary.nll, json[when]["nll"], 1e-6) << when;
      EXPECT_NEAR(summary.brier, json[when]["brier"], 1e-6) << when;
      EXPECT_NEAR(summary.ece, json[when]["ece"], 1e-6) << when;
      int64_t rows = 0;
      for (const ReliabilityBin& bin : summary.bins) rows += bin.rows;
      EXPECT_EQ(rows, c.rows);
    }
  }
}

TEST(Calibration, NeverHasAHigherNllAfterwardsOnTheRowsItWasFittedOn) {
  for (const auto& json : golden()) {
    EXPECT_LE(json["after"]["nll"].get<double>(), json["before"]["nll"].get<double>());
  }
}

TEST(Calibration, TheCalibratedLossDoesNotMindHowSureTheAnswersAre) {
  // 60 rows, every sixth wrong; ten times the logits are the same answers, only surer.
  std::vector<float> mild, sure;
  std::vector<int32_t> gold;
  for (int row = 0; row < 60; ++row) {
    gold.push_back(row % 2);
    const float away = (row % 6 == 0 ? -1.0f : 1.0f) * (row % 2 == 1 ? 1.0f : -1.0f);
    for (const float logit : {-away, away}) {
      mild.push_back(logit * 0.5f);
      sure.push_back(logit * 5);
    }
  }
  const double of_mild = calibrated_loss(mild.data(), gold.data(), 60, 2);
  EXPECT_NEAR(calibrated_loss(sure.data(), gold.data(), 60, 2), of_mild, 1e-9);
  const double raw = calibration_summary(sure.data(), gold.data(), 60, 2, 1).nll;
  EXPECT_GT(raw, 1.5 * of_mild);
  // Too few rows to fit a temperature to.
  EXPECT_EQ(calibrated_loss(sure.data(), gold.data(), 49, 2),
            calibration_summary(sure.data(), gold.data(), 49, 2, 1).nll);
}

TEST(Thresholds, AreTheLowestThatReachThePrecision) {
  for (const auto& json : golden()) {
    const Case c(json);
    const auto found = precision_thresholds(c.logits.data(), c.gold.data(), c.rows, c.labels,
                                            json["temperature"], 0.75);
    ASSERT_EQ(found.size(), static_cast<size_t>(c.labels));
    for (int64_t label = 0; label < c.labels; ++label) {
      const auto& wanted = json["thresholds"][label];
      if (wanted.is_null()) {
        EXPECT_TRUE(std::isnan(found[label]));
      } else {
        EXPECT_NEAR(found[label], wanted.get<double>(), 1e-6);
      }
    }
  }
}

TEST(Thresholds, AreAbsentWhereNoneReachesThePrecision) {
  // Label 0 is given twice and wrong twice; label 1 is always right.
  const std::vector<float> logits{2, 0, 3, 0, 0, 1};
  const std::vector<int32_t> gold{1, 1, 1};
  const auto found = precision_thresholds(logits.data(), gold.data(), 3, 2, 1, 0.5);
  EXPECT_TRUE(std::isnan(found[0]));
  EXPECT_NEAR(found[1], 1 / (1 + std::exp(-1.0)), 1e-6);
}

TEST(Temperature, StaysWithinItsBoundsWhereNothingIsWrongOrNothingRight) {
  const std::vector<float> logits{1, 0, 0, 1};
  const std::vector<int32_t> right{0, 1}, wrong{1, 0};
  EXPECT_EQ(fit_temperature(logits.data(), right.data(), 2, 2), 0.05);
  EXPECT_EQ(fit_temperature(logits.data(), wrong.data(), 2, 2), 20);
}

TEST(Temperature, RefusesWhatIsNoLogitOrLabel) {
  const std::vector<float> logits{1, 0}, broken{1, std::numeric_limits<float>::quiet_NaN()};
  const int32_t gold = 0, beyond = 2;
  EXPECT_THROW(fit_temperature(broken.data(), &gold, 1, 2), Error);
  EXPECT_THROW(fit_temperature(logits.data(), &beyond, 1, 2), Error);
  EXPECT_THROW(calibration_summary(logits.data(), &gold, 0, 2, 1), Error);
  EXPECT_THROW(probabilities(logits.data(), 1, 2, 0), Error);
}

}  // namespace
}  // namespace thaw
