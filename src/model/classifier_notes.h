#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/readers/column_roles.h"
#include "model/config_fields.h"
#include "model/probability_rules.h"

namespace thaw {

// What thaw notes of a classifier besides what Transformers and sentence-transformers know of it.
// A family's own head has it as the object "thaw" in config.json, which Transformers passes over; a
// folder of modules as the file thaw.json beside modules.json, with the label names in the order of
// the logits ("labels").
struct ClassifierNotes {               // NOLINT(bugprone-exception-escape): its implicit move
  std::string where, within;           // the file, and "thaw." in a config.json
  std::vector<std::string> labels;     // of thaw.json; empty: those of config.json hold
  int max_length = 0;                  // that it was trained with, in tokens; 0: not said
  std::optional<ColumnRoles> columns;  // of the file that it was trained on
  std::string head_sha256;             // of the head that temperature and thresholds are of
  nlohmann::ordered_json json;         // the whole object

  ConfigFile fields() const { return {json, where, within}; }
};

inline constexpr const char* kNotesFile = "thaw.json";

// {"text": …, "text_pair": …, "label": …}: "text_pair" of a model of pairs of texts alone.
nlohmann::ordered_json columns_json(const ColumnRoles& columns);

// The notes of a model's folder, or of a config.json (already read); nullopt where thaw did not
// save it. Keys that it does not know are passed over. Throws Error, with the file and the field,
// for one of another kind than save_classifier writes.
std::optional<ClassifierNotes> read_classifier_notes(const std::filesystem::path& folder_or_config,
                                                     const nlohmann::ordered_json& config);

}  // namespace thaw
