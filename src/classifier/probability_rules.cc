#include "classifier/probability_rules.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace thaw {

void write_probability_rules(const ProbabilityRules& rules, nlohmann::ordered_json& object) {
  if (rules.temperature != 1) {
    object[rules.folded ? "folded_temperature" : "temperature"] = rules.temperature;
  }
  if (rules.precision_target == 0) return;
  object["precision_target"] = rules.precision_target;
  object["thresholds"] = nlohmann::ordered_json::array();
  for (const double threshold : rules.thresholds) {
    object["thresholds"].push_back(std::isnan(threshold) ? nlohmann::ordered_json()
                                                         : nlohmann::ordered_json(threshold));
  }
}

template <class Json>
ProbabilityRules read_probability_rules(const Json& object, size_t labels,
                                        const std::filesystem::path& file) {
  ProbabilityRules rules;
  const auto wrong = [&](const std::string& what) {
    throw Error(what, file.string(), "save the model again");
  };
  const auto number = [&](const Json& value, double most, const std::string& name) {
    const double read = value.is_number() ? value.template get<double>() : -1;
    if (!(read > 0) || !(read <= most)) {
      wrong("'thaw." + name + "' is not a number above 0" +
            (most <= 1 ? std::string(", up to 1") : std::string()));
    }
    return read;
  };
  for (const std::string name : {"temperature", "folded_temperature"}) {
    const auto found = object.find(name);
    if (found == object.end()) continue;
    if (rules.folded || rules.temperature != 1) wrong("names two temperatures");
    rules.temperature = number(*found, 1e6, name);
    rules.folded = name == "folded_temperature";
  }
  const auto target = object.find("precision_target"), list = object.find("thresholds");
  if (target == object.end() && list == object.end()) return rules;
  if (target == object.end() || list == object.end() || !list->is_array() ||
      list->size() != labels) {
    wrong("'thaw.thresholds' is not a list of " + std::to_string(labels) +
          " numbers with a precision_target");
  }
  rules.precision_target = number(*target, 1, "precision_target");
  for (const auto& value : *list) {
    rules.thresholds.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                               : number(value, 1, "thresholds"));
  }
  return rules;
}

template ProbabilityRules read_probability_rules(const nlohmann::json&, size_t,
                                                 const std::filesystem::path&);
template ProbabilityRules read_probability_rules(const nlohmann::ordered_json&, size_t,
                                                 const std::filesystem::path&);

}  // namespace thaw
