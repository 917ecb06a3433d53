#pragma once

#include <string>
#include <string_view>

namespace thaw::unicode {

// The bytes as valid UTF-8: `text` itself where it is valid, else a copy in `repaired` in which
// every maximal ill-formed part (Unicode 15, table 3-7) is one U+FFFD, as Python's
// errors="replace" reads it. The result lives as long as both arguments.
std::string_view valid_utf8(std::string_view text, std::string& repaired);

// The code point that starts at `p`, in valid UTF-8; moves `p` behind it.
inline char32_t next_code_point(const char*& p) {
  const auto byte = [](char c) { return static_cast<char32_t>(static_cast<unsigned char>(c)); };
  const char32_t lead = byte(p[0]);
  if (lead < 0x80) {
    p += 1;
    return lead;
  }
  if (lead < 0xE0) {
    const char32_t c = (lead & 0x1F) << 6 | (byte(p[1]) & 0x3F);
    p += 2;
    return c;
  }
  if (lead < 0xF0) {
    const char32_t c = (lead & 0x0F) << 12 | (byte(p[1]) & 0x3F) << 6 | (byte(p[2]) & 0x3F);
    p += 3;
    return c;
  }
  const char32_t c = (lead & 0x07) << 18 | (byte(p[1]) & 0x3F) << 12 | (byte(p[2]) & 0x3F) << 6 |
                     (byte(p[3]) & 0x3F);
  p += 4;
  return c;
}

// The start of the code point that ends before `end`, in valid UTF-8 that starts at `begin`.
inline const char* previous_code_point(const char* begin, const char* end) {
  do {
    --end;
  } while (end > begin && (static_cast<unsigned char>(*end) & 0xC0) == 0x80);
  return end;
}

// Writes c as UTF-8 at `out` (up to 4 bytes) and returns the end.
inline char* put_code_point(char32_t c, char* out) {
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | c >> 6);
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xE0 | c >> 12);
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | c >> 18);
    *out++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  }
  return out;
}

}  // namespace thaw::unicode
