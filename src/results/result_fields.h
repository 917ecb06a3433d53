#pragma once  // Tests: tests/report/export/json_test.cc

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace thaw {

// An object of results.json, of which nothing is believed before it is checked. Knows the path that
// leads to it, for messages. The JSON must outlive it.
class ResultFields {
 public:
  using Json = nlohmann::json;

  // Throws Error where `json` is no object. `place`: the file.
  ResultFields(const Json& json, std::string place, std::string path);

  // Each throws Error, with place and path, where the field is missing or of another type.
  const Json& at(const char* name) const;
  const Json& list(const char* name) const;
  std::string text(const char* name) const;
  bool truth(const char* name) const;
  double number(const char* name) const;  // NaN for null, which stands for what is not finite
  int64_t count(const char* name) const;  // a whole number, at least 0
  uint64_t seed(const char* name) const;
  int small_count(const char* name) const;               // a count of at most 10^9
  int32_t label(const char* name, size_t labels) const;  // a count below `labels`
  std::map<std::string, std::string> text_map(const char* name) const;

  // False as well where it is null.
  bool has(const char* name) const;
  // A count that stands in the list or object `name`.
  int64_t count_of(const Json& value, const char* name) const;
  ResultFields inside(const Json& json, const std::string& name) const;
  ResultFields object(const char* name) const { return inside(at(name), name); }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  const Json& json_;
  std::string place_, path_;
};

}  // namespace thaw
