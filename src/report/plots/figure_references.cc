// Tests: tests/report/findings/references_test.cc
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

const char* letter(ReferenceResult::Kind kind) {
  switch (kind) {
    case ReferenceResult::Kind::kMajority:
      return "M";
    case ReferenceResult::Kind::kTfidf:
      return "T";
    case ReferenceResult::Kind::kLinear:
    case ReferenceResult::Kind::kPooled:
      return "P";
  }
  return "";
}

// The axis holds the value, unless it is too far from all others.
void take_if_near(double value, double low, double high, Range& values) {
  Range with = values;
  with.take(value);
  const double span = std::max(high - low, 0.02);
  if (with.high() - with.low() <= kMostStretch * span) values.take(value);
}

}  // namespace

void add_references(const ComparisonResults& results, const std::vector<Metric>& metrics,
                    Range& values, DotPlot& plot) {
  if (values.empty()) return;
  const double low = values.low(), high = values.high();
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    plot.levels.emplace_back(letter(reference.kind), short_name(reference.kind));
    for (size_t i = 0; i < plot.rows.size(); ++i) {
      const double value = metric_value(reference.test, metrics[i]);
      take_if_near(value, low, high, values);
      plot.rows[i].levels.emplace_back(value, letter(reference.kind));
    }
  }
}

void add_references(const ComparisonResults& results, Range& values, LinePlot& plot) {
  if (values.empty()) return;
  const Metric metric = results.decision.metric;
  const double low = values.low(), high = values.high();
  for (const ReferenceResult& reference : results.references) {
    if (reference.test.rows == 0) continue;
    const double value = metric_value(reference.test, metric);
    if (!std::isfinite(value)) continue;
    take_if_near(value, low, high, values);
    plot.levels.push_back({value, short_name(reference.kind) + " " + fixed(value, 3)});
  }
}

}  // namespace thaw::plots
