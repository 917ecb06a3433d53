#include "report/evidence.h"

#include <algorithm>
#include <cmath>

#include "evaluation/bootstrap.h"

namespace thaw {
namespace {

RunAnswers answers_of(const std::vector<float>& logits, const std::vector<int32_t>& gold,
                      int64_t labels) {
  const auto rows = static_cast<int64_t>(gold.size());
  RunAnswers answers{predicted_labels(logits.data(), rows, labels), {}};
  answers.losses.reserve(gold.size());
  for (int64_t row = 0; row < rows; ++row) {
    const float* own = logits.data() + row * labels;
    const double most = *std::max_element(own, own + labels);
    double total = 0;
    for (int64_t label = 0; label < labels; ++label) total += std::exp(own[label] - most);
    answers.losses.push_back(most + std::log(total) - own[gold[row]]);
  }
  return answers;
}

}  // namespace

Evidence make_evidence(const ComparisonResults& results) {
  ComparedAnswers answers;
  answers.labels = static_cast<int64_t>(results.label_names.size());
  answers.gold = results.test_gold;
  const size_t wanted = answers.gold.size() * results.label_names.size();
  bool any = false;
  const auto add = [&](const std::string& failure, const std::vector<float>& logits,
                       std::vector<RunAnswers>& runs) {
    if (wanted == 0 || !failure.empty() || logits.size() != wanted) return;
    runs.push_back(answers_of(logits, answers.gold, answers.labels));
    any = true;
  };
  for (const StrategyResult& strategy : results.strategies) {
    auto& runs = answers.strategies.emplace_back();
    add(strategy.failure, strategy.test_logits, runs);
    for (const SeedRun& rerun : strategy.reruns) add(rerun.failure, rerun.test_logits, runs);
  }
  return any ? bootstrap_evidence(answers) : Evidence{};
}

}  // namespace thaw
