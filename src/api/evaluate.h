#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/answers.h"
#include "api/trained_model.h"
#include "base/listener.h"
#include "data/dataset.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "results/results.h"

namespace thaw {

// How a trained model answers labelled texts.
struct Evaluation {
  ClassificationMetrics metrics;  // of `logits`
  std::vector<float> logits;      // [rows, labels] whose probabilities the settings ask for
  // How far probabilities can be believed, as the model was trained and as it was saved. The same
  // where its temperature is 1.
  CalibrationSummary as_trained, as_saved;
  int64_t answered = 0, right = 0;  // rows; of the answered ones
};

// From the logits of an opened classifier and the labels of the same rows, by their index in the
// classifier's label_names. Throws Error as choose_answers() and classification_metrics() do, and
// where there are not as many logits as the labels need.
Evaluation evaluate(const ClassifierModel& classifier, const std::vector<float>& logits,
                    const std::vector<int32_t>& gold, const AnswerSettings& settings = {});

// The same metrics by the values of the split's columns (DataOptions::slice_columns), as
// format_slices() takes them; without slices where there are no columns. `name`: of the model.
ComparisonResults slice_evaluation(const TrainedModel& model, const Split& split,
                                   const Evaluation& evaluation, const std::string& name,
                                   const Listener& listener = {});

}  // namespace thaw
