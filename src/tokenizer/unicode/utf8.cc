#include "tokenizer/unicode/utf8.h"

#include "text/utf8.h"

namespace thaw::unicode {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the maximal ill-formed part at the start of `text`: the bytes that could still have
// begun a code point, or else one. Which second bytes are allowed depends on the first one: this
// excludes overlong forms, surrogates, and what is beyond U+10FFFF.
size_t ill_formed_bytes(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4) return 1;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (text.size() < 2 || byte(1) < low || byte(1) > high) return 1;
  size_t i = 2;
  while (i < length && i < text.size() && (byte(i) & 0xC0) == 0x80) ++i;
  return i;
}

}  // namespace

std::string_view valid_utf8(std::string_view text, std::string& repaired) {
  size_t invalid = first_invalid_utf8(text);
  if (invalid == std::string_view::npos) return text;
  repaired.clear();
  while (invalid != std::string_view::npos) {
    repaired.append(text.substr(0, invalid)).append(kReplacement);
    text.remove_prefix(invalid + ill_formed_bytes(text.substr(invalid)));
    invalid = first_invalid_utf8(text);
  }
  return repaired.append(text);
}

}  // namespace thaw::unicode
