#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace thaw {

// Reading tokenizer.json field by field. `where` is for messages; all throw Error on a field that
// is absent or of the wrong kind.

[[noreturn]] void throw_field(const std::string& field, const std::string& expected,
                              const std::string& where);
// "the pre-tokenizer 'X' is not supported": `known` lists the others.
[[noreturn]] void throw_unknown(const std::string& stage, const nlohmann::json& component,
                                const std::string& known, const std::string& where);

// The member, or nullptr where it is null or absent.
const nlohmann::json* find_component(const nlohmann::json& object, const char* name);
// The member's text, or "" where it is no string or absent.
template <class Json>
std::string string_or_empty(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : "";
}
// The "type" of a component, or "".
std::string type_of(const nlohmann::json& component);
bool has_type(const nlohmann::json& component, std::string_view type);

bool read_bool(const nlohmann::json& object, const std::string& field, const std::string& where);
bool read_bool(const nlohmann::json& object, const std::string& field, bool otherwise,
               const std::string& where);
std::string read_string(const nlohmann::json& object, const std::string& field,
                        const std::string& where);
// A string of one code point.
char32_t read_character(const nlohmann::json& object, const std::string& field,
                        const std::string& where);
// "" where it is null or absent.
std::string read_optional_string(const nlohmann::json& object, const std::string& field,
                                 const std::string& where);
int32_t read_id(const nlohmann::json& value, const std::string& field, const std::string& where);

}  // namespace thaw
