#include "evaluation/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "evaluation/bca.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

nlohmann::json golden(size_t index) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/statistics_golden.json");
  return nlohmann::json::parse(in)["end_to_end"][index];
}

PairedPredictions answers_of(const nlohmann::json& given) {
  PairedPredictions answers{given["labels"], given["gold"], {}};
  for (const auto& seeds : given["runs"]) {
    answers.strategies.emplace_back();
    for (const auto& run : seeds) {
      answers.strategies.back().push_back({run["predicted"], run["losses"]});
    }
  }
  return answers;
}

// As many answers as asked for, right with the chance given.
Predictions drawn(const std::vector<int32_t>& gold, int64_t labels, double skill, uint64_t seed) {
  Predictions run;
  for (size_t row = 0; row < gold.size(); ++row) {
    const auto chance = [&](uint64_t what) {
      return static_cast<double>(random_bits(random_key(seed, what), static_cast<uint32_t>(row))) /
             4294967296.0;
    };
    const bool right = chance(1) < skill;
    run.predicted.push_back(right ? gold[row]
                                  : static_cast<int32_t>(chance(2) * static_cast<double>(labels)));
    run.losses.push_back((right ? 0.2 : 1.3) + 0.4 * chance(3));
  }
  return run;
}

PairedPredictions made(int64_t rows, int64_t labels, int strategies, int seeds) {
  PairedPredictions answers{labels, {}, {}};
  for (int64_t row = 0; row < rows; ++row) {
    answers.gold.push_back(static_cast<int32_t>(row * 7 % labels));
  }
  for (int s = 0; s < strategies; ++s) {
    answers.strategies.emplace_back();
    for (int seed = 0; seed < seeds; ++seed) {
      answers.strategies.back().push_back(
          drawn(answers.gold, labels, 0.6 + 0.02 * s, static_cast<uint64_t>(100 * s + seed)));
    }
  }
  return answers;
}

const MetricDifference& of(const PairEvidence& pair, Metric metric) {
  return *std::find_if(pair.metrics.begin(), pair.metrics.end(),
                       [&](const auto& each) { return each.metric == metric; });
}

// Ends move by about 0.04 standard deviations from one set of 10,000 resamples to another, and
// those of accuracy by whole rows.
void expect_interval(double low, double high, const nlohmann::json& wanted, const std::string& of,
                     double row) {
  const double wanted_low = wanted["interval"][0], wanted_high = wanted["interval"][1];
  const double tolerance =
      0.15 * (wanted_high - wanted_low) / 3.92 + (of == "accuracy" ? 1.001 * row : 0);
  EXPECT_NEAR(low, wanted_low, tolerance) << of;
  EXPECT_NEAR(high, wanted_high, tolerance) << of;
}

