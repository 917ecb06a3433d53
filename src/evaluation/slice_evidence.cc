// Tests: tests/evaluation/slices_test.cc
// How good each strategy is in each slice, and how surely it is another one than beside it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "evaluation/bca.h"
#include "evaluation/holm.h"
#include "evaluation/resampled_metrics.h"
#include "evaluation/slices.h"

namespace thaw {
namespace {

constexpr size_t kLoss = static_cast<size_t>(Metric::kLoss);
// Streams of random numbers beside that of bootstrap.h, which is random_key(seed, resample).
constexpr uint64_t kSliceStream = 1, kRestStream = 2, kSeedStream = 3;

// The answers to some of the rows.
PairedPredictions answers_to(const PairedPredictions& all, const std::vector<size_t>& rows) {
  PairedPredictions some = all;
  const auto select = [&](auto& own, const auto& from) {
    own.clear();
    for (const size_t row : rows) own.push_back(from[row]);
  };
  select(some.gold, all.gold);
  for (size_t s = 0; s < all.strategies.size(); ++s) {
    for (size_t run = 0; run < all.strategies[s].size(); ++run) {
      select(some.strategies[s][run].predicted, all.strategies[s][run].predicted);
      select(some.strategies[s][run].losses, all.strategies[s][run].losses);
    }
  }
  return some;
}

// The same with each run as a strategy of its own, so that its metrics are known one by one.
PairedPredictions run_by_run(PairedPredictions answers) {
  std::vector<std::vector<Predictions>> runs;
  for (auto& strategy : answers.strategies) {
    for (Predictions& run : strategy) runs.push_back({std::move(run)});
  }
  answers.strategies = std::move(runs);
  return answers;
}

// Which runs of run_by_run() are of which strategy: those from first[s] up to first[s + 1].
std::vector<size_t> first_runs(const PairedPredictions& answers) {
  std::vector<size_t> first{0};
  for (const auto& strategy : answers.strategies) first.push_back(first.back() + strategy.size());
  return first;
}

// One part of the rows, with what its rows do to the metrics.
struct Part {
  explicit Part(const PairedPredictions& answers)
      : sample(run_by_run(answers)), leave_one_out(sample.leave_one_out()) {
    const std::vector<uint32_t> once(sample.rows(), 1);
    ResampledMetrics::Scratch scratch = sample.scratch();
    values.resize(sample.strategies());
    sample.evaluate(once.data(), scratch, values);
  }

