#include "evaluation/seed_spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/random.h"
#include "evaluation/bca.h"
#include "evaluation/bootstrap.h"
#include "evaluation/distributions.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values, double less) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / (static_cast<double>(values.size()) - less);
}

double uniform(uint64_t key, uint64_t what, int64_t row) {
  return (random_bits(random_key(key, what), static_cast<uint32_t>(row)) + 0.5) / 4294967296.0;
}

// How simulated models differ: the standard deviations of their skill, in probits.
struct World {
  int64_t rows = 150;
  int seeds = 3;
  double seed_sd = 0.1;     // of a seed of a strategy
  double row_sd = 1;        // of a row, for all models
  double own_row_sd = 0.5;  // of a row, for all seeds of a strategy
  double effect = 0;        // what the second strategy is better by
};

// Two strategies of `seeds` trained models each on the same rows of two labels.
PairedPredictions simulated(const World& world, uint64_t key) {
  PairedPredictions answers{2, {}, {{}, {}}};
  for (int64_t row = 0; row < world.rows; ++row) answers.gold.push_back(row % 2);
  const auto normal = [&](uint64_t what, int64_t at) {
    return normal_quantile(uniform(key, what, at));
  };
  for (uint64_t s = 0; s < 2; ++s) {
    for (int seed = 0; seed < world.seeds; ++seed) {
      Predictions run;
      run.seed = static_cast<uint64_t>(seed);
      const double skill =
          1 + world.effect * static_cast<double>(s) + world.seed_sd * normal(10 + s, seed);
      for (int64_t row = 0; row < world.rows; ++row) {
        const double noise = normal(100 + 50 * s + static_cast<uint64_t>(seed), row);
        const bool right =
            skill + world.row_sd * normal(1, row) + world.own_row_sd * normal(2 + s, row) + noise >
            0;
        run.predicted.push_back(right ? answers.gold[row] : 1 - answers.gold[row]);
        run.losses.push_back((right ? 0.3 : 1.2) + 0.1 * std::fabs(noise));
      }
      answers.strategies[s].push_back(std::move(run));
    }
  }
  return answers;
}

// In the order that the rows are drawn in: those with the same label and answers stand together.
PairedPredictions in_drawn_order(const PairedPredictions& answers) {
  const auto key_of = [&](size_t row) {
    std::vector<int32_t> key = {answers.gold[row]};
    for (const auto& runs : answers.strategies) {
      for (const Predictions& run : runs) key.push_back(run.predicted[row]);
    }
    return key;
  };
  std::vector<size_t> order(answers.gold.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return key_of(a) < key_of(b); });
  PairedPredictions sorted = answers;
  for (size_t at = 0; at < order.size(); ++at) {
    sorted.gold[at] = answers.gold[order[at]];
    for (size_t s = 0; s < answers.strategies.size(); ++s) {
      for (size_t seed = 0; seed < answers.strategies[s].size(); ++seed) {
        Predictions& run = sorted.strategies[s][seed];
        run.predicted[at] = answers.strategies[s][seed].predicted[order[at]];
        run.losses[at] = answers.strategies[s][seed].losses[order[at]];
      }
    }
  }
  return sorted;
}

// Accuracy, macro F1 and loss of one run on rows that occur `counts` times.
double metric_on(const PairedPredictions& answers, const Predictions& run,
                 const std::vector<uint16_t>& counts, Metric metric) {
  std::vector<int64_t> confusion(4);
  double loss = 0;
  for (size_t row = 0; row < counts.size(); ++row) {
    confusion[answers.gold[row] * 2 + run.predicted[row]] += counts[row];
    loss += counts[row] * run.losses[row];
  }
  ClassificationMetrics metrics = metrics_from_confusion(confusion, 2);
  metrics.loss = loss / static_cast<double>(counts.size());
  return metric_value(metrics, metric);
}

struct Naive {
  double value = 0, p = 0, rows_only_p = 0;
  std::vector<double> distribution;
};

