#include "model/config_fields.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"

namespace thaw {

using nlohmann::ordered_json;

std::string sanitize_json(const ordered_json& value) {
  std::string text = value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

void ConfigFile::fail(const std::string& what, const std::string& remedy) const {
  throw Error(what, where_, remedy);
}

void ConfigFile::impossible(const char* name, const std::string& need,
                            const std::string& remedy) const {
  const std::string value = holds(name) ? sanitize_json(json_.at(name)) : "not there";
  fail(fmt::format("field '{}{}' is {}, and must be {}", within_, name, value, need), remedy);
}

const ordered_json* ConfigFile::find(const char* name) const {
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

int64_t ConfigFile::size(const char* name, int64_t least, int64_t most,
                         const std::string& remedy) const {
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  const ordered_json& value = json_.at(name);
  const bool whole = value.is_number_integer() &&
                     !(value.is_number_unsigned() && value.get<uint64_t>() > kLargest);
  if (!whole || value.get<int64_t>() < least || value.get<int64_t>() > most) {
    impossible(name, fmt::format("a whole number from {} to {}", least, most), remedy);
  }
  return value.get<int64_t>();
}

float ConfigFile::number(const char* name, float otherwise, double below, const char* need) const {
  if (name == nullptr || find(name) == nullptr) return otherwise;
  const ordered_json& value = *find(name);
  const double number = value.is_number() ? value.get<double>() : -1.0;
  if (!(number >= 0.0 && number < below)) impossible(name, need);
  return static_cast<float>(number);
}

float ConfigFile::probability(const char* name, float otherwise) const {
  return number(name, otherwise, 1.0, "a probability from 0 to below 1");
}

bool ConfigFile::flag(const char* name) const {
  const ordered_json* value = find(name);
  return value != nullptr && !(value->is_boolean() && !value->get<bool>());
}

}  // namespace thaw