  ResampledMetrics sample;
  std::vector<std::vector<MetricValues>> leave_one_out;  // [groups][runs]
  std::vector<MetricValues> values;                      // [runs] of the rows as they are
};

double mean_of(const std::vector<MetricValues>& runs, size_t first, size_t last, size_t metric) {
  double sum = 0;
  for (size_t run = first; run < last; ++run) sum += runs[run][metric];
  return sum / static_cast<double>(last - first);
}

// Sums over the rows of a part of its jackknife's deviations, over the number of rows: what the
// acceleration of two samples is made of (scipy.stats.bootstrap's sums over U_ji).
struct Deviations {
  double squares = 0, cubes = 0;
};

Deviations deviations_of(const Part& part, size_t first, size_t last, size_t metric) {
  std::vector<double> left, weight;
  if (metric == kLoss) {
    const auto rows = static_cast<double>(part.sample.rows());
    left.assign(part.sample.rows(), 0);
    for (size_t run = first; run < last; ++run) {
      const std::vector<double>& losses = part.sample.mean_losses(run);
      const double total = std::accumulate(losses.begin(), losses.end(), 0.0);
      for (size_t row = 0; row < losses.size(); ++row) {
        left[row] += (total - losses[row]) / (rows - 1) / static_cast<double>(last - first);
      }
    }
    weight.assign(left.size(), 1);
  } else {
    for (size_t group = 0; group < part.leave_one_out.size(); ++group) {
      left.push_back(mean_of(part.leave_one_out[group], first, last, metric));
      weight.push_back(static_cast<double>(part.sample.rows_of(group)));
    }
  }
  const auto rows = static_cast<double>(part.sample.rows());
  double mean = 0;
  for (size_t i = 0; i < left.size(); ++i) mean += weight[i] * left[i] / rows;
  Deviations sums;
  for (size_t i = 0; i < left.size(); ++i) {
    const double u = (rows - 1) * (mean - left[i]) / rows;
    sums.squares += weight[i] * u * u;
    sums.cubes += weight[i] * u * u * u;
  }
  return sums;
}

// [metrics][strategies][resamples]
using Distributions = std::array<std::vector<std::vector<double>>, kMetricCount>;

// Metrics in the slice less those in the rest, each drawn by itself. Of k seeds as many are drawn,
// the same for both; what that moves counts sqrt(k / (k - 1)) times, since the variance of k drawn
// ones is too small by that (Davison and Hinkley 1997, sect. 3.8).
Distributions resampled_differences(const Part& slice, const Part& rest,
                                    const std::vector<size_t>& first,
                                    const BootstrapSettings& settings) {
  const size_t strategies = first.size() - 1;
  Distributions out;
  for (auto& of_metric : out) {
    of_metric.assign(strategies, std::vector<double>(static_cast<size_t>(settings.resamples)));
  }
  parallel_parts(settings.resamples, 1, [&](int64_t begin, int64_t end, int) {
    std::vector<uint32_t> slice_counts(slice.sample.rows()), rest_counts(rest.sample.rows());
    ResampledMetrics::Scratch slice_scratch = slice.sample.scratch(),
                              rest_scratch = rest.sample.scratch();
    std::vector<MetricValues> in(slice.values.size()), beside(rest.values.size());
    for (int64_t b = begin; b < end; ++b) {
      const auto number = static_cast<uint64_t>(b);
      draw_rows(random_key(settings.seed, number, kSliceStream), slice_counts);
      draw_rows(random_key(settings.seed, number, kRestStream), rest_counts);
      slice.sample.evaluate(slice_counts.data(), slice_scratch, in);
      rest.sample.evaluate(rest_counts.data(), rest_scratch, beside);
      for (size_t s = 0; s < strategies; ++s) {
        const size_t seeds = first[s + 1] - first[s];
        if (seeds == 0) continue;
        const uint64_t key = random_key(settings.seed, number, kSeedStream);
        const double spread =
            seeds > 1 ? std::sqrt(static_cast<double>(seeds) / static_cast<double>(seeds - 1)) : 0;
        for (size_t metric = 0; metric < kMetricCount; ++metric) {
          double mean = 0, drawn = 0;
          for (size_t i = 0; i < seeds; ++i) {
            const uint64_t draw = random_bits(key, static_cast<uint32_t>(i)) * seeds >> 32;
            mean += in[first[s] + i][metric] - beside[first[s] + i][metric];
            drawn += in[first[s] + draw][metric] - beside[first[s] + draw][metric];
          }
          out[metric][s][b] =
              (mean + (seeds > 1 ? spread * (drawn - mean) : 0)) / static_cast<double>(seeds);
        }
      }
    }
  });
  return out;
}

// Of every strategy; the two are not the same rows.
void compare_with_rest(const PairedPredictions& answers, const std::vector<size_t>& rows,
                       const std::vector<size_t>& others, const BootstrapSettings& settings,
                       Slice& slice) {
  const Part in(answers_to(answers, rows)), beside(answers_to(answers, others));
  const std::vector<size_t> first = first_runs(answers);
  Distributions distributions = resampled_differences(in, beside, first, settings);
  for (size_t s = 0; s + 1 < first.size(); ++s) {
    for (SliceMetric& own : slice.strategies[s]) {
      const auto metric = static_cast<size_t>(own.metric);
      std::vector<double>& distribution = distributions[metric][s];
      own.difference = mean_of(in.values, first[s], first[s + 1], metric) -
                       mean_of(beside.values, first[s], first[s + 1], metric);
      // As bootstrap.h counts.
      const double least = std::fabs(own.difference) * (1 - 1e-9) - 1e-15;
      const auto beyond = std::count_if(distribution.begin(), distribution.end(), [&](double each) {
        return std::fabs(each - own.difference) >= least;
      });
      own.p = static_cast<double>(1 + beyond) / static_cast<double>(1 + distribution.size());
      const Deviations a = deviations_of(in, first[s], first[s + 1], metric);
      const Deviations b = deviations_of(beside, first[s], first[s + 1], metric);
      const double squares = a.squares + b.squares;
      const double acceleration =
          squares > 1e-28 ? (a.cubes + b.cubes) / (6 * squares * std::sqrt(squares)) : 0;
      const Interval found = bca_or_percentile_interval(distribution, own.difference, acceleration);
      own.difference_low = found.low;
      own.difference_high = found.high;
    }
  }
}

// Values and intervals of the slice by itself.
void estimate(const PairedPredictions& answers, const std::vector<size_t>& rows,
              const BootstrapSettings& settings, Slice& slice) {
  const PairedPredictions own = answers_to(answers, rows);
  BootstrapSettings wanted = settings;
  if (slice.too_few()) wanted.resamples = 1;
  slice.strategies.resize(own.strategies.size());
  for (size_t s = 0; s < own.strategies.size(); ++s) {
    if (own.strategies[s].empty()) continue;
    // One by one: nobody asks for the pairs.
    const SignificanceTests evidence =
        bootstrap_evidence({own.labels, own.gold, {own.strategies[s]}}, wanted);
    for (const MetricEstimate& found : evidence.strategies.front()) {
      SliceMetric& metric = slice.strategies[s].emplace_back();
      metric.metric = found.metric;
      metric.value = found.value;
      if (slice.too_few()) continue;
      metric.low = found.low;
      metric.high = found.high;
    }
  }
}

// The other of two slices that are each other's rest.
void mirror(const Slice& from, Slice& to) {
  for (size_t s = 0; s < to.strategies.size(); ++s) {
    for (size_t i = 0; i < to.strategies[s].size(); ++i) {
      const SliceMetric& known = from.strategies[s][i];
      SliceMetric& own = to.strategies[s][i];
      own.difference = -known.difference;
      own.difference_low = -known.difference_high;
      own.difference_high = -known.difference_low;
      own.p = known.p;
      own.p_holm = known.p_holm;
    }
  }
}

bool is_mirror(const SlicedColumn& column, size_t slice) {
  return column.slices.size() == 2 && slice == 1;
}

void correct_over_slices(std::vector<SlicedColumn>& columns, size_t strategies) {
  for (size_t s = 0; s < strategies; ++s) {
    for (size_t metric = 0; metric < kMetricCount; ++metric) {
      std::vector<SliceMetric*> tested;
      for (SlicedColumn& column : columns) {
        for (size_t i = 0; i < column.slices.size(); ++i) {
          auto& own = column.slices[i].strategies[s];
          if (is_mirror(column, i) || own.empty() || std::isnan(own[metric].p)) continue;
          tested.push_back(&own[metric]);
        }
      }
      std::vector<double> p_values;
      for (const SliceMetric* each : tested) p_values.push_back(each->p);
      const std::vector<double> corrected = holm_corrected(p_values);
      for (size_t i = 0; i < tested.size(); ++i) tested[i]->p_holm = corrected[i];
    }
  }
}

}  // namespace

void judge_slices(const PairedPredictions& answers,
                  const std::vector<std::vector<int32_t>>& slice_of_row,
                  std::vector<SlicedColumn>& columns, const BootstrapSettings& settings,
                  const Listener& listener) {
  for (size_t c = 0; c < columns.size(); ++c) {
    if (slice_of_row[c].size() != answers.gold.size()) {
      throw Error(fmt::format("the slices of {} rows do not belong to {} rows",
                              slice_of_row[c].size(), answers.gold.size()));
    }
    const auto start = Clock::now();
    Progress progress;
    progress.stage = "slices: " + columns[c].name;
    progress.total_rows = static_cast<int64_t>(answers.gold.size());
    listener.report(progress);
    for (size_t i = 0; i < columns[c].slices.size(); ++i) {
      Slice& slice = columns[c].slices[i];
      std::vector<size_t> rows, others;
      for (size_t row = 0; row < answers.gold.size(); ++row) {
        (slice_of_row[c][row] == static_cast<int32_t>(i) ? rows : others).push_back(row);
      }
      estimate(answers, rows, settings, slice);
      const bool testable =
          !slice.too_few() && static_cast<int64_t>(others.size()) >= kFewestSliceRows;
      if (testable && !is_mirror(columns[c], i)) {
        compare_with_rest(answers, rows, others, settings, slice);
      }
      progress.rows += static_cast<int64_t>(rows.size());
      progress.seconds = seconds_since(start);
      progress.finished = i + 1 == columns[c].slices.size();
      listener.report(progress);
    }
  }
  correct_over_slices(columns, answers.strategies.size());
  for (SlicedColumn& column : columns) {
    if (column.slices.size() == 2) mirror(column.slices[0], column.slices[1]);
  }
}

}  // namespace thaw