// The difference of the second strategy to the first, as the header has it, without a thought for
// speed. Of the loss, the variances are over the rows' losses, so they have no resampling noise.
Naive naive_difference(const PairedPredictions& given, Metric metric,
                       const BootstrapSettings& settings) {
  const PairedPredictions answers = in_drawn_order(given);
  const size_t rows = answers.gold.size(), seeds = answers.strategies[0].size();
  const double count = static_cast<double>(seeds);
  const auto change = [&](size_t seed, const std::vector<uint16_t>& counts) {
    return metric_on(answers, answers.strategies[1][seed], counts, metric) -
           metric_on(answers, answers.strategies[0][seed], counts, metric);
  };
  std::vector<double> values;
  for (size_t seed = 0; seed < seeds; ++seed) {
    values.push_back(change(seed, std::vector<uint16_t>(rows, 1)));
  }
  Naive found;
  found.value = mean_of(values);
  std::vector<std::vector<double>> own(seeds);
  std::vector<double> mean;
  for (int b = 0; b < settings.resamples; ++b) {
    std::vector<uint16_t> counts(rows);
    draw_rows(random_key(settings.seed, static_cast<uint64_t>(b)), counts);
    double sum = 0;
    for (size_t seed = 0; seed < seeds; ++seed) {
      own[seed].push_back(change(seed, counts));
      sum += own[seed].back();
    }
    mean.push_back(sum / count);
  }
  double row_variance = variance_of(mean, 0), own_variance = 0;
  for (const auto& each : own) own_variance += variance_of(each, 0) / count;
  if (metric == Metric::kLoss) {
    const auto change_of_row = [&](size_t seed, size_t row) {
      return answers.strategies[1][seed].losses[row] - answers.strategies[0][seed].losses[row];
    };
    std::vector<double> means(rows);
    own_variance = 0;
    for (size_t seed = 0; seed < seeds; ++seed) {
      std::vector<double> of_seed;
      for (size_t row = 0; row < rows; ++row) {
        of_seed.push_back(change_of_row(seed, row));
        means[row] += of_seed.back() / count;
      }
      own_variance += variance_of(of_seed, 0) / static_cast<double>(rows) / count;
    }
    row_variance = variance_of(means, 0) / static_cast<double>(rows);
  }
  const double interaction =
      seeds > 1 ? std::max(0.0, (own_variance - row_variance) / (count - 1)) : 0;
  const double kept = std::sqrt(std::max(0.0, 1 - interaction / row_variance));
  const double scale = seeds > 1 ? std::sqrt(variance_of(values, 1) / count) : 0;
  const auto draws = student_t_draws(std::max<int>(1, static_cast<int>(seeds) - 1),
                                     settings.resamples, settings.seed, 0);
  const auto p_of = [&](const std::vector<double>& distribution) {
    double beyond = 1;
    for (const double each : distribution) {
      beyond += std::fabs(each - found.value) >= std::fabs(found.value) * (1 - 1e-9) - 1e-15;
    }
    return beyond / (1 + settings.resamples);
  };
  found.rows_only_p = p_of(mean);
  for (int b = 0; b < settings.resamples; ++b) {
    found.distribution.push_back(found.value + kept * (mean[b] - found.value) + scale * draws[b]);
  }
  found.p = p_of(found.distribution);
  return found;
}

const MetricDifference& of(const SignificanceTests& evidence, Metric metric) {
  return *std::find_if(evidence.pairs[0].metrics.begin(), evidence.pairs[0].metrics.end(),
                       [&](const auto& each) { return each.metric == metric; });
}

TEST(SeedSpread, IsThatOfAPlainImplementation) {
  const BootstrapSettings settings{.resamples = 999};
  for (const int seeds : {2, 3, 6}) {
    const PairedPredictions answers = simulated({.seeds = seeds, .effect = 0.2}, 5);
    const SignificanceTests evidence = bootstrap_evidence(answers, settings);
    for (const Metric metric : {Metric::kAccuracy, Metric::kMacroF1, Metric::kLoss}) {
      const Naive wanted = naive_difference(answers, metric, settings);
      const MetricDifference& found = of(evidence, metric);
      EXPECT_NEAR(found.value, wanted.value, 1e-13);
      EXPECT_NEAR(found.p, wanted.p, 1e-12) << metric_name(metric) << " of " << seeds;
      // Ends lie where the plain distribution has their shares, but for bias and acceleration.
      std::vector<double> sorted = wanted.distribution;
      const double low = quantile_in_place(sorted, 0.025), high = quantile_in_place(sorted, 0.975);
      EXPECT_NEAR(found.low, std::max(low, -1.0), 0.2 * (high - low));
      EXPECT_NEAR(found.high, std::min(high, 1.0), 0.2 * (high - low));
    }
  }
}

TEST(SeedSpread, OfOneSeedOrOfSeedsAlikeIsTheRowsAlone) {
  const BootstrapSettings settings{.resamples = 500};
  PairedPredictions one = simulated({.seeds = 1, .effect = 0.3}, 12);
  PairedPredictions alike = one;
  for (auto& runs : alike.strategies) runs = {runs[0], runs[0], runs[0]};
  const SignificanceTests first = bootstrap_evidence(one, settings);
  const SignificanceTests same = bootstrap_evidence(alike, settings);
  for (const Metric metric : all_metrics()) {
    EXPECT_NEAR(of(first, metric).p, of(same, metric).p, 1e-12);
    EXPECT_NEAR(of(first, metric).low, of(same, metric).low, 1e-12);
    EXPECT_NEAR(of(first, metric).high, of(same, metric).high, 1e-12);
  }
  EXPECT_DOUBLE_EQ(of(first, Metric::kAccuracy).p,
                   naive_difference(one, Metric::kAccuracy, settings).rows_only_p);
}

