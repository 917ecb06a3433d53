#include "report/evidence.h"
#include "report/recommendation.h"
#include "report/references.h"

namespace thaw {

void compare_with_references(ComparisonResults& results) {
  if (results.references.empty() || results.evidence.resamples == 0) return;
  const Recommendation recommendation = recommend(results);
  if (!recommendation.chosen) return;
  const StrategyResult& chosen = results.strategies[*recommendation.chosen];
  for (ReferenceResult& reference : results.references) {
    ComparisonResults pair;
    pair.label_names = results.label_names;
    pair.test_gold = results.test_gold;
    pair.decision = results.decision;
    StrategyResult own;
    own.approach = reference_name(reference.kind);
    own.test = reference.test;
    own.test_logits = reference.test_logits;
    // It draws nothing: another seed gives the same.
    own.seed = chosen.seed;
    own.reruns = chosen.reruns;
    for (SeedRun& run : own.reruns) run.test_logits = reference.test_logits;
    pair.strategies = {own, chosen};
    const Evidence evidence = make_evidence(pair);
    if (evidence.pairs.empty()) continue;
    for (const MetricDifference& difference : evidence.pairs.front().metrics) {
      if (difference.metric != results.decision.metric) continue;
      reference.against = chosen.approach;
      reference.difference = difference;
    }
  }
}

}  // namespace thaw
