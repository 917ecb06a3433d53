// Tests: tests/report/plots/svg_plot_test.cc
// Figures of answers, classes, probabilities and data.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "report/plots/figure_plots.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::plots {
namespace {

constexpr size_t kMostClasses = 24;
constexpr size_t kMostClassBars = 72;    // over all strategies
constexpr double kShownLengths = 0.995;  // of the rows; the longest few would squash the rest

Axis from_zero(double high, int wanted) { return nice_axis(0, std::max(high, 1e-3), wanted); }

std::string short_title(const StrategyResult& strategy, const char* what) {
  return fit_columns(strategy.name, kLongestTitleName - 6) + ": " + what;
}

ReliabilityBins bins_of(const std::string& name, const CalibrationSummary& summary) {
  ReliabilityBins bins{.name = name, .confidence = {}, .accuracy = {}, .rows = {}};
  for (const ReliabilityBin& bin : summary.bins) {
    bins.confidence.push_back(bin.confidence);
    bins.accuracy.push_back(bin.accuracy);
    bins.rows.push_back(bin.rows);
  }
  return bins;
}

}  // namespace

HeatMap confusion(const ComparisonResults& results, size_t strategy) {
  const StrategyResult& own = results.strategies[strategy];
  return {.id = identifier("confusion", strategy),
          .title = short_title(own, "confusion matrix"),
          .description =
              "Counts of gold and predicted labels, and each gold label's shares. "
              "Accuracy " +
              fixed(own.test.accuracy, 4) + first_seed_note(own) + ".",
          .names = results.label_names,
          .counts = own.test.confusion};
}

HeatMap confusion_change(const ComparisonResults& results, size_t strategy) {
  const StrategyResult& first = results.strategies[reference_strategy(results)];
  const StrategyResult& own = results.strategies[strategy];
  HeatMap map{
      .id = identifier("confusion-change", strategy),
      .title = short_title(own, "change against ") + fit_columns(first.name, 12),
      .description = "How many more or fewer rows of each gold label got each answer from " +
                     own.name + " than from " + first.name + ".",
      .names = results.label_names,
      .counts = own.test.confusion};
  for (size_t i = 0; i < map.counts.size(); ++i) map.counts[i] -= first.test.confusion[i];
  map.changes = true;
  return map;
}

BarPlot classes(const ComparisonResults& results) {
  const std::vector<size_t> strategies = measured_strategies(results);
  BarPlot plot;
  plot.id = "classes-f1";
  const size_t most = std::clamp<size_t>(
      kMostClassBars / std::max<size_t>(1, results.strategies.size()), 6, kMostClasses);
  const std::vector<size_t> shown = largest_classes(results, most);
  plot.title = shown.size() == results.label_names.size()
                   ? "F1 of each class"
                   : "F1 of the " + std::to_string(shown.size()) + " largest classes";
  plot.x_label = "F1";
  plot.x = nice_axis(0, 1, 5);
  for (const StrategyResult& strategy : results.strategies) plot.series.push_back(strategy.name);
  std::vector<std::string> parts;
  for (const size_t label : shown) {
    DotRow row{.name = results.label_names[label], .values = {}, .low = {}, .high = {}};
    std::vector<std::string> values;
    for (const StrategyResult& strategy : results.strategies) {
      row.values.push_back(measured(strategy) ? shown_metrics(strategy).per_class[label].f1 : NAN);
      values.push_back(fixed(row.values.back(), 3));
    }
    parts.push_back(row.name + " " + listed(values));
    plot.rows.push_back(std::move(row));
  }
  plot.description = "F1 of " + listed(plot.series) + " by class: " + listed(parts) + ".";
  return plot;
}

ReliabilityPlot reliability(const ComparisonResults& results, size_t strategy) {
  const StrategyResult& own = results.strategies[strategy];
  const CalibrationResult& calibration = *own.calibration;
  return {.id = identifier("reliability", strategy),
          .title = short_title(own, "accuracy by confidence"),
          .description = "Expected calibration error " + fixed(calibration.before.ece, 4) +
                         " as trained, " + fixed(calibration.after.ece, 4) + " with temperature " +
                         fixed(calibration.temperature, 2) + first_seed_note(own) + ".",
          .before = bins_of("as trained", calibration.before),
          .after = bins_of("temperature " + fixed(calibration.temperature, 2), calibration.after),
          .series = static_cast<int>(strategy)};
}

