#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// JSON from files that anybody may have written: nesting is limited to 64 levels (writing a value
// out again recurses), and every failure is an Error that names the file and the line.

// A configuration file with its keys in their order, as it is to be saved again. At most 4 MB and
// 65,536 keys, because an ordered object is searched key by key. A repeated key keeps its last
// value, as in Python.
nlohmann::ordered_json read_json_file(const std::filesystem::path& path);
nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where);

// Takes the members of one object, or the elements of one array, while the text is parsed, so that
// they are never built as JSON: for tens of thousands of them. The object or array is left empty in
// what the parser returns.
struct MemberReader {
  std::vector<std::string> path;  // keys from the top: {"model", "vocab"}
  // False: the key has been there before. Without it, an object is built as any other.
  std::function<bool(std::string_view key, const nlohmann::json& value)> read{};
  // Without it, an array is built as any other.
  std::function<void(const nlohmann::json& value)> read_element{};
};

// JSON in which no object repeats a key: Throws Error naming the key that does.
nlohmann::json parse_unique_json(std::string_view text, const std::string& where,
                                 const std::vector<MemberReader>& readers = {});

// A name from a file, in quotes and fit for a message: control bytes and invalid UTF-8 are shown as
// '?', and what is longer than 120 bytes is cut.
std::string in_quotes(std::string_view name);

}  // namespace thaw
