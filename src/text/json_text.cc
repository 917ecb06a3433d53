#include "text/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "text/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;

constexpr int kDeepest = 64;
// Stands for numbers that JSON has none for while they are parsed: no text that anybody writes.
constexpr std::string_view kInfinity = "\x01thaw:+infinity\x01", kMinus = "\x01thaw:-infinity\x01";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

[[noreturn]] void throw_deep(const std::string& place) {
  throw Error(fmt::format("nests JSON deeper than {} levels", kDeepest), place,
              "check where the file came from");
}

// Which bytes the walks below stop at.
struct Stops {
  std::array<bool, 256> at{};
  constexpr explicit Stops(std::string_view bytes) {
    for (const char c : bytes) at[static_cast<unsigned char>(c)] = true;
  }
  size_t find(std::string_view text, size_t from) const {
    while (from < text.size() && !at[static_cast<unsigned char>(text[from])]) ++from;
    return from;
  }
};
constexpr Stops kInString("\"\\\n"), kOutside("\"{}[]"), kKeys("\"{}[]:");

// Behind the string whose opening quote is at `at`; npos where it does not end. A line end ends no
// string, but shows that its quote is missing.
size_t string_end(std::string_view text, size_t at) {
  for (size_t i = kInString.find(text, at + 1); i < text.size(); i = kInString.find(text, i + 2)) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\n') break;  // else it is a backslash, and what follows is escaped
  }
  return std::string_view::npos;
}

// No value with so few brackets is too deep, which is seen fast.
void check_depth(std::string_view text, const std::string& place) {
  int brackets = 0;
  for (const char bracket : {'[', '{'}) {
    for (size_t at = 0; brackets <= kDeepest; ++at, ++brackets) {
      at = text.find(bracket, at);
      if (at == std::string_view::npos) break;
    }
  }
  if (brackets > kDeepest) json_value_end(text, skip_json_space(text, 0), place);
}

// The text with null for NaN and a string for infinity; nothing where it has neither.
std::optional<std::string> without_python_numbers(std::string_view text) {
  std::string plain;
  size_t copied = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      const size_t end = string_end(text, i);
      if (end == std::string_view::npos) return std::nullopt;
      i = end;
      continue;
    }
    const std::string_view rest = text.substr(i);
    const std::pair<std::string_view, std::string> words[] = {
        {"NaN", "null"},
        {"-Infinity", json(std::string(kMinus)).dump()},
        {"Infinity", json(std::string(kInfinity)).dump()}};
    const auto* found = std::find_if(std::begin(words), std::end(words), [&](const auto& word) {
      return rest.starts_with(word.first);
    });
    if (found == std::end(words)) {
      ++i;
      continue;
    }
    plain.append(text, copied, i - copied);
    plain += found->second;
    i += found->first.size();
    copied = i;
  }
  if (copied == 0) return std::nullopt;
  plain.append(text, copied);
  return plain;
}

void put_infinity_back(json& value) {
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (text == kInfinity) {
    value = kInfinite;
  } else if (text == kMinus) {
    value = -kInfinite;
  }
}

[[noreturn]] void throw_key_twice(const std::string& key, const std::string& place) {
  throw Error(fmt::format("has the key '{}' twice", key), place, "leave one of the two out");
}

