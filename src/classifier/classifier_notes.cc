#include "classifier/classifier_notes.h"

#include <set>
#include <system_error>

#include "base/error.h"
#include "model_io/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRemedy = "fetch or save the model again";

std::vector<std::string> read_labels(const nlohmann::ordered_json& json, const fs::path& file) {
  std::vector<std::string> labels;
  const auto found = json.find("labels");
  if (found != json.end() && found->is_array()) {
    for (const auto& label : *found) {
      if (label.is_string()) labels.push_back(label.get<std::string>());
    }
  }
  const std::set<std::string> different(labels.begin(), labels.end());
  if (labels.empty() || labels.size() != found->size() || different.size() != labels.size()) {
    throw Error("field 'labels' is not a list of different names", file.string(), kRemedy);
  }
  return labels;
}

std::optional<ColumnRoles> read_columns(const nlohmann::ordered_json& json) {
  const auto found = json.find("columns");
  if (found == json.end() || !found->is_object()) return std::nullopt;
  const auto name = [&](const char* key) -> std::optional<std::string> {
    const auto column = found->find(key);
    if (column == found->end() || !column->is_string()) return std::nullopt;
    return column->get<std::string>();
  };
  const auto text = name("text");
  if (!text) return std::nullopt;
  return ColumnRoles{*text, name("text_pair"), name("label"), "the model", {}};
}

}  // namespace

nlohmann::ordered_json columns_json(const ColumnRoles& columns) {
  nlohmann::ordered_json json = {{"text", columns.text}};
  if (columns.pair) json["text_pair"] = *columns.pair;
  if (columns.label) json["label"] = *columns.label;
  return json;
}

std::optional<ClassifierNotes> read_classifier_notes(const fs::path& folder_or_config,
                                                     const nlohmann::ordered_json& config) {
  std::error_code error;
  const bool is_folder = fs::is_directory(folder_or_config, error);
  ClassifierNotes notes;
  if (is_folder && fs::exists(folder_or_config / kNotesFile, error)) {
    notes.file = folder_or_config / kNotesFile;
    notes.json = read_json_file(notes.file);
    if (!notes.json.is_object()) {
      throw Error("is not a JSON object", notes.file.string(), kRemedy);
    }
    notes.labels = read_labels(notes.json, notes.file);
  } else {
    const auto own = config.find("thaw");
    if (own == config.end() || !own->is_object()) return std::nullopt;
    notes.file = is_folder ? folder_or_config / "config.json" : folder_or_config;
    notes.json = *own;
  }
  const auto length = notes.json.find("max_length");
  if (length != notes.json.end() && length->is_number_integer()) {
    notes.max_length = length->get<int>();
  }
  notes.columns = read_columns(notes.json);
  return notes;
}

}  // namespace thaw
