#include "api/answers.h"

#include <fmt/format.h>

#include "base/error.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

// Whether a label is answered, given its probability.
bool is_answered(const ClassifierModel& classifier, const AnswerSettings& settings, int32_t label,
                 double probability) {
  if (probability < settings.abstain_below) return false;
  // No comparison with NaN is true: such a label is never answered.
  return !settings.abstain || probability >= classifier.rules.thresholds[label];
}

}  // namespace

void check_answer_settings(const ClassifierModel& classifier, const AnswerSettings& settings) {
  if (!(settings.abstain_below >= 0 && settings.abstain_below <= 1)) {
    throw Error("must be a probability", Setting{"abstain_below"}, "use a number from 0 to 1",
                ErrorKind::kUsage);
  }
  if (!settings.abstain) return;
  if (settings.raw_probabilities) {
    throw Error("its thresholds were chosen among calibrated probabilities", Setting{"abstain"},
                "leave out " + setting("raw_probabilities"), ErrorKind::kUsage);
  }
  if (classifier.rules.target_precision > 0) return;
  throw Error("the model was saved without thresholds", Setting{"abstain"},
              fmt::format("train it with {}, or use {}", setting("precision_target", "0.9"),
                          setting("abstain_below", "P")));
}

double answer_temperature(const ClassifierModel& classifier, const AnswerSettings& settings) {
  return settings.raw_probabilities ? 1 / classifier.rules.temperature : 1;
}

Answers choose_answers(const ClassifierModel& classifier, const std::vector<float>& logits,
                       const AnswerSettings& settings) {
  check_answer_settings(classifier, settings);
  const int64_t labels = classifier.head.labels;
  const auto values = static_cast<int64_t>(logits.size());
  if (values % labels != 0) {
    throw Error(fmt::format("there are {} logits, which are no rows of {} labels", values, labels),
                "", "give those of this model", ErrorKind::kUsage);
  }
  const int64_t rows = values / labels;
  Answers answers;
  answers.likeliest = predicted_labels(logits.data(), rows, labels);
  answers.probabilities =
      probabilities(logits.data(), rows, labels, answer_temperature(classifier, settings));
  for (int64_t row = 0; row < rows; ++row) {
    const int32_t label = answers.likeliest[row];
    answers.answered.push_back(
        is_answered(classifier, settings, label, answers.probabilities[row * labels + label]) ? 1
                                                                                              : 0);
  }
  return answers;
}

}  // namespace thaw
