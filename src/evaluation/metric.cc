#include "evaluation/metric.h"

#include <fmt/format.h>

#include "base/error.h"
#include "text/nearest_name.h"

namespace thaw {

const std::vector<Metric>& all_metrics() {
  static const std::vector<Metric> all{
      Metric::kAccuracy,    Metric::kF1,         Metric::kMacroF1, Metric::kMacroPrecision,
      Metric::kMacroRecall, Metric::kWeightedF1, Metric::kLoss};
  return all;
}

const char* metric_name(Metric metric) {
  switch (metric) {
    case Metric::kAccuracy:
      return "accuracy";
    case Metric::kF1:
      return "f1";
    case Metric::kMacroF1:
      return "macro_f1";
    case Metric::kMacroPrecision:
      return "macro_precision";
    case Metric::kMacroRecall:
      return "macro_recall";
    case Metric::kWeightedF1:
      return "weighted_f1";
    case Metric::kLoss:
      return "loss";
  }
  return "";
}

Metric parse_metric(const std::string& name, const std::string& where) {
  std::vector<std::string> names;
  std::string known;
  for (const Metric metric : all_metrics()) {
    if (name == metric_name(metric)) return metric;
    names.emplace_back(metric_name(metric));
    known += (known.empty() ? "" : ", ") + names.back();
  }
  const std::string near = nearest_name(name, names);
  throw Error(fmt::format("'{}' is not a metric", name), where,
              (near.empty() ? "" : fmt::format("did you mean '{}'? ", near)) +
                  ("the metrics are " + known));
}

double metric_value(const ClassificationMetrics& metrics, Metric metric) {
  switch (metric) {
    case Metric::kAccuracy:
      return metrics.accuracy;
    case Metric::kF1:
      return metrics.f1();
    case Metric::kMacroF1:
      return metrics.macro_f1;
    case Metric::kMacroPrecision:
      return metrics.macro_precision;
    case Metric::kMacroRecall:
      return metrics.macro_recall;
    case Metric::kWeightedF1:
      return metrics.weighted_f1;
    case Metric::kLoss:
      return metrics.loss;
  }
  return 0;
}

bool higher_is_better(Metric metric) { return metric != Metric::kLoss; }

}  // namespace thaw
