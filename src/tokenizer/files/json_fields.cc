#include "tokenizer/files/json_fields.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {

using nlohmann::json;

void throw_field(const std::string& field, const std::string& expected, const std::string& where) {
  throw Error(fmt::format("the field '{}' is not {}", field, expected), where,
              "take the tokenizer files of the model again");
}

void throw_unknown(const std::string& stage, const json& component, const std::string& known,
                   const std::string& where) {
  const std::string type = type_of(component);
  throw Error(fmt::format("the {} {} is not supported", stage,
                          type.empty() ? "without a type" : in_quotes(type)),
              where, fmt::format("thaw knows {}; take a model that uses one of them", known));
}

const json* find_component(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string type_of(const json& component) {
  return component.is_object() ? string_or_empty(component, "type") : "";
}

bool has_type(const json& component, std::string_view type) { return type_of(component) == type; }

bool read_bool(const json& object, const std::string& field, const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_boolean()) throw_field(field, "true or false", where);
  return found->get<bool>();
}

bool read_bool(const json& object, const std::string& field, bool otherwise,
               const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return otherwise;
  return read_bool(object, field, where);
}

std::string read_string(const json& object, const std::string& field, const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) throw_field(field, "a string", where);
  return found->get<std::string>();
}

char32_t read_character(const json& object, const std::string& field, const std::string& where) {
  const std::string text = read_string(object, field, where);
  const char* p = text.data();
  if (text.empty()) throw_field(field, "one character", where);
  const char32_t c = unicode::next_code_point(p);
  if (p != text.data() + text.size()) throw_field(field, "one character", where);
  return c;
}

std::string read_optional_string(const json& object, const std::string& field,
                                 const std::string& where) {
  const auto found = object.find(field);
  return found == object.end() || found->is_null() ? "" : read_string(object, field, where);
}

int32_t read_id(const json& value, const std::string& field, const std::string& where) {
  if (!value.is_number_unsigned() ||
      value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
    throw_field(field, "a token id", where);
  }
  return value.get<int32_t>();
}

}  // namespace thaw
