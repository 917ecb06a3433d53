// The references of a comparison as lines across its plots.
#include <cmath>

#include "report/findings/references.h"
#include "report/plots/figure_plots.h"
#include "text/numbers.h"

namespace thaw::plots {
namespace {

constexpr double kMostStretch = 1.6;  // of the axis, for a reference that is far from all points

std::string short_name(ReferenceResult::Kind kind) {
  switch (kind) {
    case ReferenceResult::Kind::kMajority:
      return "majority class";
    case ReferenceResult::Kind::kTfidf:
      return "TF-IDF";
    case ReferenceResult::Kind::kLinear:
      return "exact probe";
    case ReferenceResult::Kind::kPooled:
      return "solved probe";
  }
  return "";
}

}  // namespace

void add_references(const ComparisonResults& results, Range& values, LinePlot& plot) {
  if (values.empty()) return;
  const Metric metric = results.decision.metric;
  const double low = values.low(), high = values.high();
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    const double value = metric_value(reference.test, metric);
    if (!std::isfinite(value)) continue;
    Range with = values;
    with.take(value);
    const double span = std::max(high - low, 0.02);
    if (with.high() - with.low() <= kMostStretch * span) values.take(value);
    plot.levels.push_back({value, short_name(reference.kind) + " " + fixed(value, 3)});
  }
}

}  // namespace thaw::plots
