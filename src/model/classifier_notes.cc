#include "model/classifier_notes.h"

#include <cstdint>
#include <set>
#include <system_error>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kLongest = int64_t{1} << 24;  // of a max_length, as for sentence encoders

std::vector<std::string> read_labels(const ConfigFile& notes) {
  std::vector<std::string> labels;
  bool fits = notes.holds("labels") && notes.at("labels").is_array();
  if (fits) {
    for (const auto& label : notes.at("labels")) {
      fits = fits && label.is_string();
      if (fits) labels.push_back(label.get<std::string>());
    }
  }
  const std::set<std::string> different(labels.begin(), labels.end());
  if (!fits || labels.empty() || different.size() != labels.size()) {
    notes.impossible("labels", "a list of different names, in the order of the logits",
                     kNotesRemedy);
  }
  return labels;
}

std::optional<ColumnRoles> read_columns(const ConfigFile& notes) {
  if (!notes.holds("columns")) return std::nullopt;
  const auto& columns = notes.at("columns");
  bool fits = columns.is_object() && columns.contains("text");
  const auto name = [&](const char* key) -> std::optional<std::string> {
    if (!fits || !columns.contains(key)) return std::nullopt;
    fits = columns.at(key).is_string();
    return fits ? std::optional(columns.at(key).get<std::string>()) : std::nullopt;
  };
  const auto text = name("text"), pair = name("text_pair"), label = name("label");
  if (!fits) {
    notes.impossible("columns",
                     "an object whose 'text', and 'text_pair' and 'label' where they are there, "
                     "are names",
                     kNotesRemedy);
  }
  return ColumnRoles{*text, pair, label, "the model", {}};
}

std::string read_head_sha256(const ConfigFile& notes) {
  if (!notes.holds("head_sha256")) return "";
  const auto& value = notes.at("head_sha256");
  const std::string hash = value.is_string() ? value.get<std::string>() : "";
  if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    notes.impossible("head_sha256", "64 hexadecimal digits", kNotesRemedy);
  }
  return hash;
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
    notes.where = (folder_or_config / kNotesFile).string();
    notes.json = read_json_file(folder_or_config / kNotesFile);
    if (!notes.json.is_object()) {
      throw Error("is not a JSON object", notes.where,
                  "copy it again from where the model was saved");
    }
    notes.labels = read_labels(notes.fields());
  } else {
    if (!config.contains("thaw")) return std::nullopt;
    notes.where = (is_folder ? folder_or_config / "config.json" : folder_or_config).string();
    notes.within = "thaw.";
    notes.json = config.at("thaw");
    if (!notes.json.is_object()) {
      ConfigFile(config, notes.where).impossible("thaw", "an object", kNotesRemedy);
    }
  }
  const ConfigFile fields = notes.fields();
  if (fields.holds("max_length")) {
    notes.max_length = static_cast<int>(fields.size("max_length", 1, kLongest, kNotesRemedy));
  }
  notes.columns = read_columns(fields);
  notes.head_sha256 = read_head_sha256(fields);
  return notes;
}

}  // namespace thaw
