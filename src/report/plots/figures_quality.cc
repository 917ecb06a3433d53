// Tests: tests/report/plots/svg_plot_test.cc
// Figures of what the strategies reached: on one axis, against cost, data and depth.
#include <algorithm>
#include <cmath>
#include <map>

#include "report/findings/learning_curve.h"
#include "report/plots/figure_plots.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::plots {

Axis share_axis(const Range& range, int wanted) {
  Axis axis = nice_axis(range.low(), range.high(), wanted);
  if (axis.low < 0 || axis.high > 1) {
    axis = nice_axis(std::max(0.0, range.low()), std::min(1.0, range.high()), wanted);
  }
  return axis.low < 0 || axis.high > 1 ? nice_axis(0, 1, wanted) : axis;
}

Axis metric_axis(Metric metric, const Range& range, int wanted) {
  return higher_is_better(metric) ? share_axis(range, wanted)
                                  : nice_axis(range.low(), range.high(), wanted);
}

std::string identifier(const char* kind, size_t index) {
  return std::string(kind) + "-" + std::to_string(index + 1);
}

std::string short_f1_name(const ComparisonResults& results) {
  return results.label_names.size() == 2 ? "F1" : "macro F1";
}

namespace {

// A strategy's point at x, with its interval where there is one.
PlotPoint metric_point(const ComparisonResults& results, size_t strategy, double x, Range& range) {
  PlotPoint point{.x = x, .y = shown_value(results, strategy, results.decision.metric)};
  range.take(point.y);
  if (const auto* estimate = estimate_of(results, strategy, results.decision.metric)) {
    point.low = estimate->low;
    point.high = estimate->high;
    range.take(point.low);
    range.take(point.high);
  }
  return point;
}

std::string interval_note(const ComparisonResults& results) {
  return results.evidence.resamples > 0 ? "; bars: 95% intervals" : "";
}

}  // namespace

DotPlot standing(const ComparisonResults& results) {
  const std::vector<size_t> strategies = measured_strategies(results);
  DotPlot plot;
  plot.id = "standing";
  plot.title = "Quality on the " + evaluated_split(results) + " rows";
  plot.x_label = "share, from 0 (worst) to 1 (best)";
  for (const StrategyResult& strategy : results.strategies) plot.series.push_back(strategy.name);
  Range range;
  std::vector<Metric> metrics = {Metric::kAccuracy};
  if (results.label_names.size() == 2) metrics.push_back(Metric::kF1);
  for (const Metric metric :
       {Metric::kMacroF1, Metric::kMacroPrecision, Metric::kMacroRecall, Metric::kWeightedF1}) {
    const bool always = metric == Metric::kMacroF1 || metric == Metric::kMacroRecall;
    if (always || metric == results.decision.metric) metrics.push_back(metric);
  }
  bool intervals = false;
  for (const Metric metric : metrics) {
    DotRow row{.name = metric_label(results, metric), .values = {}, .low = {}, .high = {}};
    for (size_t i = 0; i < results.strategies.size(); ++i) {
      const auto* estimate = estimate_of(results, i, metric);
      row.values.push_back(shown_value(results, i, metric));
      row.low.push_back(estimate != nullptr ? estimate->low : NAN);
      row.high.push_back(estimate != nullptr ? estimate->high : NAN);
      intervals = intervals || estimate != nullptr;
      for (const auto* values : {&row.values, &row.low, &row.high}) range.take(values->back());
    }
    plot.rows.push_back(std::move(row));
  }
  if (intervals) {
    plot.x_label = "share, from 0 (worst) to 1 (best); bars: 95% intervals";
  } else {
    for (DotRow& row : plot.rows) row.low.clear(), row.high.clear();
  }
  add_references(results, metrics, range, plot);
  plot.x = share_axis(range, 5);
  std::vector<std::string> parts;
  for (const size_t i : strategies) {
    parts.push_back(results.strategies[i].name + " has accuracy " +
                    fixed(shown_value(results, i, Metric::kAccuracy), 4) + ", " +
                    short_f1_name(results) + " " + fixed(shown_value(results, i, Metric::kF1), 4));
  }
  plot.description = listed(parts) + ".";
  return plot;
}

std::vector<size_t> pareto_front(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  std::vector<size_t> order = measured_strategies(results), front;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return shown_train_seconds(results, a) < shown_train_seconds(results, b);
  });
  for (const size_t i : order) {
    const double own = shown_value(results, i, metric);
    const double sign = higher_is_better(metric) ? 1 : -1;
    if (!front.empty()) {
      const double top = shown_value(results, front.back(), metric);
      if (sign * own <= sign * top) continue;
      if (shown_train_seconds(results, i) == shown_train_seconds(results, front.back())) {
        front.pop_back();
      }
    }
    front.push_back(i);
  }
  return front;
}

