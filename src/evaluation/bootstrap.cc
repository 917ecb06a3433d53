#include "evaluation/bootstrap.h"

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

namespace thaw {
namespace {

constexpr size_t kLoss = static_cast<size_t>(Metric::kLoss);

void check(const ComparedAnswers& answers, const BootstrapSettings& settings) {
  const size_t rows = answers.gold.size();
  if (rows == 0) throw Error("there are no rows to draw from", "", "give some labelled rows");
  if (settings.resamples < 1) throw Error("a bootstrap needs at least one resample");
  const auto check_labels = [&](const std::vector<int32_t>& labels) {
    for (const int32_t label : labels) {
      if (label < 0 || label >= answers.labels) {
        throw Error("label " + std::to_string(label) + " is not one of " +
                    std::to_string(answers.labels));
      }
    }
  };
  check_labels(answers.gold);
  for (const auto& seeds : answers.strategies) {
    for (const RunAnswers& run : seeds) {
      if (run.predicted.size() != rows || run.losses.size() != rows) {
        throw Error("predictions of " + std::to_string(run.predicted.size()) + " and losses of " +
                    std::to_string(run.losses.size()) + " rows do not belong to " +
                    std::to_string(rows) + " labels");
      }
      check_labels(run.predicted);
    }
  }
}

// [metrics][strategies][resamples]
using Distributions = std::array<std::vector<std::vector<double>>, kMetricCount>;

template <class Count>
void resample(const Sample& sample, const BootstrapSettings& settings, Distributions& out) {
  parallel_parts(settings.resamples, 1, [&](int64_t begin, int64_t end, int) {
    std::vector<Count> counts(sample.rows());
    Sample::Scratch scratch = sample.scratch();
    std::vector<MetricValues> values(sample.strategies());
    for (int64_t b = begin; b < end; ++b) {
      draw_rows(random_key(settings.seed, static_cast<uint64_t>(b)), counts);
      sample.evaluate(counts.data(), scratch, values);
      for (size_t metric = 0; metric < kMetricCount; ++metric) {
        for (size_t s = 0; s < values.size(); ++s) out[metric][s][b] = values[s][metric];
      }
    }
  });
}

// One strategy's metric, or the difference of two, with all that an interval is made of.
class Statistic {
 public:
  Statistic(const Sample& sample, const Distributions& distributions,
            const std::vector<std::vector<MetricValues>>& leave_one_out, size_t metric,
            size_t strategy, const size_t* subtracted)
      : sample_(sample),
        leave_one_out_(leave_one_out),
        metric_(metric),
        strategy_(strategy),
        subtracted_(subtracted),
        distribution_(distributions[metric][strategy]) {
    if (subtracted == nullptr) return;
    const std::vector<double>& other = distributions[metric][*subtracted];
    for (size_t b = 0; b < distribution_.size(); ++b) distribution_[b] -= other[b];
  }

  // Two-sided; see the header.
  double p_value(double value) const {
    const double least = std::fabs(value) * (1 - 1e-9) - 1e-15;
    int64_t beyond = 0;
    for (const double each : distribution_) beyond += std::fabs(each - value) >= least;
    return static_cast<double>(1 + beyond) / static_cast<double>(1 + distribution_.size());
  }

  // Reorders the distribution.
  Interval interval(double value) {
    return bca_or_percentile_interval(distribution_, value, acceleration());
  }

 private:
  double acceleration() const {
    if (sample_.rows() < 2) return 0;
    std::vector<double> values;
    std::vector<int64_t> multiplicity;
    if (metric_ == kLoss) {
      // A mean without one row is linear in that row.
      values = sample_.mean_losses(strategy_);
      if (subtracted_ != nullptr) {
        const auto& other = sample_.mean_losses(*subtracted_);
        for (size_t row = 0; row < values.size(); ++row) values[row] -= other[row];
      }
      const double total = std::accumulate(values.begin(), values.end(), 0.0);
      for (double& value : values) value = (total - value) / static_cast<double>(values.size() - 1);
    } else {
      for (size_t group = 0; group < leave_one_out_.size(); ++group) {
        const auto& left = leave_one_out_[group];
        values.push_back(left[strategy_][metric_] -
                         (subtracted_ != nullptr ? left[*subtracted_][metric_] : 0));
        multiplicity.push_back(sample_.rows_of(group));
      }
    }
    return bca_acceleration(values, multiplicity);
  }

  const Sample& sample_;
  const std::vector<std::vector<MetricValues>>& leave_one_out_;
  size_t metric_, strategy_;
  const size_t* subtracted_;
  std::vector<double> distribution_;
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
MetricValues metrics_of_run(const ComparedAnswers& answers, const RunAnswers& run) {
  const Sample sample({answers.labels, answers.gold, {{run}}});
  const std::vector<uint16_t> once(sample.rows(), 1);
  Sample::Scratch scratch = sample.scratch();
  std::vector<MetricValues> values(1);
  sample.evaluate(once.data(), scratch, values);
  return values[0];
}

void correct_over_pairs(Evidence& evidence) {
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

Evidence bootstrap_evidence(const ComparedAnswers& answers, const BootstrapSettings& settings) {
  check(answers, settings);
  const size_t count = answers.strategies.size();
  const Sample sample(answers);
  Evidence evidence;
  evidence.resamples = settings.resamples;
  evidence.strategies.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (answers.strategies[i].empty()) continue;
    std::vector<MetricValues> seeds;
    for (const RunAnswers& run : answers.strategies[i]) {
      seeds.push_back(metrics_of_run(answers, run));
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

  Distributions distributions;
  for (auto& of_metric : distributions) {
    of_metric.assign(count, std::vector<double>(static_cast<size_t>(settings.resamples)));
  }
  // A row is drawn at most as often as there are rows.
  if (sample.rows() <= std::numeric_limits<uint16_t>::max()) {
    resample<uint16_t>(sample, settings, distributions);
  } else {
    resample<uint32_t>(sample, settings, distributions);
  }
  const auto leave_one_out = sample.leave_one_out();

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
            Statistic statistic(sample, distributions, leave_one_out, metric, item, nullptr);
            const Interval interval = statistic.interval(estimate.value);
            estimate.low = interval.low;
            estimate.high = interval.high;
          } else {
            PairEvidence& pair = evidence.pairs[item - count];
            Statistic statistic(sample, distributions, leave_one_out, metric, pair.second,
                                &pair.first);
            MetricDifference& difference = pair.metrics[slot];
            difference.metric = all_metrics()[slot];
            difference.value = evidence.strategies[pair.second][slot].value -
                               evidence.strategies[pair.first][slot].value;
            difference.p = statistic.p_value(difference.value);
            const Interval interval = statistic.interval(difference.value);
            difference.low = interval.low;
            difference.high = interval.high;
          }
        }
      });
  correct_over_pairs(evidence);
  return evidence;
}

}  // namespace thaw
