#include "text/text_width.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace thaw {
namespace {

struct CodePoint {
  uint32_t value;
  size_t bytes;
};

CodePoint decode(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  size_t length = 1;
  uint32_t value = lead;
  if (lead >= 0xF0 && lead < 0xF8) {
    length = 4;
    value = lead & 0x07;
  } else if (lead >= 0xE0) {
    length = 3;
    value = lead & 0x0F;
  } else if (lead >= 0xC0) {
    length = 2;
    value = lead & 0x1F;
  }
  if (lead < 0xC0 || lead >= 0xF8 || at + length > text.size()) return {lead, 1};
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {lead, 1};
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  return {value, length};
}

struct Range {
  uint32_t first, last;
};

// Unicode's East_Asian_Width W and F, in blocks.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26BD, 0x26BE},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2753, 0x2755},
    {0x2795, 0x2797},   {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
    {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}};

constexpr Range kNarrowless[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},  {0x064B, 0x065F},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x200B, 0x200F}, {0x202A, 0x202E},  {0x2060, 0x2064},
    {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}};

template <size_t N>
bool within(const Range (&ranges)[N], uint32_t value) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& r) { return value >= r.first && value <= r.last; });
}

int columns_of(uint32_t value) {
  if (within(kNarrowless, value)) return 0;
  return within(kWide, value) ? 2 : 1;
}

bool is_control(uint32_t value) { return value < 0x20 || (value >= 0x7F && value < 0xA0); }

}  // namespace

int code_points(std::string_view text) {
  int count = 0;
  for (size_t at = 0; at < text.size(); at += decode(text, at).bytes) ++count;
  return count;
}

int display_width(std::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    width += columns_of(point.value);
    at += point.bytes;
  }
  return width;
}

std::string fit_columns(std::string_view text, int most_columns) {
  std::string clean;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (is_control(point.value)) {
      clean += '?';
    } else {
      clean.append(text.substr(at, point.bytes));
    }
    at += point.bytes;
  }
  if (display_width(clean) <= most_columns) return clean;
  std::string cut;
  int width = 0;
  for (size_t at = 0; at < clean.size();) {
    const CodePoint point = decode(clean, at);
    width += columns_of(point.value);
    if (width > most_columns - 1) break;
    cut.append(clean, at, point.bytes);
    at += point.bytes;
  }
  return cut + "…";
}

std::string pad_left(std::string_view text, int columns) {
  const int missing = std::max(0, columns - display_width(text));
  return std::string(static_cast<size_t>(missing), ' ') + std::string(text);
}

std::string pad_right(std::string_view text, int columns) {
  const int missing = std::max(0, columns - display_width(text));
  return std::string(text) + std::string(static_cast<size_t>(missing), ' ');
}

}  // namespace thaw
