#pragma once

#include <cstdint>
#include <vector>

#include "model/classifier.h"

namespace thaw {

// When a text is given no label, and which probabilities count.
struct AnswerSettings {
  bool abstain = false;      // below the thresholds that the model was saved with
  double abstain_below = 0;  // where the likeliest label is less probable; 0…1
  // As trained: the opened classifier's logits, which are calibrated, times its temperature. Not
  // with `abstain`, whose thresholds were chosen among calibrated probabilities.
  bool raw_probabilities = false;

  bool may_abstain() const { return abstain || abstain_below > 0; }
};

// Throws Error: `abstain` and the model was saved without thresholds; settings that contradict each
// other, or abstain_below out of range (kUsage).
void check_answer_settings(const ClassifierModel& classifier, const AnswerSettings& settings);

// What an opened classifier's logits are to be divided by.
double answer_temperature(const ClassifierModel& classifier, const AnswerSettings& settings);

// The answers to texts.
struct Answers {
  std::vector<int32_t> likeliest;    // [rows] label of the highest logit, ties to the lowest
  std::vector<char> answered;        // [rows] 1: with the likeliest label; 0: with none
  std::vector<float> probabilities;  // [rows, labels]
};

// From the logits of an opened classifier. Throws Error as check_answer_settings() does, and where
// a logit is NaN or infinite.
Answers choose_answers(const ClassifierModel& classifier,
                       const std::vector<float>& logits /* [rows, labels] */,
                       const AnswerSettings& settings = {});

}  // namespace thaw
