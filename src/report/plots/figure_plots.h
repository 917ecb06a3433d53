#pragma once  // Tests: tests/report/plots/svg_plot_test.cc

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "report/plots/svg_plot.h"
#include "results/results.h"

namespace thaw::plots {

// What figures() draws, each from the results alone. Absent where there is nothing to draw.

inline constexpr int kLongestTitleName = 34;  // what follows the name in a title must still fit

// The least and the most of what is finite.
class Range {
 public:
  void take(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  bool empty() const { return low_ > high_; }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

// An axis of shares, which ends at 0 and 1 at the latest.
Axis share_axis(const Range& range, int wanted);
// Of any metric: the loss has no upper end.
Axis metric_axis(Metric metric, const Range& range, int wanted);
// "kind-3" for index 2.
std::string identifier(const char* kind, size_t index);
// "F1" or "macro F1".
std::string short_f1_name(const ComparisonResults& results);

// Lines for what the references reached in the metric that decides. `values` is stretched to hold
// those that lie near; the others are named at the edge.
void add_references(const ComparisonResults& results, Range& values, LinePlot& plot);
// The same for rows of several metrics, of which row i shows metrics[i], with a letter each.
void add_references(const ComparisonResults& results, const std::vector<Metric>& metrics,
                    Range& values, DotPlot& plot);

DotPlot standing(const ComparisonResults& results);
std::optional<LinePlot> cost(const ComparisonResults& results);
std::optional<LinePlot> learning_curve(const ComparisonResults& results);
std::optional<LinePlot> depth(const ComparisonResults& results);
// Those of the measured strategies that nothing beats at less training time, by time.
std::vector<size_t> pareto_front(const ComparisonResults& results);

struct TrainingAxes {
  Axis epochs, losses, quality;
};
TrainingAxes training_axes(const ComparisonResults& results);
std::vector<PlotPoint> training_points(const StrategyResult& strategy);
LinePlot loss(const ComparisonResults& results, size_t strategy, const TrainingAxes& axes);
LinePlot quality(const ComparisonResults& results, size_t strategy, const TrainingAxes& axes);
std::optional<LinePlot> all_training_losses(const ComparisonResults& results,
                                            const TrainingAxes& axes);
std::optional<LinePlot> all_validation_losses(const ComparisonResults& results,
                                              const TrainingAxes& axes);
std::optional<LinePlot> all_validation_scores(const ComparisonResults& results,
                                              const TrainingAxes& axes);

HeatMap confusion(const ComparisonResults& results, size_t strategy);
HeatMap confusion_change(const ComparisonResults& results, size_t strategy);
BarPlot classes(const ComparisonResults& results);
ReliabilityPlot reliability(const ComparisonResults& results, size_t strategy);
std::optional<BarPlot> distribution(const ComparisonResults& results);
std::optional<LinePlot> lengths(const ComparisonResults& results);

}  // namespace thaw::plots
