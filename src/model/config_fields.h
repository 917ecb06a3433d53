#pragma once  // Tests: tests/model/model_config_test.cc

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace thaw {

// The fields of one config.json, or of an object in it ("thaw." for `within`), read with their
// names in every message. `json` and `where` must outlive it.
class ConfigFile {
 public:
  ConfigFile(const nlohmann::ordered_json& json, const std::string& where, std::string within = "")
      : json_(json), where_(where), within_(std::move(within)) {}

  // Throw Error.
  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const;
  [[noreturn]] void impossible(const char* name, const std::string& need,
                               const std::string& remedy = "correct the field") const;

  bool holds(const char* name) const { return json_.contains(name); }
  const nlohmann::ordered_json& at(const char* name) const { return json_.at(name); }
  // nullptr where the field is absent or null.
  const nlohmann::ordered_json* find(const char* name) const;

  // A whole number in these bounds; the field is there.
  int64_t size(const char* name, int64_t least, int64_t most,
               const std::string& remedy = "correct the field") const;
  // A number in [0, below), or the default where the field is absent.
  float number(const char* name, float otherwise, double below, const char* need) const;
  float probability(const char* name, float otherwise) const;
  // Whether the field is there and not false.
  bool flag(const char* name) const;

 private:
  const nlohmann::ordered_json& json_;
  const std::string& where_;
  std::string within_;
};

// A value as it stands in the file, cut where it is long.
std::string sanitize_json(const nlohmann::ordered_json& value);

}  // namespace thaw
