#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/power_law.h"
#include "report/results.h"

namespace thaw {

// A strategy's learning curve in the deciding metric.
struct LearningFit {
  std::string approach;
  double rows = 0;     // all training rows
  PowerLaw law;        // of the error: 1 - metric, or the loss
  Prediction doubled;  // change of the metric (of the loss: of the loss) from `rows` to twice them
};

// Of each approach whose curve has three different sizes or more and can be fitted.
std::vector<LearningFit> learning_fits(const ComparisonResults& results);

// What twice the labels would bring, a sentence an approach.
std::vector<std::string> learning_sentences(const ComparisonResults& results);

}  // namespace thaw
