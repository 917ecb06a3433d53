#include "report/findings/caveats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/export/results_json.h"
#include "report/findings/words.h"
#include "results/evidence.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

CalibrationResult calibration(double temperature, double before, double after, double ece_before,
                              double ece_after) {
  CalibrationResult result{.temperature = temperature, .before = {}, .after = {}};
  result.before.nll = before;
  result.after.nll = after;
  result.before.ece = ece_before;
  result.after.ece = ece_after;
  result.before.bins.resize(kReliabilityBins);
  result.after.bins.resize(kReliabilityBins);
  return result;
}

TEST(Caveats, AreNoneWhereThereIsEnough) { EXPECT_TRUE(caveats(tweets()).empty()); }

TEST(Caveats, SayOnceOfAllStrategiesThatTheTemperatureHarms) {
  ComparisonResults results = tweets();
  results.strategies[0].calibration = calibration(0.9, 0.75, 0.74, 0.03, 0.02);    // helps
  results.strategies[1].calibration = calibration(1.4, 0.50, 0.52, 0.03, 0.05);    // loss
  results.strategies[2].calibration = calibration(1.1, 0.50, 0.5001, 0.02, 0.04);  // error alone
  const auto found = caveats(results);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Caveat::Kind::kHarmfulTemperature);
  EXPECT_THAT(found[0].about, ElementsAre("last-1", "full"));
  EXPECT_THAT(found[0].sentence,
              StartsWith("The temperature fitted to 600 validation rows makes the probabilities of "
                         "the test rows worse for last-1 (temperature 1.40: loss 0.5000 to 0.5200, "
                         "calibration error 0.030 to 0.050) and full (temperature 1.10"));
  EXPECT_THAT(findings(results).observation, Contains(found[0].sentence));
  EXPECT_EQ(format_caveats(results), "note: " + found[0].sentence + "\n");
}

TEST(Caveats, SayHowLittleFewValidationRowsChoose) {
  ComparisonResults results = tweets();
  results.splits[1].rows = 60;
  auto found = caveats(results);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rows, 60);
  EXPECT_THAT(found[0].sentence, StartsWith("Validation has 60 rows, each worth 1.7 points"));
  EXPECT_THAT(found[0].sentence, HasSubstr("a temperature fitted to them is rough"));
  results.splits[1].rows = 40;
  EXPECT_THAT(caveats(results)[0].sentence, HasSubstr("no temperature is fitted"));
  results.splits[1].rows = 100;
  EXPECT_TRUE(caveats(results).empty());
}

TEST(Caveats, NameLabelsWithFewRowsInOneLine) {
  ComparisonResults results = tweets();
  results.splits[0].label_counts[2] = 9;
  for (StrategyResult& strategy : results.strategies) strategy.test.per_class[0].support = 6;
  const auto found = caveats(results);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].about, ElementsAre("negative", "positive"));
  EXPECT_EQ(found[0].rows, 6);
  EXPECT_THAT(found[0].sentence,
              StartsWith("2 labels have fewer than 10 rows to learn from or to be tested on: "
                         "'negative' (6 of test) and 'positive' (9 of training). Their F1"));
  // Where enough rows test them, it is not their F1 that is in doubt.
  for (StrategyResult& strategy : results.strategies) strategy.test.per_class[0].support = 600;
  EXPECT_THAT(caveats(results)[0].sentence,
              StartsWith("1 label has fewer than 10 rows to learn from: 'positive' (9 of "
                         "training). Other rows"));
}

TEST(Caveats, SayThatTwoSeedsAreFew) {
  ComparisonResults results = tweets();
  for (StrategyResult& strategy : results.strategies) {
    strategy.seed = 42;
    SeedRun run;
    run.seed = 43;
    run.test = strategy.test;
    run.test_logits = strategy.test_logits;
    strategy.reruns = {run};
  }
  results.evidence = make_evidence(results, {.resamples = 20});
  auto found = caveats(results);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Caveat::Kind::kTwoSeeds);
  for (StrategyResult& strategy : results.strategies) {
    strategy.reruns.push_back(strategy.reruns[0]);
    strategy.reruns[1].seed = 44;
  }
  EXPECT_TRUE(caveats(results).empty());
}

TEST(Caveats, StandInTheFileAsData) {
  ComparisonResults results = tweets();
  results.splits[1].rows = 60;
  const auto json = nlohmann::json::parse(results_json(results));
  const auto& found = json["findings"]["caveats"];
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0]["kind"], "small_validation");
  EXPECT_EQ(found[0]["rows"], 60);
  EXPECT_THAT(json["findings"]["observation"], Contains(found[0]["sentence"]));
}

}  // namespace
}  // namespace thaw
