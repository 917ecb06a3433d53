#include "data/saved_dataset.h"

#include <fmt/format.h>

#include <string>

#include "base/error.h"
#include "files/files.h"
#include "files/json_file.h"
#include "text/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSaveAgain = "save it again with save_to_disk()";

nlohmann::json read_json(const fs::path& path) {
  const MappedFile file = MappedFile::open(path);
  nlohmann::json json = parse_unique_json(file.text(), path.string());
  if (!json.is_object()) throw Error("is not a JSON object", path.string(), kSaveAgain);
  return json;
}

// A name of something that lies in the folder itself.
std::string plain_name(const nlohmann::json& name, const fs::path& where) {
  if (name.is_string()) {
    const auto& text = name.get_ref<const std::string&>();
    if (!text.empty() && text != "." && text != ".." &&
        text.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos) {
      return text;
    }
  }
  throw Error(fmt::format("names {}, which is nothing in its folder", quoted_excerpt(name.dump())),
              where.string(), kSaveAgain);
}

// features: {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
std::map<std::string, std::vector<std::string>> class_names_in(const fs::path& info) {
  std::map<std::string, std::vector<std::string>> class_names;
  if (!fs::exists(info)) return class_names;
  const nlohmann::json json = read_json(info);
  const auto features = json.find("features");
  if (features == json.end() || !features->is_object()) return class_names;
  for (const auto& [column, feature] : features->items()) {
    if (!feature.is_object() || feature.value("_type", nlohmann::json()) != "ClassLabel") continue;
    const auto names = feature.find("names");
    if (names == feature.end() || !names->is_array()) continue;
    for (const auto& name : *names) {
      if (!name.is_string()) {
        throw Error(fmt::format("names a class of {} by what is no text", quoted_excerpt(column)),
                    info.string(), kSaveAgain);
      }
      class_names[column].push_back(name.get<std::string>());
    }
  }
  return class_names;
}

NamedSplit read_saved_table(const fs::path& folder, const std::string& name) {
  const fs::path state = folder / "state.json";
  const nlohmann::json json = read_json(state);
  for (const char* indices : {"_indices_files", "_indices_data_files"}) {
    const auto found = json.find(indices);
    if (found != json.end() && !found->empty()) {
      throw Error(
          "its rows were chosen by an indices mapping, which only old versions of datasets save",
          state.string(), "load it with datasets and save it again with save_to_disk()");
    }
  }
  const auto files = json.find("_data_files");
  if (files == json.end() || !files->is_array() || files->empty()) {
    throw Error("lists no files in _data_files", state.string(), kSaveAgain);
  }
  NamedSplit split{name, {}};
  for (const auto& file : *files) {
    const fs::path path =
        folder /
        plain_name(file.is_object() ? file.value("filename", nlohmann::json()) : file, state);
    if (!fs::exists(path)) {
      throw Error("is missing, and state.json lists it", path.string(), "copy the whole folder");
    }
    split.source.files.push_back(path);
  }
  const auto own_name = json.find("_split");
  if (name.empty()) {
    split.name =
        own_name != json.end() && own_name->is_string() ? own_name->get<std::string>() : "train";
  }
  split.source.class_names = class_names_in(folder / "dataset_info.json");
  return split;
}

}  // namespace

std::optional<std::vector<NamedSplit>> saved_splits(const fs::path& folder) {
  const fs::path dictionary = folder / "dataset_dict.json";
  if (!fs::exists(dictionary)) {
    if (!fs::exists(folder / "state.json")) return std::nullopt;
    return std::vector<NamedSplit>{read_saved_table(folder, "")};
  }
  const nlohmann::json json = read_json(dictionary);
  const auto names = json.find("splits");
  if (names == json.end() || !names->is_array() || names->empty()) {
    throw Error("lists no splits", dictionary.string(), kSaveAgain);
  }
  std::vector<NamedSplit> splits;
  for (const auto& entry : *names) {
    const std::string name = plain_name(entry, dictionary);
    if (!fs::exists(folder / name / "state.json")) {
      throw Error("is missing, and dataset_dict.json lists its split",
                  (folder / name / "state.json").string(), "copy the whole folder");
    }
    splits.push_back(read_saved_table(folder / name, name));
  }
  return splits;
}

}  // namespace thaw
