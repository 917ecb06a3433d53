#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/power_law.h"
#include "results/results.h"

namespace thaw {

// What the points of one approach in ComparisonResults::curve say of more labels.
struct LearningCurve {
  std::string name;
  Metric metric = Metric::kMacroF1;  // the one that decides
  int sizes = 0;                     // different numbers of training rows
  double most_rows = 0;              // the largest of them
  // Of 1 - metric, or of the loss; absent with fewer than three sizes.
  std::optional<PowerLaw> law;
  // Of the metric itself, with 95 % intervals (evaluation/power_law.h): at twice most_rows, and the
  // change from most_rows to there. Metrics stay within 0…1.
  Prediction at_twice, change;
};

// Of all approaches in `curve`, in its order.
std::vector<LearningCurve> learning_curves(const ComparisonResults& results);

// "Twice the labels (2,000 rows) would bring full …", or why nothing can be said.
std::string learning_curve_sentence(const ComparisonResults& results, const LearningCurve& curve);

}  // namespace thaw
