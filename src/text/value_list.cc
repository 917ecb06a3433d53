#include "text/value_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "text/printable.h"

namespace thaw {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\v\f";

std::string_view without_leading_space(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpaces), text.size()));
}

std::string_view trimmed(std::string_view text) {
  text = without_leading_space(text);
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

// Takes a value in quotes, and white space behind it, off the front of the text.
std::string take_quoted(std::string_view& text) {
  std::string value;
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') {
      value += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      value += text[at++];
    } else {
      text = without_leading_space(text.substr(at + 1));
      return value;
    }
  }
  throw Error("a quote of the list is not closed", "",
              "write it as in a CSV file: '\"a, b\",c', and \"\" for a quote within quotes",
              ErrorKind::kUsage);
}

}  // namespace

std::vector<std::string> split_value_list(std::string_view text) {
  std::vector<std::string> values;
  text = trimmed(text);
  if (text.starts_with(',')) text.remove_prefix(1);
  while (!text.empty()) {
    text = without_leading_space(text);
    if (text.starts_with('"')) {
      values.push_back(take_quoted(text));
      if (!text.empty() && text.front() != ',') {
        throw Error("a closing quote of the list is followed by more text", "",
                    "put a comma behind it, and write \"\" for a quote within quotes",
                    ErrorKind::kUsage);
      }
    } else {
      const size_t comma = std::min(text.find(','), text.size());
      values.emplace_back(trimmed(text.substr(0, comma)));
      text.remove_prefix(comma);
    }
    text.remove_prefix(std::min<size_t>(1, text.size()));
  }
  return values;
}

std::string value_list(const std::vector<std::string>& values) {
  std::string list;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) list += ',';
    const std::string& value = values[i];
    const bool is_plain = !value.empty() && value.find(',') == std::string::npos &&
                          value.front() != '"' && trimmed(value) == value;
    if (is_plain) {
      list += value;
      continue;
    }
    list += '"';
    for (const char c : value) list += c == '"' ? std::string("\"\"") : std::string(1, c);
    list += '"';
  }
  return list;
}

std::string comma_list(const std::vector<std::string>& values, size_t most,
                       const std::function<std::string(const std::string&)>& shown) {
  std::string list;
  for (size_t i = 0; i < std::min(values.size(), most); ++i) {
    list += (i == 0 ? "" : ", ") + (shown ? shown(values[i]) : values[i]);
  }
  if (values.size() > most) list += fmt::format(", … ({} in all)", values.size());
  return list;
}

std::string shell_word(const std::string& text) {
  const bool is_plain =
      !text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c >= 0x80 ||
               std::string_view("_./+-=@%,").find(static_cast<char>(c)) != std::string_view::npos;
      });
  if (is_plain) return text;
  std::string word = "'";
  for (const char c : sanitize_for_terminal(text))
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace thaw
