#include "report/findings/seed_words.h"

#include <fmt/format.h>

#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

std::string over_seeds(const ComparisonResults& results, size_t strategy) {
  return " over " + counted(shown_seeds(results, strategy), "seed", "seeds");
}

}  // namespace

std::string against_over_seeds(const ComparisonResults& results, size_t strategy) {
  const size_t reference = reference_strategy(results);
  const auto value = [&](size_t index, Metric metric) {
    return spread_text(results, index, metric);
  };
  const auto change = [&](Metric metric) {
    return points(shown_value(results, strategy, metric) - shown_value(results, reference, metric));
  };
  const bool alike = shown_seeds(results, strategy) == shown_seeds(results, reference);
  return fmt::format("{} has accuracy {}{}, {} {}{} ({} points); {} {} against {} ({}).",
                     results.strategies[strategy].name, value(strategy, Metric::kAccuracy),
                     over_seeds(results, strategy), results.strategies[reference].name,
                     value(reference, Metric::kAccuracy),
                     alike ? "" : over_seeds(results, reference), change(Metric::kAccuracy),
                     f1_name(results), value(strategy, Metric::kF1), value(reference, Metric::kF1),
                     change(Metric::kF1));
}

std::string certainty_over_seeds(const ComparisonResults& results, size_t strategy) {
  const size_t reference = reference_strategy(results);
  const PairEvidence* pair = evidence_of(results, strategy, reference);
  if (pair == nullptr) return "";
  for (const MetricDifference& own : pair->metrics) {
    if (own.metric != Metric::kAccuracy) continue;
    const bool turned = pair->second != strategy;
    const double low = turned ? -own.high : own.low, high = turned ? -own.low : own.high;
    return fmt::format(
        "Over seeds and rows, {} differs from {} by {} points of accuracy (95%, {}): {}",
        results.strategies[strategy].name, results.strategies[reference].name,
        change_interval(Metric::kAccuracy, low, high), p_value_text(own.p_holm),
        own.p_holm < 0.05 ? "more than the choice of either explains."
                          : "their choice could explain the difference.");
  }
  return "";
}

std::string alone_over_seeds(const ComparisonResults& results, size_t strategy) {
  return fmt::format("{} has accuracy {}{}, {} {}, loss {}.", results.strategies[strategy].name,
                     spread_text(results, strategy, Metric::kAccuracy),
                     over_seeds(results, strategy), f1_name(results),
                     spread_text(results, strategy, Metric::kF1),
                     fixed(shown_value(results, strategy, Metric::kLoss), 4));
}

std::string first_seed_sentence(const ComparisonResults& results) {
  if (!several_seeds(results)) return "";
  return "These are no means over seeds, but of each approach's first seed alone.";
}

}  // namespace thaw
