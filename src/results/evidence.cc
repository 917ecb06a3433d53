#include "results/evidence.h"

#include <algorithm>
#include <cmath>

#include "results/shown.h"

namespace thaw {

SignificanceTests make_evidence(const ComparisonResults& results,
                                const BootstrapSettings& settings) {
  const auto rows = static_cast<int64_t>(results.test_gold.size());
  const auto labels = static_cast<int64_t>(results.label_names.size());
  const auto known = [&](const std::vector<float>& logits) {
    return rows > 0 && static_cast<int64_t>(logits.size()) == rows * labels &&
           std::all_of(logits.begin(), logits.end(), [](float x) { return std::isfinite(x); });
  };
  PairedPredictions answers{.labels = labels, .gold = results.test_gold, .strategies = {}};
  bool any = false;
  for (const StrategyResult& strategy : results.strategies) {
    std::vector<Predictions>& runs = answers.strategies.emplace_back();
    const auto add = [&](const std::vector<float>& logits, uint64_t seed) {
      runs.push_back({predicted_labels(logits.data(), rows, labels),
                      row_losses(logits.data(), results.test_gold.data(), rows, labels), seed});
    };
    if (!measured(strategy) || !known(strategy.test_logits)) continue;
    any = true;
    add(strategy.test_logits, strategy.seed);
    for (const SeedRun& run : strategy.reruns) {
      if (run.failure.empty() && known(run.test_logits)) add(run.test_logits, run.seed);
    }
  }
  return any ? bootstrap_evidence(answers, settings) : SignificanceTests{};
}

}  // namespace thaw
