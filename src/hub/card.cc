#include "hub/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/setting_words.h"
#include "hub/yaml.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

// The text between a first line "---" and the next one; empty where there is none.
std::string_view front_matter(std::string_view readme) {
  if (readme.starts_with("\xEF\xBB\xBF")) readme.remove_prefix(3);
  const auto line_of = [](std::string_view text) {
    std::string_view line = text.substr(0, text.find('\n'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    return line;
  };
  const auto after_line = [](std::string_view text) {
    const size_t end = text.find('\n');
    return end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  };
  if (line_of(readme) != "---") return {};
  const std::string_view rest = after_line(readme);
  for (std::string_view left = rest; !left.empty(); left = after_line(left)) {
    if (line_of(left) == "---") return rest.substr(0, rest.size() - left.size());
  }
  return {};
}

std::string text_at(const ordered_json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : "";
}

// One value, or a list of them.
std::vector<std::string> texts_of(const ordered_json& value) {
  std::vector<std::string> texts;
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (value.is_array()) {
    for (const ordered_json& item : value) {
      if (item.is_string()) texts.push_back(item.get<std::string>());
    }
  }
  return texts;
}

// "train-*", a list of such, {train: …, test: …}, or [{split: train, path: …}, …].
std::vector<CardConfiguration::Split> splits_of(const ordered_json& files) {
  std::vector<CardConfiguration::Split> splits;
  if (files.is_object()) {
    for (const auto& [name, value] : files.items()) splits.push_back({name, texts_of(value)});
    return splits;
  }
  if (files.is_array()) {
    for (const ordered_json& entry : files) {
      if (!entry.is_object() || !entry.contains("path")) continue;
      splits.push_back({text_at(entry, "split"), texts_of(entry["path"])});
    }
  }
  if (splits.empty() && !texts_of(files).empty()) splits.push_back({"train", texts_of(files)});
  return splits;
}

CardConfiguration configuration_of(const ordered_json& entry) {
  CardConfiguration configuration;
  configuration.name = text_at(entry, "config_name");
  if (configuration.name.empty()) configuration.name = "default";
  configuration.is_default = configuration.name == "default" || text_at(entry, "default") == "true";
  configuration.folder = text_at(entry, "data_dir");
  while (configuration.folder.ends_with('/')) configuration.folder.pop_back();
  if (configuration.folder.starts_with("./")) configuration.folder.erase(0, 2);
  if (configuration.folder == ".") configuration.folder.clear();
  if (entry.contains("data_files")) configuration.splits = splits_of(entry["data_files"]);
  return configuration;
}

// {'0': negative, '1': positive}, or [negative, positive].
std::vector<std::string> class_names_of(const ordered_json& names, const std::string& where) {
  if (names.is_array()) return texts_of(names);
  std::vector<std::string> ordered(names.is_object() ? names.size() : 0);
  std::vector<bool> seen(ordered.size());
  if (!names.is_object()) return ordered;
  for (const auto& [number, name] : names.items()) {
    size_t index = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
    const bool fits = error == std::errc() && end == number.data() + number.size() &&
                      index < ordered.size() && !seen[index] && name.is_string();
    if (!fits) {
      throw Error("its class names are not numbered from 0 on", where,
                  fmt::format("name the labels with {}, and files of the data set with {}",
                              setting("label_names"), setting("data")));
    }
    seen[index] = true;
    ordered[index] = name.get<std::string>();
  }
  return ordered;
}

// features: [{name: label, dtype: {class_label: {names: …}}}, …]
std::map<std::string, std::vector<std::string>> columns_of(const ordered_json& info,
                                                           const std::string& where) {
  std::map<std::string, std::vector<std::string>> columns;
  const auto features = info.find("features");
  if (features == info.end() || !features->is_array()) return columns;
  for (const ordered_json& feature : *features) {
    const std::string column = text_at(feature, "name");
    if (column.empty() || !feature.contains("dtype") || !feature["dtype"].is_object()) continue;
    const ordered_json& type = feature["dtype"];
    if (!type.contains("class_label") || !type["class_label"].is_object() ||
        !type["class_label"].contains("names")) {
      continue;
    }
    auto names = class_names_of(type["class_label"]["names"], where);
    if (!names.empty()) columns[column] = std::move(names);
  }
  return columns;
}

}  // namespace

DataCard read_data_card(std::string_view readme, const std::string& where) {
  DataCard card;
  const std::string_view yaml = front_matter(readme);
  if (yaml.empty()) return card;
  // The line "---" itself keeps line numbers as in the file.
  const ordered_json head = parse_yaml(std::string("---\n") + std::string(yaml), where);
  if (!head.is_object()) return card;
  if (const auto configs = head.find("configs"); configs != head.end() && configs->is_array()) {
    for (const ordered_json& entry : *configs) {
      if (entry.is_object()) card.configurations.push_back(configuration_of(entry));
    }
  }
  if (const auto infos = head.find("dataset_info"); infos != head.end()) {
    const ordered_json list = infos->is_array() ? *infos : ordered_json::array({*infos});
    for (const ordered_json& info : list) {
      if (!info.is_object()) continue;
      card.class_names[text_at(info, "config_name")] = columns_of(info, where);
    }
  }
  return card;
}

}  // namespace thaw
