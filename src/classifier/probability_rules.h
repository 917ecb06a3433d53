#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace thaw {

// How a classifier's logits become probabilities and when it had better not answer, as found on
// validation rows. Saved as members of "thaw" in config.json, which other programs pass over.
struct ProbabilityRules {
  double temperature = 1;  // probabilities are softmax(logits / temperature)
  // The precision that the thresholds were chosen for; 0: there are none.
  double precision_target = 0;
  // Probability from which on an answer counts, by label; NaN: no answer of this label was right
  // often enough.  // [labels], or empty
  std::vector<double> thresholds;
};

// The members of config.json's "thaw" object. Reading throws Error with `file` where one of them is
// not what it should be: a temperature that is not above 0, another number of thresholds than
// labels.
void write_probability_rules(const ProbabilityRules& rules, nlohmann::ordered_json& object);
template <class Json>
ProbabilityRules read_probability_rules(const Json& object, size_t labels,
                                        const std::filesystem::path& file);

}  // namespace thaw
