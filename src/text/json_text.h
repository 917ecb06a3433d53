#pragma once  // Tests: tests/data/readers/json_layouts_test.cc

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// Finding values in JSON text before they are parsed, so that a document of any length is read one
// row at a time.

// Offset of the first byte from `at` on that is no white space; the size where there is none.
size_t skip_json_space(std::string_view text, size_t at);

// Offset behind the value that begins at `at`; npos where it does not end. Looks at brackets and
// quotes alone: what lies between may still be no JSON. Throws Error where brackets nest deeper
// than 64 levels.
size_t json_value_end(std::string_view text, size_t at, const std::string& place);

// A member of an object, or an element of an array (without a key).
struct JsonPart {
  std::string key;
  std::string_view value;  // as it stands in the text
  bool is(char opening) const { return !value.empty() && value.front() == opening; }
  bool is_scalar() const { return !is('{') && !is('['); }
};

// Walks over the parts of an array or object, one at a time.
class JsonParts {
 public:
  // text: begins with the array or object. Must outlive this.
  JsonParts(std::string_view text, std::string place);

  // False at the end, once. Throws Error for what is no list of values, or of members.
  bool next(JsonPart& part);

  // Once next() has said that the end is reached: the offset behind the closing bracket.
  size_t end() const { return at_; }

 private:
  [[noreturn]] void fail(size_t at) const;

  std::string_view text_;
  std::string place_;
  size_t at_ = 1;
  bool is_object_;
  bool is_first_ = true;
};

// All parts of an object. Throws Error where two have the same key.
std::vector<JsonPart> json_members(std::string_view text, const std::string& place);

// Parses one value. Python's NaN counts as null, its Infinity and -Infinity are kept as such
// numbers at the top and in the members of the top object. Throws Error with `place`: no JSON, a
// key of the top object that stands twice, half of a surrogate pair, a number beyond a double,
// deeper than 64 levels, not UTF-8 (`what`, "the line").
nlohmann::json parse_json_value(std::string_view text, const std::string& what,
                                const std::string& place);

// The same, but no Error where it is no JSON: a value that is_discarded().
nlohmann::json try_json_value(std::string_view text, const std::string& what,
                              const std::string& place);

}  // namespace thaw