std::optional<BarPlot> distribution(const ComparisonResults& results) {
  BarPlot plot;
  plot.id = "distribution";
  plot.x_label = "share of the split";
  std::vector<const SplitSummary*> splits;
  for (const SplitSummary& split : results.splits) {
    if (split.rows <= 0 || split.label_counts.size() != results.label_names.size()) continue;
    splits.push_back(&split);
    plot.series.push_back(split.name);
  }
  if (splits.empty()) return std::nullopt;
  const std::vector<size_t> shown = largest_classes(results, kMostClasses);
  plot.title = shown.size() == results.label_names.size()
                   ? "Classes by split"
                   : "The " + std::to_string(shown.size()) + " largest classes by split";
  double most = 0;
  std::vector<std::string> parts;
  for (const size_t label : shown) {
    DotRow row{.name = results.label_names[label], .values = {}, .low = {}, .high = {}};
    std::vector<std::string> values;
    for (const SplitSummary* split : splits) {
      row.values.push_back(static_cast<double>(split->label_counts[label]) /
                           static_cast<double>(split->rows));
      most = std::max(most, row.values.back());
      values.push_back(percent(row.values.back()));
    }
    parts.push_back(row.name + " " + listed(values));
    plot.rows.push_back(std::move(row));
  }
  plot.x = from_zero(most, 5);
  for (size_t i = 0; i < plot.x.ticks.size(); ++i) {
    const int digits = plot.x.ticks.back() < 0.045 ? 1 : 0;
    plot.x.texts[i] = percent(plot.x.ticks[i], digits);
  }
  plot.description = "Shares of the classes in " + listed(plot.series) + ": " + listed(parts) + ".";
  return plot;
}

std::optional<LinePlot> lengths(const ComparisonResults& results) {
  LinePlot plot;
  plot.id = "lengths";
  plot.title = "Lengths of the texts";
  plot.x_label = "tokens, uncut";
  std::vector<std::string> names;
  for (const SplitSummary& split : results.splits) names.push_back(split.name);
  for (const auto& [name, counts] : results.findings.lengths) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  double most = 0;
  int32_t last_shown = 1, longest = 0;
  std::vector<std::string> parts;
  for (const std::string& name : names) {
    const auto found = results.findings.lengths.find(name);
    if (found == results.findings.lengths.end() || found->second.empty()) continue;
    const std::vector<LengthCount>& counts = found->second;
    int64_t rows = 0, seen = 0;
    for (const LengthCount& count : counts) rows += count.rows;
    if (rows == 0) continue;
    const int index = static_cast<int>(plot.series.size());
    PlotSeries series{.name = name, .points = {}, .color = index, .marker = index};
    int32_t median = -1;
    for (size_t i = 0; i < counts.size(); ++i) {
      const double share = static_cast<double>(counts[i].rows) / static_cast<double>(rows);
      series.points.push_back({static_cast<double>(counts[i].tokens), share});
      most = std::max(most, share);
      if (static_cast<double>(seen) < kShownLengths * static_cast<double>(rows)) {
        last_shown = std::max(last_shown,
                              i + 1 < counts.size() ? counts[i + 1].tokens : counts[i].tokens + 1);
      }
      seen += counts[i].rows;
      if (median < 0 && 2 * seen >= rows) median = counts[i].tokens;
      if (counts[i].rows > 0) longest = std::max(longest, counts[i].tokens);
    }
    series.steps = true;
    series.say_value = false;
    parts.push_back("half of the " + name + " texts have up to about " + std::to_string(median) +
                    " tokens");
    plot.series.push_back(std::move(series));
  }
  if (plot.series.empty()) return std::nullopt;
  plot.x = counting_axis(last_shown, 6);
  for (PlotSeries& series : plot.series) {
    const double right = plot.x.high;
    std::erase_if(series.points, [&](const PlotPoint& point) { return point.x > right; });
    if (series.points.back().x < right) series.points.push_back({right, series.points.back().y});
    series.mark_every = std::max(1, static_cast<int>(series.points.size()) / 6);
  }
  if (longest > plot.x.high) plot.x_label += "; the longest text has " + grouped(longest);
  plot.y = from_zero(most, 4);
  for (size_t i = 0; i < plot.y.ticks.size(); ++i) {
    plot.y.texts[i] = percent(plot.y.ticks[i], plot.y.ticks.back() < 0.045 ? 1 : 0);
  }
  const auto cut = results.settings.find("max_length");
  int32_t limit = 0;
  if (cut != results.settings.end()) {
    std::from_chars(cut->second.data(), cut->second.data() + cut->second.size(), limit);
  }
  if (limit > 0 && limit < plot.x.high) {
    plot.mark_x = limit;
    plot.mark_text = "cut at " + std::to_string(limit);
  }
  plot.description = capitalized(listed(parts)) + ".";
  return plot;
}

}  // namespace thaw::plots
