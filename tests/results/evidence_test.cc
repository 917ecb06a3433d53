#include "results/evidence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

TEST(MakeEvidence, IsOfTheTestMetrics) {
  ComparisonResults results = tweets();
  for (StrategyResult& each : results.strategies) {
    each.test = classification_metrics(each.test_logits.data(), results.test_gold.data(),
                                       static_cast<int64_t>(results.test_gold.size()), 3);
  }
  const SignificanceTests evidence = make_evidence(results, {.resamples = 300});
  EXPECT_EQ(evidence.resamples, 300);
  ASSERT_EQ(evidence.strategies.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(evidence.strategies[i].size(), all_metrics().size());
    for (const MetricEstimate& own : evidence.strategies[i]) {
      EXPECT_NEAR(own.value, metric_value(results.strategies[i].test, own.metric), 1e-12);
      EXPECT_LT(own.low, own.value);
      EXPECT_GT(own.high, own.value);
    }
  }
  ASSERT_EQ(evidence.pairs.size(), 3u);
  EXPECT_EQ(evidence.pairs[1].second, 2u);
  EXPECT_EQ(evidence.pairs[1].counts.second_only, 851);
  EXPECT_LT(evidence.pairs[1].mcnemar_p_holm, 1e-20);
}

TEST(MakeEvidence, LeavesOutWhatFailedOrHasNoLogits) {
  ComparisonResults results = tweets();
  StrategyResult& probe = results.strategies[0];
  SeedRun rerun;
  rerun.seed = 43;
  rerun.test = results.strategies[1].test;
  rerun.test_logits = results.strategies[1].test_logits;
  SeedRun failed;
  failed.failure = "the loss was not a finite number";
  SeedRun diverged = rerun;
  diverged.test_logits[7] = NAN;
  probe.reruns = {rerun, failed, diverged};
  results.strategies[1].failure = "the loss was not a finite number";
  results.strategies[1].test = {};
  const SignificanceTests evidence = make_evidence(results, {.resamples = 50});
  const MetricEstimate& accuracy = evidence.strategies[0][0];
  EXPECT_NEAR(accuracy.value, (0.6471019 + 0.6627320) / 2, 1e-6);
  EXPECT_NEAR(accuracy.sd, (0.6627320 - 0.6471019) / std::sqrt(2.0), 1e-6);
  EXPECT_TRUE(evidence.strategies[1].empty());
  ASSERT_EQ(evidence.pairs.size(), 1u);
  EXPECT_EQ(evidence.pairs[0].second, 2u);
}

// results.json with a rerun that finished and has no metrics cannot be read back.
TEST(JudgeRuns, GivesEverySeedItsMetricsWhateverBecameOfTheFirst) {
  ComparisonResults results = tweets();
  StrategyResult& full = results.strategies[2];
  const ClassificationMetrics expected = full.test;
  SeedRun rerun;
  rerun.seed = 43;
  rerun.test_logits = full.test_logits;
  full.reruns = {rerun};
  full.failure = "the loss was not a finite number";
  full.test = {};
  full.test_logits.clear();
  judge_runs(full, results.test_gold, 3);
  EXPECT_EQ(full.test.rows, 0);
  EXPECT_EQ(full.test.per_class.size(), 3u);
  EXPECT_EQ(full.reruns[0].test.confusion, expected.confusion);
}

TEST(MakeEvidence, IsNoneWithoutPredictions) {
  ComparisonResults results = tweets();
  for (StrategyResult& each : results.strategies) each.test_logits.clear();
  EXPECT_EQ(make_evidence(results).resamples, 0);
  results = tweets();
  results.test_gold.clear();
  EXPECT_EQ(make_evidence(results).resamples, 0);
  results = tweets();
  results.test_gold[3] = 3;
  EXPECT_THROW(make_evidence(results), Error);
}

}  // namespace
}  // namespace thaw
