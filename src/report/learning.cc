#include "report/learning.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/numbers.h"
#include "report/phrases.h"

namespace thaw {

std::vector<LearningFit> learning_fits(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  const bool higher = higher_is_better(metric);
  std::vector<LearningFit> fits;
  for (const StrategyResult& strategy : results.strategies) {
    std::vector<LearningPoint> points;
    double most = 0;
    for (const CurvePoint& point : results.curve) {
      if (point.approach != strategy.approach || point.test.rows == 0) continue;
      const double value = metric_value(point.test, metric);
      points.push_back({static_cast<double>(point.train_rows), higher ? 1 - value : value});
      most = std::max(most, static_cast<double>(point.train_rows));
    }
    const auto law = fit_power_law(points);
    if (!law) continue;
    const Prediction change = power_law_change(*law, most, 2 * most);
    LearningFit fit{strategy.approach, most, *law, change};
    if (higher) fit.doubled = {-change.value, -change.high, -change.low};
    fits.push_back(std::move(fit));
  }
  return fits;
}

std::vector<std::string> learning_sentences(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  const bool higher = higher_is_better(metric);
  const auto change = [&](double value) {
    return higher ? points(value) : (value < 0 ? "−" : "+") + fixed(std::fabs(value), 4);
  };
  std::vector<std::string> out;
  for (const LearningFit& fit : learning_fits(results)) {
    std::string name = metric_name(metric);
    std::replace(name.begin(), name.end(), '_', ' ');
    std::string sentence = "Twice the " + grouped(static_cast<int64_t>(fit.rows)) +
                           " training rows would change " + fit.approach + "'s " + name +
                           " by about " + change(fit.doubled.value) + (higher ? " points" : "");
    if (std::isfinite(fit.doubled.low)) {
      sentence +=
          " (95% interval " + change(fit.doubled.low) + " to " + change(fit.doubled.high) + ")";
    }
    out.push_back(sentence + ", if its learning curve goes on as the power law that it follows.");
  }
  return out;
}

}  // namespace thaw
