// Tests: tests/report/plots/svg_plot_test.cc
// Figures of how training went, of each strategy and of all together.
#include <algorithm>
#include <cmath>
#include <functional>

#include "report/plots/figure_plots.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::plots {
namespace {

constexpr size_t kMostCurvePoints = 240;
constexpr int kMarkersOnCurve = 5;

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

double shown_f1(const EpochResult& epoch, size_t labels) {
  return labels == 2 ? epoch.validation_f1 : epoch.validation_macro_f1;
}

// The value of an epoch that the shared curves of quality show.
double deciding_score(const EpochResult& epoch, Metric metric, size_t labels) {
  return metric == Metric::kAccuracy ? epoch.validation_accuracy
         : metric == Metric::kF1     ? shown_f1(epoch, labels)
                                     : epoch.validation_macro_f1;
}

// One line for each strategy that has points, with its own colour and marker.
std::optional<LinePlot> together(const ComparisonResults& results, const char* id,
                                 const std::string& title, const TrainingAxes& axes, const Axis& y,
                                 const std::function<std::vector<PlotPoint>(size_t)>& points_of) {
  LinePlot plot;
  plot.id = id;
  plot.title = title;
  plot.x_label = "epoch";
  plot.x = axes.epochs;
  plot.y = y;
  std::vector<std::string> parts;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    std::vector<PlotPoint> points = points_of(i);
    std::erase_if(points, [](const PlotPoint& point) { return !std::isfinite(point.y); });
    if (points.empty()) continue;
    const int index = static_cast<int>(i);
    parts.push_back(results.strategies[i].name + " ends at " + fixed(points.back().y, 4));
    const int count = static_cast<int>(points.size());
    PlotSeries series{.name = results.strategies[i].name,
                      .points = std::move(points),
                      .color = index,
                      .marker = index};
    series.mark_every = count > 2 * kMarkersOnCurve ? count / kMarkersOnCurve : 1;
    series.say_value = false;
    plot.series.push_back(std::move(series));
  }
  if (plot.series.empty()) return std::nullopt;
  plot.description = title + ": " + listed(parts) + ".";
  return plot;
}

std::vector<PlotPoint> by_epoch(const StrategyResult& strategy,
                                const std::function<double(const EpochResult&)>& value) {
  std::vector<PlotPoint> points;
  if (strategy.best_epoch == 0) return points;
  for (const EpochResult& epoch : strategy.epochs) {
    points.push_back({static_cast<double>(epoch.epoch), value(epoch)});
  }
  return points;
}

}  // namespace

std::vector<PlotPoint> training_points(const StrategyResult& strategy) {
  std::vector<PlotPoint> points = thinned(strategy.losses);
  if (points.size() >= 2) return points;
  points.clear();
  for (const EpochResult& epoch : strategy.epochs) {
    points.push_back({static_cast<double>(epoch.epoch), epoch.train_loss});
  }
  return points;
}

TrainingAxes training_axes(const ComparisonResults& results) {
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
  return {.epochs = counting_axis(last_epoch(results), 6),
          .losses = nice_axis(losses.low(), losses.high(), 5),
          .quality = share_axis(qualities, 5)};
}

LinePlot loss(const ComparisonResults& results, size_t index, const TrainingAxes& axes) {
  const StrategyResult& strategy = results.strategies[index];
  LinePlot plot;
  plot.id = identifier("loss", index);
  plot.title = fit_columns(strategy.name, kLongestTitleName) + ": loss";
  plot.description = "Training loss by epoch: " +
                     numbered(strategy, [](const EpochResult& e) { return e.train_loss; }) + ".";
  plot.x_label = "epoch";
  plot.x = axes.epochs;
  plot.y = axes.losses;
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

LinePlot quality(const ComparisonResults& results, size_t index, const TrainingAxes& axes) {
  const StrategyResult& strategy = results.strategies[index];
  LinePlot plot;
  plot.id = identifier("quality", index);
  plot.title = fit_columns(strategy.name, kLongestTitleName) + ": validation";
  plot.x_label = "epoch";
  plot.x = axes.epochs;
  plot.y = axes.quality;
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

std::optional<LinePlot> all_training_losses(const ComparisonResults& results,
                                            const TrainingAxes& axes) {
  return together(results, "training-loss", "Training loss", axes, axes.losses,
                  [&](size_t i) { return training_points(results.strategies[i]); });
}

std::optional<LinePlot> all_validation_losses(const ComparisonResults& results,
                                              const TrainingAxes& axes) {
  return together(results, "validation-loss", "Validation loss", axes, axes.losses, [&](size_t i) {
    return by_epoch(results.strategies[i],
                    [](const EpochResult& epoch) { return epoch.validation_loss; });
  });
}

std::optional<LinePlot> all_validation_scores(const ComparisonResults& results,
                                              const TrainingAxes& axes) {
  const Metric metric = results.decision.metric;
  const std::string name = metric == Metric::kAccuracy ? "accuracy"
                           : metric == Metric::kF1     ? short_f1_name(results)
                                                       : "macro F1";
  return together(results, "validation-quality", "Validation " + name, axes, axes.quality,
                  [&](size_t i) {
                    return by_epoch(results.strategies[i], [&](const EpochResult& epoch) {
                      return deciding_score(epoch, metric, results.label_names.size());
                    });
                  });
}

}  // namespace thaw::plots
