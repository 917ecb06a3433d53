#include "sanitize.h"

#include <algorithm>
#include <cstdio>

#include "text/printable.h"

namespace thaw {

std::string sanitize_lines(const std::string& lines) { return sanitize_for_terminal(lines, true); }

std::string sanitize_sentence(const std::string& sentence) {
  constexpr size_t kLongest = 4000;  // bytes
  if (sentence.size() <= kLongest) return sanitize_for_terminal(sentence);
  return sanitize_for_terminal(sentence.substr(0, kLongest)) + "…";
}

std::string sanitize_json(const std::string& json) {
  std::string out;
  for (size_t at = 0; at < json.size();) {
    const size_t length = std::max<size_t>(1, character_length(std::string_view(json).substr(at)));
    const std::string character = json.substr(at, length);
    at += length;
    if (character == "\n" || sanitize_for_terminal(character) == character) {
      out += character;
      continue;
    }
    // Of one to three bytes: DEL, C1, and marks of the basic plane.
    unsigned code = static_cast<unsigned char>(character[0]);
    if (length > 1) code &= length == 2 ? 0x1Fu : 0x0Fu;
    for (size_t i = 1; i < length; ++i) {
      code = code << 6 | (static_cast<unsigned char>(character[i]) & 0x3Fu);
    }
    char escape[16];
    std::snprintf(escape, sizeof(escape), "\\u%04x", code);
    out += escape;
  }
  return out;
}

}  // namespace thaw
