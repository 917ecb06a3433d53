#include "report/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "evaluation/text_width.h"
#include "report/facts.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/svg_plot.h"

namespace thaw {
namespace {

constexpr size_t kMostCurvePoints = 240;
constexpr size_t kMostClassRows = 24;
constexpr int kLongestTitleName = 34;  // what follows the name in a title must still fit

// The least and the most of what is finite.
class Range {
 public:
  void take(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

Axis share_axis(const Range& range, int wanted) {
  Axis axis = nice_axis(range.low(), range.high(), wanted);
  if (axis.low < 0 || axis.high > 1) {
    axis = nice_axis(std::max(0.0, range.low()), std::min(1.0, range.high()), wanted);
  }
  return axis.low < 0 || axis.high > 1 ? nice_axis(0, 1, wanted) : axis;
}

std::string short_f1_name(const ComparisonResults& results) {
  return results.label_names.size() == 2 ? "F1" : "macro F1";
}

// Neighbours averaged until few enough are left to draw.
std::vector<PlotPoint> thinned(const std::vector<LossPoint>& losses) {
  const size_t group = losses.size() / kMostCurvePoints + 1;
  std::vector<PlotPoint> points;
  for (size_t start = 0; start < losses.size(); start += group) {
    PlotPoint mean;
    double count = 0;
    for (size_t i = start; i < std::min(start + group, losses.size()); ++i) {
      if (!std::isfinite(losses[i].loss) || !std::isfinite(losses[i].epoch)) continue;
      mean.x += losses[i].epoch;
      mean.y += losses[i].loss;
      ++count;
    }
    if (count > 0) points.push_back({mean.x / count, mean.y / count});
  }
  return points;
}

std::vector<PlotPoint> training_points(const StrategyResult& strategy) {
  std::vector<PlotPoint> points = thinned(strategy.losses);
  if (points.size() >= 2) return points;
  points.clear();
  for (const EpochResult& epoch : strategy.epochs) {
    points.push_back({static_cast<double>(epoch.epoch), epoch.train_loss});
  }
  return points;
}

std::string numbered(const StrategyResult& strategy, double (*value)(const EpochResult&)) {
  std::vector<std::string> values;
  for (const EpochResult& epoch : strategy.epochs) values.push_back(fixed(value(epoch), 4));
  return listed(values);
}

void mark_kept_epoch(const StrategyResult& strategy, LinePlot& plot) {
  if (strategy.best_epoch < 1 || strategy.epochs.size() < 2 ||
      strategy.best_epoch > strategy.epochs.back().epoch) {
    return;
  }
  plot.mark_x = strategy.best_epoch;
  plot.mark_text = "epoch " + std::to_string(strategy.best_epoch) + " kept";
}

double last_epoch(const ComparisonResults& results) {
  double last = 1;
  for (const StrategyResult& strategy : results.strategies) {
    for (const EpochResult& epoch : strategy.epochs) {
      last = std::max(last, static_cast<double>(epoch.epoch));
    }
    for (const LossPoint& point : strategy.losses) {
      if (std::isfinite(point.epoch)) last = std::max(last, point.epoch);
    }
  }
  return last;
}

std::string identifier(const char* kind, size_t index) {
  return std::string(kind) + "-" + std::to_string(index + 1);
}

LinePlot loss_plot(const ComparisonResults& results, size_t index, const Axis& x, const Axis& y) {
  const StrategyResult& strategy = results.strategies[index];
  LinePlot plot;
  plot.id = identifier("loss", index);
  plot.title = printable(strategy.approach, kLongestTitleName) + ": loss";
  plot.description = "Training loss by epoch: " +
                     numbered(strategy, [](const EpochResult& e) { return e.train_loss; }) + ".";
  plot.x_label = "epoch";
  plot.x = x;
  plot.y = y;
  const bool curve = thinned(strategy.losses).size() >= 2;
  plot.series.push_back({.name = "training",
                         .points = training_points(strategy),
                         .color = 0,
                         .marker = curve ? -1 : 0,
                         .faint = true});
  if (strategy.best_epoch > 0) {
    PlotSeries validation{.name = "validation",
                          .points = {},
                          .color = static_cast<int>(index),
                          .marker = static_cast<int>(index)};
    for (const EpochResult& epoch : strategy.epochs) {
      validation.points.push_back({static_cast<double>(epoch.epoch), epoch.validation_loss});
    }
    plot.series.push_back(std::move(validation));
    plot.description += " Validation loss by epoch: " +
                        numbered(strategy, [](const EpochResult& e) { return e.validation_loss; }) +
                        ".";
  }
  mark_kept_epoch(strategy, plot);
  return plot;
}

double shown_f1(const EpochResult& epoch, size_t labels) {
  return labels == 2 ? epoch.validation_f1 : epoch.validation_macro_f1;
}

LinePlot quality_plot(const ComparisonResults& results, size_t index, const Axis& x,
                      const Axis& y) {
  const StrategyResult& strategy = results.strategies[index];
  LinePlot plot;
  plot.id = identifier("quality", index);
  plot.title = printable(strategy.approach, kLongestTitleName) + ": validation";
  plot.x_label = "epoch";
  plot.x = x;
  plot.y = y;
  const int color = static_cast<int>(index);
  PlotSeries accuracy{.name = "accuracy", .points = {}, .color = color, .marker = color};
  PlotSeries f1{.name = short_f1_name(results),
                .points = {},
                .color = color,
                .marker = color,
                .dashed = true,
                .faint = true};
  std::vector<std::string> f1_values;
  for (const EpochResult& epoch : strategy.epochs) {
    const double at = epoch.epoch, value = shown_f1(epoch, results.label_names.size());
    accuracy.points.push_back({at, epoch.validation_accuracy});
    f1.points.push_back({at, value});
    f1_values.push_back(fixed(value, 4));
  }
  plot.series = {std::move(accuracy), std::move(f1)};
  plot.description =
      "Validation accuracy by epoch: " +
      numbered(strategy, [](const EpochResult& e) { return e.validation_accuracy; }) + ". " +
      short_f1_name(results) + " by epoch: " + listed(f1_values) + ".";
  mark_kept_epoch(strategy, plot);
  return plot;
}

DotPlot standing_plot(const ComparisonResults& results) {
  DotPlot plot;
  plot.id = "standing";
  plot.title = "Quality on the " + evaluated_split(results) + " rows";
  plot.x_label = "share, from 0 (worst) to 1 (best)";
  for (const StrategyResult& strategy : results.strategies) {
    plot.series.push_back(strategy.approach);
  }
  Range range;
  const auto add = [&](const std::string& name, auto value) {
    DotRow row{.name = name, .values = {}};
    for (const StrategyResult& strategy : results.strategies) {
      row.values.push_back(value(strategy.test));
      range.take(row.values.back());
    }
    plot.rows.push_back(std::move(row));
  };
  using Metrics = ClassificationMetrics;
  add("accuracy", [](const Metrics& m) { return m.accuracy; });
  if (results.label_names.size() == 2) {
    add(f1_name(results), [](const Metrics& m) { return m.f1(); });
  }
  add("macro F1", [](const Metrics& m) { return m.macro_f1; });
  add("macro recall", [](const Metrics& m) { return m.macro_recall; });

  // The classes with the most rows, in the labels' own order.
  std::vector<size_t> classes(results.label_names.size());
  for (size_t label = 0; label < classes.size(); ++label) classes[label] = label;
  const auto& per_class = results.strategies.front().test.per_class;
  const bool all = classes.size() <= kMostClassRows;
  if (!all) {
    std::stable_sort(classes.begin(), classes.end(), [&](size_t a, size_t b) {
      return per_class[a].support > per_class[b].support;
    });
    classes.resize(kMostClassRows);
    std::sort(classes.begin(), classes.end());
  }
  plot.rows.push_back(
      {.name = all ? "F1 of each class"
                   : "F1 of the " + std::to_string(kMostClassRows) + " largest classes",
       .values = {}});
  for (const size_t label : classes) {
    add(results.label_names[label], [&](const Metrics& m) { return m.per_class[label].f1; });
  }
  plot.x = share_axis(range, 5);
  std::vector<std::string> parts;
  for (const StrategyResult& strategy : results.strategies) {
    parts.push_back(strategy.approach + " has accuracy " + fixed(strategy.test.accuracy, 4) + ", " +
                    short_f1_name(results) + " " + fixed(strategy.test.f1(), 4));
  }
  plot.description = listed(parts) + ".";
  return plot;
}

bool times_known(const ComparisonResults& results) {
  return results.strategies.size() > 1 &&
         std::all_of(results.strategies.begin(), results.strategies.end(), [](const auto& s) {
           return s.train_seconds > 0 && std::isfinite(s.train_seconds);
         });
}

LinePlot cost_plot(const ComparisonResults& results) {
  LinePlot plot;
  plot.id = "cost";
  plot.title = "Accuracy and the training time it took";
  const auto half_interval = [](const ClassificationMetrics& test) {
    const double rows = static_cast<double>(std::max<int64_t>(1, test.rows));
    return 1.96 * std::sqrt(test.accuracy * (1 - test.accuracy) / rows);
  };
  // Intervals that leave 0…1 come from so few rows that the formula no longer holds.
  const bool intervals = std::all_of(
      results.strategies.begin(), results.strategies.end(), [&](const StrategyResult& s) {
        const double half = half_interval(s.test);
        return half > 0 && s.test.accuracy - half >= 0 && s.test.accuracy + half <= 1;
      });
  plot.x_label =
      intervals ? "training time, logarithmic; bars: 95% intervals" : "training time, logarithmic";
  Range times, accuracies;
  std::vector<std::string> parts;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    const double p = strategy.test.accuracy;
    const double half = intervals ? half_interval(strategy.test) : 0;
    times.take(strategy.train_seconds);
    accuracies.take(p - half);
    accuracies.take(p + half);
    const int index = static_cast<int>(i);
    plot.series.push_back({.name = strategy.approach,
                           .points = {{std::log10(strategy.train_seconds), p, half}},
                           .color = index,
                           .marker = index,
                           .line = false});
    parts.push_back(strategy.approach + " took " + duration(strategy.train_seconds) +
                    " and has accuracy " + fixed(p, 4));
  }
  plot.x = time_axis(times.low(), times.high());
  plot.y = share_axis(accuracies, 4);
  plot.description = listed(parts) + ".";
  return plot;
}

}  // namespace

std::vector<Figure> Figures::all() const {
  std::vector<Figure> every;
  for (const auto* kind : {&standing, &cost, &loss, &quality, &confusion}) {
    every.insert(every.end(), kind->begin(), kind->end());
  }
  return every;
}

Figures figures(const ComparisonResults& results) {
  comparison_facts(results);  // checks that the metrics fit the labels
  Figures out;
  std::set<std::string> taken;
  const auto file = [&](const std::string& kind, const std::string& approach) {
    const std::string stem = kind + (approach.empty() ? "" : "-" + file_name_part(approach));
    std::string name = stem;
    for (int copy = 2; !taken.insert(name).second; ++copy) name = stem + "-" + std::to_string(copy);
    return name + ".svg";
  };
  out.standing.push_back({file("quality", ""), dot_plot(standing_plot(results))});
  if (times_known(results)) out.cost.push_back({file("cost", ""), line_plot(cost_plot(results))});

  Range losses, qualities;
  for (const StrategyResult& strategy : results.strategies) {
    for (const PlotPoint& point : training_points(strategy)) losses.take(point.y);
    if (strategy.best_epoch == 0) continue;
    for (const EpochResult& epoch : strategy.epochs) {
      losses.take(epoch.validation_loss);
      qualities.take(epoch.validation_accuracy);
      qualities.take(shown_f1(epoch, results.label_names.size()));
    }
  }
  const Axis x = counting_axis(last_epoch(results), 6);
  const Axis loss_axis = nice_axis(losses.low(), losses.high(), 5);
  const Axis quality_axis = share_axis(qualities, 5);
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    if (!training_points(strategy).empty()) {
      out.loss.push_back(
          {file("loss", strategy.approach), line_plot(loss_plot(results, i, x, loss_axis))});
    }
    if (strategy.best_epoch > 0 && !strategy.epochs.empty()) {
      out.quality.push_back({file("validation", strategy.approach),
                             line_plot(quality_plot(results, i, x, quality_axis))});
    }
    if (results.label_names.size() > kMostLabelsShown) continue;
    out.confusion.push_back(
        {file("confusion", strategy.approach),
         heat_map(
             {.id = identifier("confusion", i),
              .title = printable(strategy.approach, kLongestTitleName - 6) + ": confusion matrix",
              .description = "Counts of gold and predicted labels, and each gold label's "
                             "shares. Accuracy " +
                             fixed(strategy.test.accuracy, 4) + ".",
              .names = results.label_names,
              .counts = strategy.test.confusion})});
  }
  return out;
}

}  // namespace thaw