std::optional<LinePlot> cost(const ComparisonResults& results) {
  const std::vector<size_t> strategies = measured_strategies(results);
  const bool known = std::all_of(strategies.begin(), strategies.end(), [&](size_t i) {
    const double seconds = shown_train_seconds(results, i);
    return seconds > 0 && std::isfinite(seconds);
  });
  if (strategies.size() < 2 || !known) return std::nullopt;
  const Metric metric = results.decision.metric;
  const std::string name = metric_label(results, metric);
  LinePlot plot;
  plot.id = "cost";
  plot.title = capitalized(fit_columns(name, kLongestTitleName)) + " and the training time it took";
  plot.x_label = "training time, logarithmic" + interval_note(results);
  Range times, values;
  std::vector<std::string> parts;
  for (const size_t i : strategies) {
    const StrategyResult& strategy = results.strategies[i];
    const double seconds = shown_train_seconds(results, i);
    times.take(seconds);
    const int index = static_cast<int>(i);
    PlotSeries series{.name = strategy.name, .points = {}, .color = index, .marker = index};
    series.points.push_back(metric_point(results, i, std::log10(seconds), values));
    series.line = series.say_value = false;
    parts.push_back(strategy.name + " took " + duration(seconds) + " and has " + name + " " +
                    fixed(series.points[0].y, 4));
    plot.series.push_back(std::move(series));
  }
  const double budget = results.decision.budget_seconds;
  if (budget > 0 && std::isfinite(budget)) {
    times.take(budget);
    plot.mark_x = std::log10(budget);
    plot.mark_text = "budget";
  }
  plot.x = time_axis(times.low(), times.high());
  add_references(results, values, plot);
  plot.y = metric_axis(metric, values, 4);
  // A staircase: up to the next strategy's time, nothing better is to be had.
  PlotSeries front{.name = "best for its time", .points = {}, .color = 0, .marker = -1};
  std::vector<std::string> names;
  for (const size_t i : pareto_front(results)) {
    front.points.push_back(
        {std::log10(shown_train_seconds(results, i)), shown_value(results, i, metric)});
    names.push_back(results.strategies[i].name);
  }
  front.points.push_back({plot.x.high, front.points.back().y});
  front.dashed = front.faint = front.steps = true;
  plot.series.push_back(std::move(front));
  plot.description =
      listed(parts) + ". Nothing is both quicker and better than " + listed(names) + ".";
  return plot;
}

namespace {

// The fitted power law, from the fewest rows to twice the most.
void add_power_law(const std::vector<LearningCurve>& fits, const std::string& name, int index,
                   int64_t fewest, const Metric metric, LinePlot& plot) {
  const auto fit = std::find_if(fits.begin(), fits.end(),
                                [&](const LearningCurve& f) { return f.name == name; });
  if (fit == fits.end() || !fit->law) return;
  PlotSeries curve{.name = "", .points = {}, .color = index, .marker = -1};
  curve.dashed = true;
  curve.in_legend = false;
  const double low = std::log10(static_cast<double>(fewest)), high = std::log10(2 * fit->most_rows);
  constexpr int kSteps = 40;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = low + (high - low) * i / kSteps;
    const double error = power_law_at(*fit->law, std::pow(10, x)).value;
    curve.points.push_back({x, higher_is_better(metric) ? 1 - error : error});
  }
  plot.series.push_back(std::move(curve));
}

}  // namespace