// Parsers keep one of two equal keys and say nothing. Only the keys of the value itself are looked
// at: what nests in a row is no column.
void check_keys_differ(const json& value, std::string_view text, const std::string& place) {
  if (!value.is_object()) return;
  size_t members = 0;
  for (size_t at = 0, depth = 0; (at = kKeys.find(text, at)) < text.size();) {
    if (text[at] == '"') {
      at = string_end(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') ++depth;
    if (text[at] == '}' || text[at] == ']') --depth;
    members += text[at] == ':' && depth == 1;
    ++at;
  }
  if (members != value.size()) json_members(text.substr(skip_json_space(text, 0)), place);
}

[[noreturn]] void throw_no_json(std::string_view text, const std::string& place) {
  try {
    const json value = json::parse(text.begin(), text.end());
  } catch (const json::parse_error& error) {
    const std::string_view said = error.what();
    if (said.find("surrogate") != std::string_view::npos) {
      throw Error("holds half of a surrogate pair (such as \\ud83d alone), which is no character",
                  place, "write the whole pair, or leave the escape out");
    }
    const auto end = static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    const auto lines = std::count(text.begin(), text.begin() + end, '\n');
    const std::string in_line = lines == 0 ? "" : fmt::format(", in line {} of it", lines + 1);
    throw Error(fmt::format("is not valid JSON (byte {} of it{})", error.byte, in_line), place,
                "write each row as one JSON object on a line of its own");
  } catch (const json::out_of_range&) {  // such as 1e999
    throw Error("holds a number that is too large", place, "correct the number");
  }
  throw Error("is not valid JSON", place, "write each row as one JSON object");
}

}  // namespace

size_t skip_json_space(std::string_view text, size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

size_t json_value_end(std::string_view text, size_t at, const std::string& place) {
  if (at >= text.size()) return std::string_view::npos;
  if (text[at] == '"') return string_end(text, at);
  if (text[at] != '{' && text[at] != '[') {
    while (at < text.size() && !is_space(text[at]) && text[at] != ',' && text[at] != ']' &&
           text[at] != '}' && text[at] != '{' && text[at] != '[') {
      ++at;
    }
    return at;
  }
  int depth = 0;
  while (true) {
    at = kOutside.find(text, at);
    if (at == text.size()) return std::string_view::npos;
    switch (text[at]) {
      case '"':
        at = string_end(text, at);
        if (at == std::string_view::npos) return at;
        continue;
      case '{':
      case '[':
        if (++depth > kDeepest) throw_deep(place);
        break;
      default:
        --depth;
    }
    ++at;
    if (depth == 0) return at;
  }
}

JsonParts::JsonParts(std::string_view text, std::string place)
    : text_(text), place_(std::move(place)), is_object_(text.starts_with('{')) {}

void JsonParts::fail(size_t at) const {
  const auto end = static_cast<std::ptrdiff_t>(std::min(at, text_.size()));
  throw Error(fmt::format("is not valid JSON (line {} of it)",
                          1 + std::count(text_.begin(), text_.begin() + end, '\n')),
              place_, "write each row as one JSON object on a line of its own");
}

bool JsonParts::next(JsonPart& part) {
  const char closing = is_object_ ? '}' : ']';
  at_ = skip_json_space(text_, at_);
  if (at_ >= text_.size()) fail(at_);
  if (text_[at_] == closing) {
    ++at_;
    return false;
  }
  if (!is_first_) {
    if (text_[at_] != ',') fail(at_);
    at_ = skip_json_space(text_, at_ + 1);
  }
  is_first_ = false;
  if (is_object_) {
    const size_t end =
        at_ < text_.size() && text_[at_] == '"' ? string_end(text_, at_) : std::string_view::npos;
    if (end == std::string_view::npos) fail(at_);
    part.key = parse_json_value(text_.substr(at_, end - at_), "the key", place_).get<std::string>();
    at_ = skip_json_space(text_, end);
    if (at_ >= text_.size() || text_[at_] != ':') fail(at_);
    at_ = skip_json_space(text_, at_ + 1);
  }
  const size_t end = json_value_end(text_, at_, place_);
  if (end == std::string_view::npos || end == at_) fail(at_);
  part.value = text_.substr(at_, end - at_);
  at_ = end;
  return true;
}

std::vector<JsonPart> json_members(std::string_view text, const std::string& place) {
  std::vector<JsonPart> members;
  JsonParts parts(text, place);
  std::unordered_set<std::string> keys;
  for (JsonPart part; parts.next(part);) {
    if (text.starts_with('{') && !keys.insert(part.key).second) throw_key_twice(part.key, place);
    members.push_back(part);
  }
  return members;
}

json try_json_value(std::string_view text, const std::string& what, const std::string& place) {
  if (first_invalid_utf8(text) != std::string_view::npos) throw_invalid_utf8(what, place);
  check_depth(text, place);
  json value = json::parse(text.begin(), text.end(), nullptr, false);
  if (!value.is_discarded()) {
    check_keys_differ(value, text, place);
    return value;
  }
  const auto plain = without_python_numbers(text);
  if (!plain) return value;
  value = json::parse(plain->begin(), plain->end(), nullptr, false);
  check_keys_differ(value, *plain, place);
  put_infinity_back(value);
  if (value.is_object()) {
    for (auto& [key, member] : value.items()) put_infinity_back(member);
  }
  return value;
}

json parse_json_value(std::string_view text, const std::string& what, const std::string& place) {
  json value = try_json_value(text, what, place);
  if (value.is_discarded())
    throw_no_json(without_python_numbers(text).value_or(std::string(text)), place);
  return value;
}

}  // namespace thaw
