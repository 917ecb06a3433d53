#include "evaluation/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "evaluation/bca.h"
#include "evaluation/holm.h"
#include "evaluation/resampled_metrics.h"
#include "evaluation/seed_spread.h"

namespace thaw {
namespace {

constexpr size_t kLoss = static_cast<size_t>(Metric::kLoss);

void check(const PairedPredictions& answers, const BootstrapSettings& settings) {
  const size_t rows = answers.gold.size();
  if (rows == 0) throw Error("there are no rows to draw from", "", "give some labelled rows");
  if (settings.resamples < 1) throw Error("a bootstrap needs at least one resample");
  const auto check_labels = [&](const std::vector<int32_t>& labels) {
    for (const int32_t label : labels) {
      if (label < 0 || label >= answers.labels) {
        throw Error(fmt::format("label {} is not one of {}", label, answers.labels));
      }
    }
  };
  check_labels(answers.gold);
  for (const auto& seeds : answers.strategies) {
    for (const Predictions& run : seeds) {
      if (run.predicted.size() != rows || run.losses.size() != rows) {
        throw Error(
            fmt::format("predictions of {} and losses of {} rows do not belong to {} labels",
                        run.predicted.size(), run.losses.size(), rows));
      }
      check_labels(run.predicted);
    }
  }
}

// Of every resample.
struct Distributions {
  // [metrics][strategies][resamples]
  std::array<std::vector<std::vector<double>>, kMetricCount> strategies;
  // [metrics][runs][resamples], without the loss; no runs where no strategy has two seeds.
  std::array<std::vector<std::vector<double>>, kMetricCount> runs;
};

template <class Count>
void resample(const ResampledMetrics& sample, const BootstrapSettings& settings,
              Distributions& out) {
  parallel_parts(settings.resamples, 1, [&](int64_t begin, int64_t end, int) {
    std::vector<Count> counts(sample.rows());
    ResampledMetrics::Scratch scratch = sample.scratch();
    std::vector<MetricValues> values(sample.strategies());
    for (int64_t b = begin; b < end; ++b) {
      draw_rows(random_key(settings.seed, static_cast<uint64_t>(b)), counts);
      sample.evaluate(counts.data(), scratch, values);
      for (size_t metric = 0; metric < kMetricCount; ++metric) {
        for (size_t s = 0; s < values.size(); ++s) out.strategies[metric][s][b] = values[s][metric];
        for (size_t run = 0; run < out.runs[metric].size(); ++run) {
          out.runs[metric][run][b] = scratch.run_values[run][metric];
        }
      }
    }
  });
}

// Of a sample that is all there is: with n.
template <class ValueAt>
double variance(size_t count, const ValueAt& value_at) {
  double mean = 0, squares = 0;
  for (size_t i = 0; i < count; ++i) mean += value_at(i);
  mean /= static_cast<double>(count);
  for (size_t i = 0; i < count; ++i) squares += (value_at(i) - mean) * (value_at(i) - mean);
  return squares / static_cast<double>(count);
}

bool same_seeds(const std::vector<Predictions>& one, const std::vector<Predictions>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const Predictions& a, const Predictions& b) { return a.seed == b.seed; });
}

// All that the statistics are made of.
struct StatisticInputs {
  const PairedPredictions& answers;
  const ResampledMetrics& sample;
  const std::vector<MetricValues>& runs;  // [runs] on the rows as they are
  const Distributions& distributions;
  const std::vector<std::vector<MetricValues>>& leave_one_out;
  const SeedDraws& draws;
};

