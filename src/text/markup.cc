#include "text/markup.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace thaw {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), 0 where there is
// none.
size_t sequence_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const unsigned char lead = byte(0), second = byte(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return is_continuation(second) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool fits = second >= (lead == 0xE0 ? 0xA0 : 0x80) &&
                      second <= (lead == 0xED ? 0x9F : 0xBF) && is_continuation(byte(2));
    return fits ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool fits = second >= (lead == 0xF0 ? 0x90 : 0x80) &&
                      second <= (lead == 0xF4 ? 0x8F : 0xBF) && is_continuation(byte(2)) &&
                      is_continuation(byte(3));
    return fits ? 4 : 0;
  }
  return 0;
}

}  // namespace

Markup escape_markup(std::string_view text) {
  Markup escaped;
  std::string& safe = escaped.markup_;
  safe.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequence_length(text, at);
    const unsigned char lead = static_cast<unsigned char>(text[at]);
    const std::string_view sequence = text.substr(at, length);
    at += length == 0 ? 1 : length;
    if (length == 0 || (lead < 0x20 && lead != '\n' && lead != '\t') || lead == 0x7F ||
        sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF" ||
        (length == 2 && lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0)) {
      safe += kReplacement;
    } else if (lead == '&') {
      safe += "&amp;";
    } else if (lead == '<') {
      safe += "&lt;";
    } else if (lead == '>') {
      safe += "&gt;";
    } else if (lead == '"') {
      safe += "&quot;";
    } else if (lead == '\'') {
      safe += "&#39;";
    } else {
      safe += sequence;
    }
  }
  return escaped;
}

Markup escape_breakable(std::string_view text) {
  Markup out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of("_-./", at), text.size() - 1) + 1;
    out += escape_markup(text.substr(at, end - at));
    if (end < text.size()) out += "<wbr>";
    at = end;
  }
  return out;
}

std::string file_name_part(std::string_view text) {
  std::string name;
  for (const char c : text.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || (c == '.' && !name.empty());
    name += plain ? c : '_';
  }
  return name.empty() ? "_" : name;
}

}  // namespace thaw
