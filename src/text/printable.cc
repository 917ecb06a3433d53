#include "text/printable.h"

#include <algorithm>

namespace thaw {
namespace {

bool in(unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; }

// Of the characters of two and three bytes, those that a terminal obeys instead of showing them.
bool is_obeyed(std::string_view character) {
  if (character.size() == 2) {  // C1; U+061C, the Arabic letter mark
    return (character[0] == '\xC2' && static_cast<unsigned char>(character[1]) < 0xA0) ||
           character == "\xD8\x9C";
  }
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto third = static_cast<unsigned char>(character[2]);
  // U+200E and F, U+2028 to 2E: marks, separators, embeddings; U+2066 to 69: isolates.
  if (character[1] == '\x80') return in(third, 0x8E, 0x8F) || in(third, 0xA8, 0xAE);
  return character[1] == '\x81' && in(third, 0xA6, 0xA9);
}

}  // namespace

size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  if (text.empty()) return 0;
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (in(first, 0xC2, 0xDF)) return in(second, 0x80, 0xBF) ? 2 : 0;
  const bool third = in(byte(2), 0x80, 0xBF);
  if (in(first, 0xE0, 0xEF)) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return in(second, low, high) && third ? 3 : 0;
  }
  if (in(first, 0xF0, 0xF4)) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return in(second, low, high) && third && in(byte(3), 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::string sanitize_for_terminal(std::string_view text, bool keep_lines) {
  std::string shown;
  shown.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = character_length(text.substr(i));
    const std::string_view character = text.substr(i, std::max<size_t>(length, 1));
    const auto first = static_cast<unsigned char>(text[i]);
    const bool control = (first < 0x20 && !(keep_lines && first == '\n')) || first == 0x7F;
    if (length == 0 || control || is_obeyed(character)) {
      shown += '?';
    } else {
      shown += character;
    }
    i += character.size();
  }
  return shown;
}

}  // namespace thaw