// One strategy's metric, or the difference of two, with all that an interval is made of.
class Statistic {
 public:
  Statistic(const StatisticInputs& inputs, size_t metric, size_t strategy, const size_t* subtracted,
            double value)
      : inputs_(inputs),
        metric_(metric),
        strategy_(strategy),
        subtracted_(subtracted),
        value_(value),
        distribution_(inputs.distributions.strategies[metric][strategy]) {
    if (subtracted != nullptr) {
      const std::vector<double>& other = inputs.distributions.strategies[metric][*subtracted];
      for (size_t b = 0; b < distribution_.size(); ++b) distribution_[b] -= other[b];
    }
    const bool repeated = seeds(strategy) > 1 || (subtracted != nullptr && seeds(*subtracted) > 1);
    if (repeated) spread_over_seeds();
  }

  // Two-sided; see the header.
  double p_value() const {
    const double least = std::fabs(value_) * (1 - 1e-9) - 1e-15;
    int64_t beyond = 0;
    for (const double each : distribution_) beyond += std::fabs(each - value_) >= least;
    return static_cast<double>(1 + beyond) / static_cast<double>(1 + distribution_.size());
  }

  // Reorders the distribution.
  Interval interval() {
    Interval found =
        bca_or_percentile_interval(distribution_, value_, rows_of_skewness_ * acceleration());
    // Student's t knows no ends; a share and a loss do.
    if (clipped_ && metric_ != kLoss) {
      found.low = std::max(found.low, subtracted_ != nullptr ? -1.0 : 0.0);
      found.high = std::min(found.high, 1.0);
    } else if (clipped_ && subtracted_ == nullptr) {
      found.low = std::max(found.low, 0.0);
    }
    return found;
  }

 private:
  size_t seeds(size_t strategy) const { return inputs_.answers.strategies[strategy].size(); }
  size_t first_run(size_t strategy) const {
    size_t run = 0;
    for (size_t s = 0; s < strategy; ++s) run += seeds(s);
    return run;
  }

  // What the rows move seed `seed` of a strategy, less that of another unless null.
  double own_variance(size_t strategy, const size_t* subtracted, size_t seed) const {
    if (metric_ == kLoss) {
      const std::vector<double>& own = inputs_.answers.strategies[strategy][seed].losses;
      const std::vector<double>* other =
          subtracted ? &inputs_.answers.strategies[*subtracted][seed].losses : nullptr;
      const auto at = [&](size_t row) { return own[row] - (other ? (*other)[row] : 0); };
      return variance(own.size(), at) / static_cast<double>(own.size());
    }
    const auto& runs = inputs_.distributions.runs[metric_];
    const std::vector<double>& own = runs[first_run(strategy) + seed];
    const std::vector<double>* other = subtracted ? &runs[first_run(*subtracted) + seed] : nullptr;
    return variance(own.size(), [&](size_t b) { return own[b] - (other ? (*other)[b] : 0); });
  }

  // The same of the mean over seeds.
  double mean_variance(size_t strategy, const size_t* subtracted) const {
    if (metric_ == kLoss) {
      const std::vector<double>& own = inputs_.sample.mean_losses(strategy);
      const std::vector<double>* other =
          subtracted ? &inputs_.sample.mean_losses(*subtracted) : nullptr;
      const auto at = [&](size_t row) { return own[row] - (other ? (*other)[row] : 0); };
      return variance(own.size(), at) / static_cast<double>(own.size());
    }
    const auto& all = inputs_.distributions.strategies[metric_];
    const std::vector<double>* other = subtracted ? &all[*subtracted] : nullptr;
    return variance(all[strategy].size(),
                    [&](size_t b) { return all[strategy][b] - (other ? (*other)[b] : 0); });
  }

  SeedValues seed_values(size_t strategy, const size_t* subtracted) const {
    SeedValues found;
    const double count = static_cast<double>(seeds(strategy));
    for (size_t seed = 0; seed < seeds(strategy); ++seed) {
      found.values.push_back(
          inputs_.runs[first_run(strategy) + seed][metric_] -
          (subtracted ? inputs_.runs[first_run(*subtracted) + seed][metric_] : 0));
      found.own_variance += own_variance(strategy, subtracted, seed) / count;
    }
    found.mean_variance = mean_variance(strategy, subtracted);
    return found;
  }

