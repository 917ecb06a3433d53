#pragma once

#include <string>
#include <vector>

#include "evaluation/metrics.h"

namespace thaw {

// The metrics that a comparison may be decided by (--metric).
enum class Metric {
  kAccuracy,
  kF1,  // of label 1 with two labels, macro otherwise: the F1 of the tables
  kMacroF1,
  kMacroPrecision,
  kMacroRecall,
  kWeightedF1,
  kLoss,  // the last
};
inline constexpr size_t kMetricCount = static_cast<size_t>(Metric::kLoss) + 1;

const std::vector<Metric>& all_metrics();
// "accuracy", "f1", "macro_f1", "macro_precision", "macro_recall", "weighted_f1", "loss".
const char* metric_name(Metric metric);
// The way back. Throws Error, named after `where`, for anything else.
Metric parse_metric(const std::string& name, const std::string& where);
double metric_value(const ClassificationMetrics& metrics, Metric metric);
// False for the loss alone.
bool higher_is_better(Metric metric);

}  // namespace thaw