void compare_with_scipy(size_t index) {
  const nlohmann::json wanted = golden(index);
  const SignificanceTests evidence = bootstrap_evidence(answers_of(wanted));
  const double row = 1 / static_cast<double>(wanted["gold"].size());
  EXPECT_EQ(evidence.resamples, 10'000);
  ASSERT_EQ(evidence.strategies.size(), 3u);
  ASSERT_EQ(evidence.pairs.size(), 3u);
  // SciPy draws rows alone; of several seeds seed_spread_test.cc has a plain implementation.
  const auto repeated = [&](size_t strategy) { return wanted["runs"][strategy].size() > 1; };
  for (const auto& [name, own] : wanted["metrics"].items()) {
    const Metric metric = parse_metric(name, "golden");
    for (size_t s = 0; s < 3; ++s) {
      const MetricEstimate& found = evidence.strategies[s][static_cast<size_t>(metric)];
      ASSERT_EQ(found.metric, metric);
      EXPECT_NEAR(found.value, own["strategies"][s]["value"], 1e-14) << name;
      if (repeated(s)) continue;
      expect_interval(found.low, found.high, own["strategies"][s], name, row);
    }
    for (size_t p = 0; p < 3; ++p) {
      const MetricDifference& found = of(evidence.pairs[p], metric);
      EXPECT_NEAR(found.value, own["pairs"][p]["value"], 1e-14) << name;
      if (repeated(evidence.pairs[p].first) || repeated(evidence.pairs[p].second)) continue;
      expect_interval(found.low, found.high, own["pairs"][p], name, row);
      const double share = own["pairs"][p]["p"];
      EXPECT_NEAR(found.p, share, 5 * std::sqrt(share * (1 - share) / 7000) + 5e-4) << name;
    }
  }
}

TEST(Bootstrap, AgreesWithSciPyOnThreeLabelsAndTwoSeeds) { compare_with_scipy(0); }
TEST(Bootstrap, AgreesWithSciPyOnTwoLabelsAndFewRows) { compare_with_scipy(1); }

TEST(Bootstrap, HasTheMetricsOfTheTables) {
  const PairedPredictions answers = made(57, 5, 1, 1);
  const Predictions& run = answers.strategies[0][0];
  const auto confusion_of = [&](const std::vector<uint32_t>& counts) {
    std::vector<int64_t> confusion(25);
    for (size_t row = 0; row < counts.size(); ++row) {
      confusion[answers.gold[row] * 5 + run.predicted[row]] += counts[row];
    }
    return confusion;
  };
  const SignificanceTests evidence = bootstrap_evidence(answers, {.resamples = 10});
  ClassificationMetrics metrics = metrics_from_confusion(confusion_of(std::vector(57, 1u)), 5);
  metrics.loss = std::accumulate(run.losses.begin(), run.losses.end(), 0.0) / 57;
  for (const MetricEstimate& estimate : evidence.strategies[0]) {
    EXPECT_NEAR(estimate.value, metric_value(metrics, estimate.metric), 1e-15)
        << metric_name(estimate.metric);
    EXPECT_TRUE(std::isnan(estimate.sd));
  }
  // Rows that occur never or often: a label of the rows may have gone.
  const ResampledMetrics sample(answers);
  EXPECT_LT(sample.groups(), sample.rows());
  const auto left_out = sample.leave_one_out();
  std::vector<double> wanted, found;
  for (size_t row = 0; row < 57; ++row) {
    std::vector<uint32_t> counts(57, 1);
    counts[row] = 0;
    wanted.push_back(metrics_from_confusion(confusion_of(counts), 5).macro_f1);
  }
  for (size_t group = 0; group < sample.groups(); ++group) {
    found.insert(found.end(), static_cast<size_t>(sample.rows_of(group)),
                 left_out[group][0][static_cast<size_t>(Metric::kMacroF1)]);
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t row = 0; row < 57; ++row) EXPECT_NEAR(found[row], wanted[row], 1e-14);
}

TEST(Bootstrap, DrawsEveryRowEquallyOftenAndAsManyAsThereAre) {
  std::vector<uint16_t> counts(1001);
  std::vector<double> total(1001);
  double squares = 0;
  for (uint64_t key = 0; key < 2000; ++key) {
    draw_rows(random_key(7, key), counts);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), 1001);
    for (size_t row = 0; row < counts.size(); ++row) {
      total[row] += counts[row];
      squares += (counts[row] - 1.0) * (counts[row] - 1.0);
    }
  }
  // A row's count is binomial(rows, 1/rows): variance 1 - 1/rows.
  EXPECT_NEAR(squares / (2000.0 * 1001.0), 1000.0 / 1001.0, 0.01);
  double chi_square = 0;
  for (const double sum : total) chi_square += (sum - 2000) * (sum - 2000) / 2000;
  EXPECT_NEAR(chi_square, 1000, 5 * std::sqrt(2000.0));
}