  void spread_over_seeds() {
    const double rows = mean_variance(strategy_, subtracted_);
    const auto& all = inputs_.answers.strategies;
    const SeedSpread spread =
        subtracted_ == nullptr || same_seeds(all[strategy_], all[*subtracted_])
            ? seed_spread(seed_values(strategy_, subtracted_), rows)
            : seed_spread(seed_values(strategy_, nullptr), seed_values(*subtracted_, nullptr),
                          rows);
    inputs_.draws.add(spread, value_, distribution_);
    clipped_ = !spread.terms.empty();
    // Acceleration is the third moment of the parts over the variance; the seeds' part has none.
    const double kept = spread.rows_kept * spread.rows_kept * rows;
    if (kept + spread.variance > 0) {
      rows_of_skewness_ = std::pow(kept / (kept + spread.variance), 1.5);
    }
  }

  double acceleration() const {
    if (inputs_.sample.rows() < 2) return 0;
    std::vector<double> values;
    std::vector<int64_t> multiplicity;
    if (metric_ == kLoss) {
      // A mean without one row is linear in that row.
      values = inputs_.sample.mean_losses(strategy_);
      if (subtracted_ != nullptr) {
        const auto& other = inputs_.sample.mean_losses(*subtracted_);
        for (size_t row = 0; row < values.size(); ++row) values[row] -= other[row];
      }
      const double total = std::accumulate(values.begin(), values.end(), 0.0);
      for (double& value : values) value = (total - value) / static_cast<double>(values.size() - 1);
    } else {
      for (size_t group = 0; group < inputs_.leave_one_out.size(); ++group) {
        const auto& left = inputs_.leave_one_out[group];
        values.push_back(left[strategy_][metric_] -
                         (subtracted_ != nullptr ? left[*subtracted_][metric_] : 0));
        multiplicity.push_back(inputs_.sample.rows_of(group));
      }
    }
    return bca_acceleration(values, multiplicity);
  }

  const StatisticInputs& inputs_;
  size_t metric_, strategy_;
  const size_t* subtracted_;
  double value_;
  std::vector<double> distribution_;
  double rows_of_skewness_ = 1;  // what the seeds' part leaves of it
  bool clipped_ = false;
};

// Over seeds, with n - 1.
double sd_of(const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  if (values.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (count - 1));
}

// A run's metrics on the rows as they are.
MetricValues metrics_of_run(const PairedPredictions& answers, const Predictions& run) {
  const ResampledMetrics sample({answers.labels, answers.gold, {{run}}});
  const std::vector<uint16_t> once(sample.rows(), 1);
  ResampledMetrics::Scratch scratch = sample.scratch();
  std::vector<MetricValues> values(1);
  sample.evaluate(once.data(), scratch, values);
  return values[0];
}

void correct_over_pairs(SignificanceTests& evidence) {
  const auto correct = [&](auto p_of, auto holm_of) {
    std::vector<double> p_values;
    for (PairEvidence& pair : evidence.pairs) p_values.push_back(p_of(pair));
    const std::vector<double> corrected = holm_corrected(p_values);
    for (size_t i = 0; i < corrected.size(); ++i) holm_of(evidence.pairs[i]) = corrected[i];
  };
  for (size_t metric = 0; metric < kMetricCount; ++metric) {
    correct([&](PairEvidence& pair) { return pair.metrics[metric].p; },
            [&](PairEvidence& pair) -> double& { return pair.metrics[metric].p_holm; });
  }
  correct([](PairEvidence& pair) { return pair.mcnemar_p; },
          [](PairEvidence& pair) -> double& { return pair.mcnemar_p_holm; });
}

}  // namespace

