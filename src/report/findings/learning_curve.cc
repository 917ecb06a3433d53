#include "report/findings/learning_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {

std::vector<LearningCurve> learning_curves(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  const bool higher = higher_is_better(metric);
  std::vector<LearningCurve> curves;
  for (const CurvePoint& point : results.curve) {
    const bool known = std::any_of(curves.begin(), curves.end(), [&](const LearningCurve& curve) {
      return curve.name == point.name;
    });
    if (known) continue;
    curves.emplace_back();
    curves.back().name = point.name;
    curves.back().metric = metric;
  }
  for (LearningCurve& curve : curves) {
    std::vector<LearningPoint> points;
    std::set<int64_t> sizes;
    for (const CurvePoint& point : results.curve) {
      if (point.name != curve.name || point.test.rows == 0) continue;
      const double value = metric_value(point.test, metric);
      points.push_back({static_cast<double>(point.train_rows), higher ? 1 - value : value});
      sizes.insert(point.train_rows);
    }
    curve.sizes = static_cast<int>(sizes.size());
    curve.most_rows = sizes.empty() ? 0 : static_cast<double>(*sizes.rbegin());
    curve.law = fit_power_law(points);
    if (!curve.law) continue;
    const Prediction error = power_law_at(*curve.law, 2 * curve.most_rows);
    const Prediction change = power_law_change(*curve.law, curve.most_rows, 2 * curve.most_rows);
    const auto within = [&](double value) {  // and a NaN stays one
      return value < 0 ? 0.0 : higher && value > 1 ? 1.0 : value;
    };
    curve.at_twice =
        higher ? Prediction{1 - error.value, within(1 - error.high), within(1 - error.low)}
               : Prediction{error.value, within(error.low), within(error.high)};
    curve.change = higher ? Prediction{-change.value, -change.high, -change.low} : change;
  }
  return curves;
}

std::string learning_curve_sentence(const ComparisonResults& results, const LearningCurve& curve) {
  const std::string metric = metric_label(results, curve.metric);
  const std::string twice = grouped(std::llround(2 * curve.most_rows)) + " rows";
  if (!curve.law) {
    return fmt::format(
        "{} was trained on {}; a learning curve needs three to say what more labels would bring.",
        curve.name,
        curve.sizes == 1 ? "one number of rows alone"
                         : counted(curve.sizes, "number of rows", "different numbers of rows"));
  }
  if (curve.law->a == 0) {
    return fmt::format(
        "The {} of {} does not improve with more training rows: its learning curve promises "
        "nothing of twice the labels.",
        metric, curve.name);
  }
  std::string sentence = fmt::format("Twice the labels ({}) would bring {} {}{}{}", twice,
                                     curve.name, metric_change(curve.metric, curve.change.value),
                                     higher_is_better(curve.metric) ? " points of " : " ", metric);
  if (std::isfinite(curve.change.low)) {
    sentence += fmt::format(" (95% {})",
                            change_interval(curve.metric, curve.change.low, curve.change.high));
  }
  sentence += fmt::format(", to {}, if its learning curve over {} sizes goes on",
                          score(results, curve.at_twice.value), curve.sizes);
  if (!std::isfinite(curve.change.low)) {
    sentence += "; how sure that is, so few points do not show";
  }
  return sentence + ".";
}

}  // namespace thaw
