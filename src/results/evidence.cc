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
    if (!measured(strategy) || !known(strategy.test_logits)) continue;
    any = true;
    for (const SeedRun* run : strategy.runs()) {
      if (!run->failure.empty() || !known(run->test_logits)) continue;
      const float* logits = run->test_logits.data();
      runs.push_back({predicted_labels(logits, rows, labels),
                      row_losses(logits, results.test_gold.data(), rows, labels), run->seed});
    }
  }
  return any ? bootstrap_evidence(answers, settings) : SignificanceTests{};
}

void judge_runs(StrategyResult& strategy, const std::vector<int32_t>& gold, int64_t labels) {
  for (SeedRun* run : strategy.runs()) {
    if (run->failure.empty()) {
      run->test = classification_metrics(run->test_logits.data(), gold.data(),
                                         static_cast<int64_t>(gold.size()), labels);
    } else {
      run->test.confusion.assign(static_cast<size_t>(labels * labels), 0);
      run->test.per_class.resize(static_cast<size_t>(labels));
    }
  }
}

}  // namespace thaw