SignificanceTests bootstrap_evidence(const PairedPredictions& answers,
                                     const BootstrapSettings& settings) {
  check(answers, settings);
  const size_t count = answers.strategies.size();
  const ResampledMetrics sample(answers);
  SignificanceTests evidence;
  evidence.resamples = settings.resamples;
  evidence.strategies.resize(count);
  std::vector<MetricValues> runs;
  SeedDraws draws(settings.resamples, settings.seed);
  bool repeated = false;
  for (size_t i = 0; i < count; ++i) {
    if (answers.strategies[i].empty()) continue;
    std::vector<MetricValues> seeds;
    for (const Predictions& run : answers.strategies[i]) {
      seeds.push_back(metrics_of_run(answers, run));
    }
    runs.insert(runs.end(), seeds.begin(), seeds.end());
    if (seeds.size() > 1) {
      repeated = true;
      for (const int stream : {0, 1}) draws.prepare(static_cast<int>(seeds.size()) - 1, stream);
    }
    for (const Metric metric : all_metrics()) {
      std::vector<double> values;
      for (const MetricValues& seed : seeds) values.push_back(seed[static_cast<size_t>(metric)]);
      const double mean =
          std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
      evidence.strategies[i].push_back({.metric = metric, .value = mean, .sd = sd_of(values)});
    }
    for (size_t j = i + 1; j < count; ++j) {
      if (answers.strategies[j].empty()) continue;
      PairEvidence pair{.first = i, .second = j, .metrics = {}, .counts = {}};
      pair.counts = paired_counts(answers.strategies[i].front().predicted,
                                  answers.strategies[j].front().predicted, answers.gold);
      pair.mcnemar_p = mcnemar_exact(pair.counts);
      evidence.pairs.push_back(std::move(pair));
    }
  }

  evidence.over_seeds = repeated;
  Distributions distributions;
  const std::vector<double> none(static_cast<size_t>(settings.resamples));
  for (size_t metric = 0; metric < kMetricCount; ++metric) {
    distributions.strategies[metric].assign(count, none);
    if (repeated && metric != kLoss) distributions.runs[metric].assign(sample.runs(), none);
  }
  // A row is drawn at most as often as there are rows.
  if (sample.rows() <= std::numeric_limits<uint16_t>::max()) {
    resample<uint16_t>(sample, settings, distributions);
  } else {
    resample<uint32_t>(sample, settings, distributions);
  }
  const auto leave_one_out = sample.leave_one_out();
  const StatisticInputs inputs{answers, sample, runs, distributions, leave_one_out, draws};

  const auto items = static_cast<int64_t>(count + evidence.pairs.size());
  for (PairEvidence& pair : evidence.pairs) pair.metrics.resize(kMetricCount);
  parallel_parts(
      items * static_cast<int64_t>(kMetricCount), 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t at = begin; at < end; ++at) {
          const size_t item = static_cast<size_t>(at) / kMetricCount;
          const size_t slot = static_cast<size_t>(at) % kMetricCount;
          const size_t metric = static_cast<size_t>(all_metrics()[slot]);
          if (item < count) {
            if (evidence.strategies[item].empty()) continue;
            MetricEstimate& estimate = evidence.strategies[item][slot];
            Statistic statistic(inputs, metric, item, nullptr, estimate.value);
            const Interval interval = statistic.interval();
            estimate.low = interval.low;
            estimate.high = interval.high;
          } else {
            PairEvidence& pair = evidence.pairs[item - count];
            MetricDifference& difference = pair.metrics[slot];
            difference.metric = all_metrics()[slot];
            difference.value = evidence.strategies[pair.second][slot].value -
                               evidence.strategies[pair.first][slot].value;
            Statistic statistic(inputs, metric, pair.second, &pair.first, difference.value);
            difference.p = statistic.p_value();
            const Interval interval = statistic.interval();
            difference.low = interval.low;
            difference.high = interval.high;
          }
        }
      });
  correct_over_pairs(evidence);
  return evidence;
}

}  // namespace thaw
