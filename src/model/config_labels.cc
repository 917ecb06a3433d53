#include "model/config_labels.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "files/json_file.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kMostLabels = 65536;

// "7" -> 7; -1 for what is not a number of labels.
int64_t id_of(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 6 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::stoll(text) : -1;
}

// label2id's values are numbers, or numbers in quotes.
int64_t id_of(const ordered_json& value) {
  if (value.is_string()) return id_of(value.get<std::string>());
  return value.is_number_unsigned() && value.get<uint64_t>() < kMostLabels ? value.get<int64_t>()
                                                                           : -1;
}

std::string count_of_labels(size_t labels) {
  return fmt::format("{}{}", labels, labels == 1 ? " label" : " labels");
}

std::vector<std::string> read_id2label(const ConfigFile& file, const ordered_json& map) {
  const int64_t size = static_cast<int64_t>(map.size());
  if (!map.is_object() || size == 0 || size > kMostLabels) {
    file.impossible("id2label", "an object with a name for each label");
  }
  // The keys are "0" … in any order ("10" may stand before "2").
  std::vector<std::string> names(static_cast<size_t>(size));
  std::vector<bool> seen(names.size(), false);
  for (const auto& [key, value] : map.items()) {
    const int64_t id = id_of(key);
    if (id < 0 || id >= size || seen[id]) {
      file.fail(fmt::format("field 'id2label' has the key {}, and its keys must be 0 to {}",
                            in_quotes(key), size - 1),
                "correct the field");
    }
    if (!value.is_string() && !value.is_number() && !value.is_boolean()) {
      file.fail(fmt::format("field 'id2label' gives label {} no name", key), "correct the field");
    }
    seen[id] = true;
    // Numbers, true and false are called what they are called in the file.
    names[id] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return names;
}

// "" where every id has a name of its own.
std::string repeated_name(const std::string& field, const std::vector<std::string>& names) {
  std::map<std::string, size_t> ids;
  for (size_t id = 0; id < names.size(); ++id) {
    if (names[id].empty()) return fmt::format("{} gives label {} an empty name", field, id);
    const auto [place, is_new] = ids.emplace(names[id], id);
    if (is_new) continue;
    return fmt::format("{} calls both {} and {} {}", field, place->second, id,
                       in_quotes(names[id]));
  }
  return "";
}

// What label2id says against the names, "" where nothing. LABEL_0, which Transformers leaves there
// where only id2label was set, says nothing against any name.
std::string denied_by_label2id(const std::vector<std::string>& names, const ordered_json& map) {
  for (const auto& [name, value] : map.items()) {
    const int64_t id = id_of(value);
    if (id < 0 || id >= static_cast<int64_t>(names.size())) {
      return fmt::format("label2id gives {} the id {}, but id2label names 0 to {}", in_quotes(name),
                         sanitize_json(value), names.size() - 1);
    }
    if (names[id] == name || name == fmt::format("LABEL_{}", id)) continue;
    return fmt::format("id2label calls {} {}, but label2id calls it {}", id, in_quotes(names[id]),
                       in_quotes(name));
  }
  return "";
}

// Names from label2id alone; the contradiction is set where it does not number them 0 to n-1.
void read_label2id(const ordered_json& map, ConfigLabels& labels) {
  std::vector<std::string> names(map.size());
  std::vector<bool> seen(names.size(), false);
  for (const auto& [name, value] : map.items()) {
    const int64_t id = id_of(value);
    if (id < 0 || id >= static_cast<int64_t>(names.size()) || seen[id]) {
      labels.contradiction = fmt::format(
          "label2id gives {} the id {}, and its {} must have the ids 0 to {}", in_quotes(name),
          sanitize_json(value), count_of_labels(names.size()), names.size() - 1);
      return;
    }
    seen[id] = true;
    names[id] = name;
  }
  labels.names = std::move(names);
  labels.field = "label2id";
}

// The first count that is not the names'.
std::string other_count(const ConfigLabels& labels, const std::pair<const char*, int64_t>& other) {
  if (other.second < 0 || other.second == static_cast<int64_t>(labels.names.size())) return "";
  return fmt::format("{} names {}, but {}{}{}", labels.field, count_of_labels(labels.names.size()),
                     other.first, std::string(other.first) == "label2id" ? " names " : " is ",
                     other.second);
}

}  // namespace

std::vector<std::string> place_names(int64_t labels) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < labels; ++i) names.push_back(fmt::format("LABEL_{}", i));
  return names;
}

ConfigLabels read_config_labels(const ConfigFile& file) {
  const auto count = [&](const char* name) {
    return file.find(name) == nullptr ? -1 : file.size(name, 1, kMostLabels);
  };
  const int64_t num_labels = count("num_labels"), old_count = count("_num_labels");
  const ordered_json* map = file.find("id2label");
  const ordered_json* inverse = file.find("label2id");
  if (inverse != nullptr && (!inverse->is_object() || inverse->size() > kMostLabels)) {
    file.impossible("label2id", "an object with an id for each label");
  }
  if (inverse != nullptr && inverse->empty()) inverse = nullptr;

  ConfigLabels labels;
  if (map != nullptr) {
    labels.names = read_id2label(file, *map);
    labels.field = "id2label";
    if (num_labels >= 0 && num_labels != static_cast<int64_t>(labels.names.size())) {
      file.impossible("num_labels",
                      fmt::format("the number of names in id2label ({})", labels.names.size()));
    }
  } else if (inverse != nullptr) {
    read_label2id(*inverse, labels);
  } else if (num_labels >= 0 || old_count >= 0) {
    labels.names = place_names(num_labels >= 0 ? num_labels : old_count);
    labels.field = num_labels >= 0 ? "num_labels" : "_num_labels";
  }
  if (labels.names.empty()) return labels;

  const int64_t inverse_size = inverse == nullptr ? -1 : static_cast<int64_t>(inverse->size());
  std::string& denied = labels.contradiction;
  denied = repeated_name(labels.field, labels.names);
  for (const auto& other : {std::pair{"num_labels", num_labels},
                            {"_num_labels", old_count},
                            {"label2id", inverse_size}}) {
    if (denied.empty()) denied = other_count(labels, other);
  }
  if (denied.empty() && inverse != nullptr) denied = denied_by_label2id(labels.names, *inverse);
  labels.named = labels.names != place_names(static_cast<int64_t>(labels.names.size()));
  return labels;
}

}  // namespace thaw
