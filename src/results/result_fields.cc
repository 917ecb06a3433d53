#include "results/result_fields.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/error.h"

namespace thaw {

ResultFields::ResultFields(const Json& json, std::string place, std::string path)
    : json_(json), place_(std::move(place)), path_(std::move(path)) {
  if (!json_.is_object()) fail("is not an object");
}

const ResultFields::Json& ResultFields::at(const char* name) const {
  const auto found = json_.find(name);
  if (found == json_.end()) fail(fmt::format("has no field '{}'", name));
  return *found;
}

const ResultFields::Json& ResultFields::list(const char* name) const {
  const Json& value = at(name);
  if (!value.is_array()) fail(fmt::format("field '{}' is not a list", name));
  return value;
}

std::string ResultFields::text(const char* name) const {
  const Json& value = at(name);
  if (!value.is_string()) fail(fmt::format("field '{}' is not a text", name));
  return value.get<std::string>();
}

bool ResultFields::truth(const char* name) const {
  const Json& value = at(name);
  if (!value.is_boolean()) fail(fmt::format("field '{}' is not true or false", name));
  return value.get<bool>();
}

double ResultFields::number(const char* name) const {
  const Json& value = at(name);
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!value.is_number()) fail(fmt::format("field '{}' is not a number", name));
  return value.get<double>();
}

int64_t ResultFields::count(const char* name) const { return count_of(at(name), name); }

int64_t ResultFields::count_of(const Json& value, const char* name) const {
  // More than any run counts, and little enough for millions of them to be added up.
  constexpr uint64_t kMost = uint64_t{1} << 40;
  const bool whole = value.is_number_unsigned()
                         ? value.get<uint64_t>() <= kMost
                         : value.is_number_integer() && value.get<int64_t>() >= 0;
  if (!whole) fail(fmt::format("field '{}' is not a count", name));
  return value.get<int64_t>();
}

uint64_t ResultFields::seed(const char* name) const {
  const Json& value = at(name);
  if (!value.is_number_unsigned()) fail(fmt::format("field '{}' is not a seed", name));
  return value.get<uint64_t>();
}

int ResultFields::small_count(const char* name) const {
  const int64_t value = count(name);
  if (value > 1'000'000'000) fail(fmt::format("field '{}' is too large", name));
  return static_cast<int>(value);
}

int32_t ResultFields::label(const char* name, size_t labels) const {
  const int64_t value = count(name);
  if (static_cast<size_t>(value) >= labels) {
    fail(fmt::format("field '{}' is not the number of a label", name));
  }
  return static_cast<int32_t>(value);
}

std::map<std::string, std::string> ResultFields::text_map(const char* name) const {
  const Json& value = at(name);
  if (!value.is_object()) fail(fmt::format("field '{}' is not an object", name));
  std::map<std::string, std::string> entries;
  for (const auto& [key, entry] : value.items()) {
    if (!entry.is_string()) fail(fmt::format("field '{}' holds what is not a text", name));
    entries[key] = entry.get<std::string>();
  }
  return entries;
}

bool ResultFields::has(const char* name) const {
  const auto found = json_.find(name);
  return found != json_.end() && !found->is_null();
}

ResultFields ResultFields::inside(const Json& json, const std::string& name) const {
  return ResultFields(json, place_, path_.empty() ? name : path_ + "." + name);
}

void ResultFields::fail(const std::string& what) const {
  throw Error((path_.empty() ? "the file" : path_) + " " + what, place_,
              "use results.json as thaw wrote it");
}

}  // namespace thaw