TEST(Bootstrap, IsTheSameWithAnyNumberOfThreads) {
  const PairedPredictions answers = made(203, 3, 3, 2);
  const int before = thread_count();
  std::vector<SignificanceTests> found;
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    found.push_back(bootstrap_evidence(answers, {.resamples = 500}));
  }
  set_thread_count(before);
  for (size_t s = 0; s < 3; ++s) {
    for (size_t metric = 0; metric < 7; ++metric) {
      EXPECT_EQ(found[0].strategies[s][metric].low, found[1].strategies[s][metric].low);
      EXPECT_EQ(found[0].strategies[s][metric].high, found[1].strategies[s][metric].high);
      EXPECT_EQ(found[0].pairs[s].metrics[metric].p, found[1].pairs[s].metrics[metric].p);
    }
  }
}

TEST(Bootstrap, FindsNoDifferenceWhereThereIsNoDiscordantRow) {
  PairedPredictions answers = made(80, 3, 1, 1);
  answers.strategies.push_back(answers.strategies[0]);
  const SignificanceTests evidence = bootstrap_evidence(answers, {.resamples = 1000});
  for (const MetricDifference& difference : evidence.pairs[0].metrics) {
    EXPECT_EQ(difference.value, 0);
    EXPECT_EQ(difference.low, 0);
    EXPECT_EQ(difference.high, 0);
    EXPECT_EQ(difference.p, 1);
    EXPECT_EQ(difference.p_holm, 1);
  }
  EXPECT_EQ(evidence.pairs[0].mcnemar_p, 1);
}

TEST(Bootstrap, CorrectsOverAllPairsAndLeavesOutWhatHasNoAnswers) {
  PairedPredictions answers = made(300, 3, 4, 1);
  answers.strategies[1].clear();
  const SignificanceTests evidence = bootstrap_evidence(answers, {.resamples = 400});
  EXPECT_TRUE(evidence.strategies[1].empty());
  ASSERT_EQ(evidence.pairs.size(), 3u);
  double least = 1, corrected = 1, mcnemar = 1, mcnemar_corrected = 1;
  for (const PairEvidence& pair : evidence.pairs) {
    EXPECT_NE(pair.first, 1u);
    EXPECT_NE(pair.second, 1u);
    EXPECT_GE(of(pair, Metric::kLoss).p, 1.0 / 401);
    least = std::min(least, of(pair, Metric::kLoss).p);
    corrected = std::min(corrected, of(pair, Metric::kLoss).p_holm);
    mcnemar = std::min(mcnemar, pair.mcnemar_p);
    mcnemar_corrected = std::min(mcnemar_corrected, pair.mcnemar_p_holm);
  }
  EXPECT_DOUBLE_EQ(corrected, std::min(1.0, 3 * least));
  EXPECT_DOUBLE_EQ(mcnemar_corrected, std::min(1.0, 3 * mcnemar));
}

TEST(Bootstrap, TakesOneRow) {
  const SignificanceTests evidence =
      bootstrap_evidence({2, {1}, {{{{1}, {0.25}}}, {{{0}, {1.5}}}}});
  EXPECT_EQ(evidence.strategies[0][0].low, 1);
  EXPECT_EQ(evidence.strategies[1][0].high, 0);
  EXPECT_EQ(evidence.pairs[0].metrics[0].value, -1);
}

TEST(Bootstrap, NamesWhatDoesNotFit) {
  EXPECT_THROW(bootstrap_evidence({2, {}, {}}), Error);
  EXPECT_THROW(bootstrap_evidence({2, {0, 2}, {}}), Error);
  EXPECT_THROW(bootstrap_evidence({2, {0, 1}, {{{{0}, {0.1}}}}}), Error);
  EXPECT_THROW(bootstrap_evidence({2, {0}, {{{{-1}, {0.1}}}}}), Error);
  EXPECT_THROW(bootstrap_evidence({2, {0}, {}}, {.resamples = 0}), Error);
}

}  // namespace
}  // namespace thaw
