#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "model/config_fields.h"

namespace thaw {

// What to do about a note that is not what save_classifier writes.
inline constexpr const char* kNotesRemedy =
    "correct the field, or copy the file again from where the model was saved";

// How a classifier's logits become probabilities and when it had better not answer, as found on
// validation rows. Saved among what thaw notes of a model (model/classifier_notes.h).
struct ProbabilityRules {
  // Calibrated probabilities are softmax(logits / temperature) of the logits as trained.
  double temperature = 1;
  // Whether the last layer's weights and bias have been divided by it already, as in every
  // classifier that was opened with its own labels: its logits / temperature are what it gives.
  bool folded = false;
  // The precision that the thresholds were chosen for; 0: there are none.
  double target_precision = 0;
  // Probability from which on an answer counts, by label; NaN: no answer of this label was right
  // often enough.  // [labels], or empty
  std::vector<double> thresholds;
};

// The members of the JSON object. "folded_temperature" stands for weights in the file that have
// been divided by it, "temperature" (of folders saved before) for weights that have not. Reading
// throws Error where one of them is not what it should be: a temperature that is no number from
// 0.001 to 1000, both of them, another number of thresholds than labels.
void write_probability_rules(const ProbabilityRules& rules, nlohmann::ordered_json& object);
ProbabilityRules read_probability_rules(const ConfigFile& notes, size_t labels);

}  // namespace thaw
