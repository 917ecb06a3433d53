#include "evaluation/resampled_metrics.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "base/threads.h"

namespace thaw {
namespace {

constexpr size_t kLoss = static_cast<size_t>(Metric::kLoss);

// The classification metrics as metrics_from_confusion has them; the loss is left 0.
MetricValues metrics_of(const ResampledMetrics::LabelCounts& run,
                        const std::vector<int64_t>& support, double rows) {
  double precision = 0, recall = 0, f1 = 0, weighted_f1 = 0;
  int64_t present = 0, correct = 0;
  for (size_t label = 0; label < support.size(); ++label) {
    const int64_t both = support[label] + run.predicted[label];
    if (both == 0) continue;
    ++present;
    const int64_t own_hits = run.hits[label];
    if (own_hits == 0) continue;
    correct += own_hits;
    const double hits = static_cast<double>(own_hits);
    const double own_f1 = 2 * hits / static_cast<double>(both);
    precision += hits / static_cast<double>(run.predicted[label]);
    recall += hits / static_cast<double>(support[label]);
    f1 += own_f1;
    weighted_f1 += own_f1 * static_cast<double>(support[label]);
  }
  const double classes = static_cast<double>(present);
  MetricValues values{};
  const auto set = [&](Metric metric, double value) {
    values[static_cast<size_t>(metric)] = value;
  };
  set(Metric::kAccuracy, static_cast<double>(correct) / rows);
  set(Metric::kMacroF1, f1 / classes);
  set(Metric::kMacroPrecision, precision / classes);
  set(Metric::kMacroRecall, recall / classes);
  set(Metric::kWeightedF1, weighted_f1 / rows);
  double shown = f1 / classes;
  if (support.size() == 2) {
    const int64_t both = support[1] + run.predicted[1];
    shown = both == 0 ? 0 : 2 * static_cast<double>(run.hits[1]) / static_cast<double>(both);
  }
  set(Metric::kF1, shown);
  return values;
}

// In eight lanes, which the compiler may not open by itself.
template <class Count>
double weighted_sum(const Count* counts, const std::vector<double>& of) {
  double lanes[8] = {};
  size_t at = 0;
  for (; at + 8 <= of.size(); at += 8) {
    for (size_t j = 0; j < 8; ++j) lanes[j] += static_cast<double>(counts[at + j]) * of[at + j];
  }
  for (; at < of.size(); ++at) lanes[0] += static_cast<double>(counts[at]) * of[at];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

}  // namespace

ResampledMetrics::ResampledMetrics(const PairedPredictions& answers)
    : rows_(answers.gold.size()), labels_(static_cast<size_t>(answers.labels)) {
  std::vector<const Predictions*> runs;
  for (size_t s = 0; s < answers.strategies.size(); ++s) {
    for (const Predictions& run : answers.strategies[s]) {
      runs.push_back(&run);
      strategy_of_run_.push_back(s);
    }
    seeds_.push_back(static_cast<double>(answers.strategies[s].size()));
  }
  std::vector<size_t> order(rows_);
  std::iota(order.begin(), order.end(), size_t{0});
  const auto compared = [&](size_t a, size_t b) {
    if (answers.gold[a] != answers.gold[b]) return answers.gold[a] < answers.gold[b] ? -1 : 1;
    for (const Predictions* run : runs) {
      const int32_t left = run->predicted[a], right = run->predicted[b];
      if (left != right) return left < right ? -1 : 1;
    }
    return 0;
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const int difference = compared(a, b);
    return difference != 0 ? difference < 0 : a < b;
  });
  for (size_t at = 0; at < rows_; ++at) {
    if (at == 0 || compared(order[at - 1], order[at]) != 0) first_row_.push_back(at);
  }
  first_row_.push_back(rows_);
  group_by_cells(answers, order);
  mean_losses_.resize(seeds_.size());
  for (size_t s = 0; s < seeds_.size(); ++s) {
    if (answers.strategies[s].empty()) continue;
    mean_losses_[s].resize(rows_);
    for (size_t at = 0; at < rows_; ++at) {
      double sum = 0;
      for (const Predictions& run : answers.strategies[s]) sum += run.losses[order[at]];
      mean_losses_[s][at] = sum / seeds_[s];
    }
  }
}

void ResampledMetrics::group_by_cells(const PairedPredictions& answers,
                                      const std::vector<size_t>& order) {
  const auto collect = [&](const auto& label_of, const auto& hit_of) {
    std::vector<Cell> cells(2 * labels_);
    for (size_t group = 0; group < groups(); ++group) {
      const int32_t label = label_of(group);
      Cell& cell = cells[2 * static_cast<size_t>(label) + (hit_of(group) ? 1 : 0)];
      cell.label = label;
      cell.hit = hit_of(group);
      cell.groups.push_back(static_cast<uint32_t>(group));
    }
    std::erase_if(cells, [](const Cell& cell) { return cell.groups.empty(); });
    return cells;
  };
  for (size_t group = 0; group < groups(); ++group) {
    gold_of_group_.push_back(answers.gold[order[first_row_[group]]]);
  }
  gold_cells_ =
      collect([&](size_t group) { return gold_of_group_[group]; }, [](size_t) { return false; });
  for (const auto& seeds : answers.strategies) {
    for (const Predictions& run : seeds) {
      std::vector<int32_t> given;
      for (size_t group = 0; group < groups(); ++group) {
        given.push_back(run.predicted[order[first_row_[group]]]);
      }
      run_cells_.push_back(
          collect([&](size_t group) { return given[group]; },
                  [&](size_t group) { return given[group] == gold_of_group_[group]; }));
      given_by_group_.push_back(std::move(given));
    }
  }
}

ResampledMetrics::Scratch ResampledMetrics::scratch() const {
  const LabelCounts none{std::vector<int64_t>(labels_), std::vector<int64_t>(labels_)};
  return {std::vector<int64_t>(groups()), std::vector<int64_t>(labels_),
          std::vector<LabelCounts>(run_cells_.size(), none),
          std::vector<MetricValues>(run_cells_.size())};
}

// Counts of labels from counts of groups.
void ResampledMetrics::tally(Scratch& scratch) const {
  const auto sum_of = [&](const Cell& cell) {
    int64_t sum = 0;
    for (const uint32_t group : cell.groups) sum += scratch.groups[group];
    return sum;
  };
  for (const Cell& cell : gold_cells_) scratch.support[cell.label] = sum_of(cell);
  for (size_t run = 0; run < run_cells_.size(); ++run) {
    LabelCounts& counts = scratch.runs[run];
    std::fill(counts.predicted.begin(), counts.predicted.end(), 0);
    for (const Cell& cell : run_cells_[run]) {
      const int64_t sum = sum_of(cell);
      counts.predicted[cell.label] += sum;
      if (cell.hit) counts.hits[cell.label] = sum;
    }
  }
}

void ResampledMetrics::metrics_from_tally(Scratch& scratch, double rows,
                                          std::vector<MetricValues>& values) const {
  for (MetricValues& each : values) each.fill(0);
  for (size_t run = 0; run < run_cells_.size(); ++run) {
    MetricValues& own = scratch.run_values[run];
    own = metrics_of(scratch.runs[run], scratch.support, rows);
    MetricValues& mean = values[strategy_of_run_[run]];
    for (size_t metric = 0; metric < kMetricCount; ++metric) mean[metric] += own[metric];
  }
  for (size_t s = 0; s < strategies(); ++s) {
    if (seeds_[s] == 0) continue;
    for (double& value : values[s]) value /= seeds_[s];
  }
}

template <class Count>
void ResampledMetrics::evaluate(const Count* counts, Scratch& scratch,
                                std::vector<MetricValues>& values) const {
  for (size_t group = 0; group < groups(); ++group) {
    uint32_t sum = 0;
    for (size_t at = first_row_[group]; at < first_row_[group + 1]; ++at) sum += counts[at];
    scratch.groups[group] = sum;
  }
  tally(scratch);
  metrics_from_tally(scratch, rows_as_double(), values);
  for (size_t s = 0; s < strategies(); ++s) {
    if (seeds_[s] > 0) values[s][kLoss] = weighted_sum(counts, mean_losses_[s]) / rows_as_double();
  }
}

template void ResampledMetrics::evaluate(const uint16_t*, Scratch&,
                                         std::vector<MetricValues>&) const;
template void ResampledMetrics::evaluate(const uint32_t*, Scratch&,
                                         std::vector<MetricValues>&) const;

std::vector<std::vector<MetricValues>> ResampledMetrics::leave_one_out() const {
  Scratch all = scratch();
  for (size_t group = 0; group < groups(); ++group) all.groups[group] = rows_of(group);
  tally(all);
  std::vector<std::vector<MetricValues>> values(groups(), std::vector<MetricValues>(strategies()));
  parallel_parts(static_cast<int64_t>(groups()), 16, [&](int64_t begin, int64_t end, int) {
    Scratch own = all;
    for (int64_t group = begin; group < end; ++group) {
      const int32_t gold = gold_of_group_[group];
      const auto add = [&](int64_t by) {
        own.support[gold] += by;
        for (size_t run = 0; run < given_by_group_.size(); ++run) {
          const int32_t given = given_by_group_[run][group];
          own.runs[run].predicted[given] += by;
          if (given == gold) own.runs[run].hits[given] += by;
        }
      };
      add(-1);
      metrics_from_tally(own, rows_as_double() - 1, values[group]);
      add(1);
    }
  });
  return values;
}

template <class Count>
void draw_rows(uint64_t key, std::vector<Count>& counts) {
  std::fill(counts.begin(), counts.end(), Count{0});
  const uint64_t rows = counts.size();
  const auto place = [&](uint64_t bits) { return ((bits & 0xFFFFFFFFu) * rows) >> 32; };
  for (uint64_t i = 0; i < rows / 2; ++i) {
    const uint64_t bits = mix64(key + i * 0x9E3779B97F4A7C15u);
    ++counts[place(bits)];
    ++counts[place(bits >> 32)];
  }
  if (rows % 2 == 1) ++counts[place(mix64(key + rows / 2 * 0x9E3779B97F4A7C15u))];
}

template void draw_rows(uint64_t, std::vector<uint16_t>&);
template void draw_rows(uint64_t, std::vector<uint32_t>&);

}  // namespace thaw
