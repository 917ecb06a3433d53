#include "model/probability_rules.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace thaw {

void write_probability_rules(const ProbabilityRules& rules, nlohmann::ordered_json& object) {
  if (rules.temperature != 1) {
    object[rules.folded ? "folded_temperature" : "temperature"] = rules.temperature;
  }
  if (rules.target_precision == 0) return;
  object["precision_target"] = rules.target_precision;
  object["thresholds"] = nlohmann::ordered_json::array();
  for (const double threshold : rules.thresholds) {
    object["thresholds"].push_back(std::isnan(threshold) ? nlohmann::ordered_json()
                                                         : nlohmann::ordered_json(threshold));
  }
}

ProbabilityRules read_probability_rules(const ConfigFile& notes, size_t labels) {
  ProbabilityRules rules;
  const auto is_within = [](const nlohmann::ordered_json& value, double least, double most) {
    return value.is_number() && value.get<double>() >= least && value.get<double>() <= most;
  };
  if (notes.holds("temperature") && notes.holds("folded_temperature")) {
    notes.impossible("temperature", "left out beside 'folded_temperature'", kNotesRemedy);
  }
  for (const char* name : {"temperature", "folded_temperature"}) {
    if (!notes.holds(name)) continue;
    // What can be divided by without an overflow; the fit ends long before.
    if (!is_within(notes.at(name), 1e-3, 1e3)) {
      notes.impossible(name, "a number from 0.001 to 1000", kNotesRemedy);
    }
    rules.temperature = notes.at(name).get<double>();
    rules.folded = std::string_view(name) == "folded_temperature";
  }
  if (!notes.holds("precision_target") && !notes.holds("thresholds")) return rules;
  constexpr double kAboveZero = std::numeric_limits<double>::denorm_min();
  if (!notes.holds("precision_target") || !is_within(notes.at("precision_target"), kAboveZero, 1)) {
    notes.impossible("precision_target", "a number above 0 and up to 1 beside 'thresholds'",
                     kNotesRemedy);
  }
  bool fits = notes.holds("thresholds") && notes.at("thresholds").is_array() &&
              notes.at("thresholds").size() == labels;
  if (fits) {
    for (const auto& value : notes.at("thresholds")) {
      fits = fits && (value.is_null() || is_within(value, kAboveZero, 1));
    }
  }
  if (!fits) {
    notes.impossible(
        "thresholds",
        fmt::format("a list of {}, for each label a number above 0 and up to 1, or null", labels),
        kNotesRemedy);
  }
  rules.target_precision = notes.at("precision_target").get<double>();
  for (const auto& value : notes.at("thresholds")) {
    rules.thresholds.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                               : value.get<double>());
  }
  return rules;
}

}  // namespace thaw
