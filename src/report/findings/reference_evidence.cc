// Tests: tests/report/findings/references_test.cc
#include "report/findings/references.h"
#include "results/evidence.h"

namespace thaw {
namespace {

std::optional<MetricDifference> in_metric(const std::vector<MetricDifference>& all, Metric metric) {
  for (const MetricDifference& own : all) {
    if (own.metric == metric) return own;
  }
  return std::nullopt;
}

}  // namespace

void compare_with_references(ComparisonResults& results, const Recommendation& recommendation) {
  if (results.references.empty() || results.evidence.resamples == 0) return;
  if (!recommendation.chosen) return;
  const StrategyResult& chosen = results.strategies[*recommendation.chosen];
  for (ReferenceResult& reference : results.references) {
    ComparisonResults pair;
    pair.label_names = results.label_names;
    pair.test_gold = results.test_gold;
    pair.decision = results.decision;
    StrategyResult own;
    own.name = reference_name(reference.kind);
    own.test = reference.test;
    own.test_logits = reference.test_logits;
    // It draws nothing: another seed gives the same.
    own.seed = chosen.seed;
    own.reruns = chosen.reruns;
    for (SeedRun& run : own.reruns) run.test_logits = reference.test_logits;
    pair.strategies = {own, chosen};
    const SignificanceTests evidence = make_evidence(pair);
    if (evidence.pairs.empty()) {
      reference.difference.reset();
      continue;
    }
    reference.against = chosen.name;
    reference.differences = evidence.pairs.front().metrics;
    reference.difference = in_metric(reference.differences, results.decision.metric);
  }
}

void decide_references_anew(ComparisonResults& results, const Recommendation& recommendation) {
  const Metric metric = results.decision.metric;
  for (ReferenceResult& reference : results.references) {
    const bool same = recommendation.chosen &&
                      results.strategies[*recommendation.chosen].name == reference.against;
    if (same && reference.difference && reference.difference->metric == metric) continue;
    reference.difference =
        same ? in_metric(reference.differences, metric) : std::optional<MetricDifference>();
  }
}

}  // namespace thaw
