#include "text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/error.h"
#include "text/printable.h"

namespace thaw {
namespace {

// Length of the valid sequence at `at`, or 0.
size_t sequence_length(const unsigned char* at, size_t available) {
  const unsigned char lead = at[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (available < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and numbers past U+10FFFF differ in the second byte alone.
  if (lead == 0xE0 && at[1] < 0xA0) return 0;
  if (lead == 0xED && at[1] > 0x9F) return 0;
  if (lead == 0xF0 && at[1] < 0x90) return 0;
  if (lead == 0xF4 && at[1] > 0x8F) return 0;
  return length;
}

}  // namespace

size_t first_invalid_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const size_t size = bytes.size();
  size_t at = 0;
  while (at < size) {
    while (size - at >= 16) {
      uint64_t low, high;
      std::memcpy(&low, data + at, 8);
      std::memcpy(&high, data + at + 8, 8);
      if (((low | high) & 0x8080808080808080u) != 0) break;
      at += 16;
    }
    // The rest of this block one character at a time; then whole blocks are tried again.
    for (const size_t stop = at + 16; at < size && at < stop;) {
      const size_t length = sequence_length(data + at, size - at);
      if (length == 0) return at;
      at += length;
    }
  }
  return std::string_view::npos;
}

void throw_invalid_utf8(const std::string& what, const std::string& place) {
  throw Error(what + " is not valid UTF-8", place,
              "convert the file, e.g. with `iconv -f WINDOWS-1252 -t UTF-8`");
}

std::string_view trim_ascii(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string quoted_excerpt(std::string_view text, size_t limit) {
  std::string excerpt = "'";
  for (size_t at = 0; at < text.size();) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data() + at);
    const size_t length = sequence_length(bytes, text.size() - at);
    if (at + length > limit) {
      excerpt += "…";
      break;
    }
    const size_t step = std::max<size_t>(length, 1);
    excerpt += sanitize_for_terminal(text.substr(at, step));
    at += step;
  }
  return excerpt + "'";
}

}  // namespace thaw