std::optional<LinePlot> learning_curve(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  std::vector<std::string> names;
  for (const StrategyResult& strategy : results.strategies) names.push_back(strategy.name);
  // By approach, the values of each number of rows.
  std::map<std::string, std::map<int64_t, std::vector<double>>> points;
  Range rows, values;
  for (const CurvePoint& point : results.curve) {
    if (point.test.rows == 0 || point.train_rows <= 0) continue;
    const double value = metric_value(point.test, metric);
    if (!std::isfinite(value)) continue;
    if (std::find(names.begin(), names.end(), point.name) == names.end()) {
      names.push_back(point.name);
    }
    points[point.name][point.train_rows].push_back(value);
    rows.take(static_cast<double>(point.train_rows));
    values.take(value);
  }
  if (points.empty() || rows.low() == rows.high()) return std::nullopt;
  const auto fits = learning_curves(results);
  for (const LearningCurve& fit : fits) {
    if (!fit.law) continue;
    rows.take(2 * fit.most_rows);
    values.take(fit.at_twice.value);
  }
  const std::string name = metric_label(results, metric);
  LinePlot plot;
  plot.id = "learning-curve";
  plot.title = capitalized(fit_columns(name, kLongestTitleName)) + " and the rows trained on";
  plot.x = count_axis(rows.low(), rows.high());
  add_references(results, values, plot);
  plot.y = metric_axis(metric, values, 5);
  bool several = false;
  std::vector<std::string> parts;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto own = points.find(names[i]);
    if (own == points.end()) continue;
    const int index = static_cast<int>(i);
    PlotSeries mean{.name = names[i], .points = {}, .color = index, .marker = index};
    PlotSeries seeds{.name = "", .points = {}, .color = index, .marker = index, .line = false};
    seeds.faint = true;
    seeds.in_legend = false;
    for (const auto& [count, all] : own->second) {
      double sum = 0;
      const double x = std::log10(static_cast<double>(count));
      for (const double value : all) {
        sum += value;
        if (all.size() > 1) seeds.points.push_back({x, value});
      }
      mean.points.push_back({x, sum / static_cast<double>(all.size())});
      several = several || all.size() > 1;
    }
    add_power_law(fits, names[i], index, own->second.begin()->first, metric, plot);
    const auto& [most, last] = *own->second.rbegin();
    parts.push_back(names[i] + " reaches " + fixed(mean.points.back().y, 4) + " with " +
                    counted(most, "row", "rows"));
    mean.say_value = seeds.say_value = false;
    if (!seeds.points.empty()) plot.series.push_back(std::move(seeds));
    plot.series.push_back(std::move(mean));
  }
  plot.x_label = std::string("training rows, logarithmic") +
                 (several ? "; grey: seeds, lines: means, dashed: power law" : "");
  plot.description = capitalized(name) + " by training rows: " + listed(parts) + ".";
  return plot;
}

std::optional<LinePlot> depth(const ComparisonResults& results) {
  std::vector<std::pair<int, size_t>> order;  // trained layers, strategy
  for (const size_t i : measured_strategies(results)) {
    const int layers = trained_layers(results.strategies[i]);
    if (layers >= 0) order.emplace_back(layers, i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  // The line goes through the best strategy of each depth.
  const Metric metric = results.decision.metric;
  const double sign = higher_is_better(metric) ? 1 : -1;
  std::map<int, size_t> best;
  for (const auto& [layers, i] : order) {
    const auto [found, fresh] = best.emplace(layers, i);
    if (!fresh && sign * shown_value(results, i, metric) >
                      sign * shown_value(results, found->second, metric)) {
      found->second = i;
    }
  }
  if (best.size() < 3) return std::nullopt;
  int deepest = 1;
  for (const auto& [layers, i] : best) {
    if (layers != kEveryLayer) deepest = std::max(deepest, layers);
  }
  // "Full" stands apart beyond the deepest of the others.
  const double everything = deepest + std::max(1.0, 0.15 * deepest);
  const auto x_of = [&](int layers) { return layers == kEveryLayer ? everything : layers; };
  LinePlot plot;
  plot.id = "depth";
  plot.title = capitalized(fit_columns(metric_label(results, metric), kLongestTitleName)) +
               " and the layers trained";
  plot.x_label = "encoder layers trained" + interval_note(results);
  plot.x = {.low = 0, .high = x_of(best.rbegin()->first), .ticks = {}, .texts = {}};
  Range values;
  PlotSeries line{.name = "", .points = {}, .color = 0, .marker = -1};
  line.faint = true;
  line.in_legend = line.say_value = false;
  double last_tick = -1e9;
  for (const auto& [layers, i] : best) {
    line.points.push_back({x_of(layers), shown_value(results, i, metric)});
    if (x_of(layers) - last_tick < plot.x.high / 13) continue;
    last_tick = x_of(layers);
    plot.x.ticks.push_back(last_tick);
    plot.x.texts.push_back(layers == 0             ? "none"
                           : layers == kEveryLayer ? "all"
                                                   : std::to_string(layers));
  }
  plot.series.push_back(std::move(line));
  std::vector<std::string> parts;
  for (const auto& [layers, i] : order) {
    const int index = static_cast<int>(i);
    PlotSeries series{.name = results.strategies[i].name,
                      .points = {metric_point(results, i, x_of(layers), values)},
                      .color = index,
                      .marker = index};
    series.line = series.say_value = false;
    parts.push_back(series.name + " " + fixed(series.points[0].y, 4));
    plot.series.push_back(std::move(series));
  }
  add_references(results, values, plot);
  plot.y = metric_axis(metric, values, 5);
  plot.description = capitalized(metric_label(results, metric)) + ": " + listed(parts) + ".";
  return plot;
}

}  // namespace thaw::plots
