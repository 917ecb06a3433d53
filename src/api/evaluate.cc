#include "api/evaluate.h"

#include <fmt/format.h>

#include "base/error.h"
#include "report/findings/slices.h"

namespace thaw {

Evaluation evaluate(const ClassifierModel& classifier, const std::vector<float>& logits,
                    const std::vector<int32_t>& gold, const AnswerSettings& settings) {
  const Answers answers = choose_answers(classifier, logits, settings);
  const auto rows = static_cast<int64_t>(gold.size());
  if (answers.likeliest.size() != gold.size()) {
    throw Error(
        fmt::format("there are logits of {} rows and labels of {}", answers.likeliest.size(), rows),
        "", "give both of the same rows", ErrorKind::kUsage);
  }
  const int64_t labels = classifier.head.labels;
  Evaluation found;
  found.logits = logits;
  const auto divisor = static_cast<float>(answer_temperature(classifier, settings));
  for (float& logit : found.logits) logit /= divisor;
  found.metrics = classification_metrics(found.logits.data(), gold.data(), rows, labels);
  const auto summary = [&](double temperature) {
    return calibration_summary(logits.data(), gold.data(), rows, labels, temperature);
  };
  found.as_saved = summary(1);
  const double temperature = classifier.rules.temperature;
  found.as_trained = temperature == 1 ? found.as_saved : summary(1 / temperature);
  for (size_t row = 0; row < gold.size(); ++row) {
    if (answers.answered[row] == 0) continue;
    ++found.answered;
    found.right += answers.likeliest[row] == gold[row] ? 1 : 0;
  }
  return found;
}

ComparisonResults slice_evaluation(const TrainedModel& model, const Split& split,
                                   const Evaluation& evaluation, const std::string& name,
                                   const Listener& listener) {
  ComparisonResults results;
  if (split.columns.empty()) return results;
  results.label_names = model.label_names();
  results.test_gold = split.labels;
  StrategyResult& own = results.strategies.emplace_back();
  own.name = name;
  own.test = evaluation.metrics;
  own.test_logits = evaluation.logits;
  take_slice_values(split.columns, model.tokenizer().lengths(split.texts), results);
  judge_slices(results, listener);
  return results;
}

}  // namespace thaw