TEST(SeedSpread, DrawsStudentsTInAnotherOrderForEachStream) {
  std::vector<double> one = student_t_draws(2, 1001, 7, 0), other = student_t_draws(2, 1001, 7, 1);
  EXPECT_NE(one, other);
  EXPECT_EQ(one, student_t_draws(2, 1001, 7, 0));
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  EXPECT_EQ(one, other);
  EXPECT_EQ(one[500], 0);
  EXPECT_NEAR(quantile_in_place(one, 0.975), student_t_quantile(0.975, 2), 0.05);
}

TEST(SeedSpread, KeepsTheThreePartsOfTheVarianceApart) {
  // Values of three seeds with sd 3; a single seed moves by 10 over the rows, the mean by 6.
  const SeedSpread spread = seed_spread({{1, 4, 7}, 6, 10}, 6);
  ASSERT_EQ(spread.terms.size(), 1u);
  EXPECT_DOUBLE_EQ(spread.terms[0].scale, std::sqrt(3.0));
  EXPECT_EQ(spread.terms[0].degrees, 2);
  EXPECT_DOUBLE_EQ(spread.rows_kept, std::sqrt(1 - 2 / 6.0));
  EXPECT_TRUE(seed_spread({{4}, 6, 6}, 6).terms.empty());
  // Of other seeds each, and of one seed beside three.
  const SeedSpread apart = seed_spread({{1, 4, 7}, 6, 10}, {{1, 3}, 2, 2}, 8);
  ASSERT_EQ(apart.terms.size(), 2u);
  EXPECT_DOUBLE_EQ(apart.variance, 3 + 1);
  EXPECT_EQ(apart.terms[1].degrees, 1);
  EXPECT_NE(apart.terms[0].stream, apart.terms[1].stream);
  const SeedSpread unknown = seed_spread({{5}, 2, 2}, {{1, 4, 7}, 6, 10}, 20);
  ASSERT_EQ(unknown.terms.size(), 1u);
  EXPECT_DOUBLE_EQ(unknown.variance, 9 * (1 + 1 / 3.0));
}

// Of accuracy, what the rows alone say of the mean over seeds: a normal approximation.
double rows_only_p(const PairedPredictions& answers) {
  std::vector<double> changes(answers.gold.size());
  const double seeds = static_cast<double>(answers.strategies[0].size());
  for (size_t row = 0; row < changes.size(); ++row) {
    for (size_t s = 0; s < 2; ++s) {
      for (const Predictions& run : answers.strategies[s]) {
        changes[row] += (s == 1 ? 1 : -1) * (run.predicted[row] == answers.gold[row]) / seeds;
      }
    }
  }
  const double rows = static_cast<double>(changes.size());
  const double error = std::sqrt(variance_of(changes, 0) / rows);
  return 2 * normal_cdf(-std::fabs(mean_of(changes)) / error);
}

// How often a difference that is none is called clear, and how often the interval of one that is
// holds it.
struct Rates {
  double clear = 0, clear_by_rows = 0, covered = 0;
};

Rates rates_of(const World& world, int experiments) {
  const BootstrapSettings settings{.resamples = 400};
  // The true effect on accuracy: the chance to be right is that of a normal variable.
  const double sd = std::sqrt(1 + world.row_sd * world.row_sd +
                              world.own_row_sd * world.own_row_sd + world.seed_sd * world.seed_sd);
  const double truth = normal_cdf((1 + world.effect) / sd) - normal_cdf(1 / sd);
  Rates rates;
  for (int i = 0; i < experiments; ++i) {
    const PairedPredictions answers = simulated(world, static_cast<uint64_t>(1000 + i));
    const SignificanceTests evidence = bootstrap_evidence(answers, settings);
    const MetricDifference& found = of(evidence, Metric::kAccuracy);
    rates.clear += found.p < 0.05;
    rates.covered += found.low <= truth && truth <= found.high;
    rates.clear_by_rows += rows_only_p(answers) < 0.05;
  }
  for (double* rate : {&rates.clear, &rates.clear_by_rows, &rates.covered}) *rate /= experiments;
  return rates;
}

// The standard error of a rate of 5 % over 300 experiments is 1.3 %.
TEST(SeedSpread, CallsNoDifferenceClearAsRarelyAsItSays) {
  for (const int seeds : {2, 3, 5}) {
    const Rates rates = rates_of({.rows = 400, .seeds = seeds, .seed_sd = 0.25}, 300);
    RecordProperty("clear_of_" + std::to_string(seeds), std::to_string(rates.clear));
    EXPECT_LE(rates.clear, 0.075) << seeds;
    EXPECT_GE(rates.covered, 0.925) << seeds;
    EXPECT_GE(rates.clear_by_rows, 0.2) << seeds;  // what the rows alone would say
  }
}

TEST(SeedSpread, CoversADifferenceAndFindsItWhereSeedsAgree) {
  const Rates rates = rates_of({.rows = 400, .seeds = 3, .seed_sd = 0.02, .effect = 0.5}, 300);
  EXPECT_GE(rates.covered, 0.925);
  EXPECT_GE(rates.clear, 0.75);
}

}  // namespace
}  // namespace thaw
