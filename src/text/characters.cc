#include "text/characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace thaw {

Characters read_characters(std::string_view text) {
  Characters characters;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t read = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(bytes + at, size - at, &read);
    characters.push_back(length > 0 ? static_cast<uint32_t>(read) : 0xFFFD);
    at += length > 0 ? length : 1;
  }
  return characters;
}

uint32_t latin_look_alike(uint32_t c) {
  // Of those that Unicode lists as confusable (UTS #39) the letters that keyboards have.
  static constexpr std::pair<uint32_t, char> kLetters[] = {
      {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'},
      {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'},
      {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B3, 'y'}, {0x03B9, 'i'}, {0x03BD, 'v'},
      {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03C5, 'u'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x03F9, 'C'},
      {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'},
      {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'},
      {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'},
      {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'},
      {0x0458, 'j'}, {0x04AE, 'Y'}, {0x04BB, 'h'}, {0x04C0, 'I'}, {0x04CF, 'l'}, {0x0501, 'd'},
      {0x051A, 'Q'}, {0x051B, 'q'}, {0x051C, 'W'}, {0x051D, 'w'}};
  static_assert(std::is_sorted(std::begin(kLetters), std::end(kLetters)));
  const auto* found =
      std::lower_bound(std::begin(kLetters), std::end(kLetters), std::pair<uint32_t, char>{c, 0});
  return found != std::end(kLetters) && found->first == c ? static_cast<uint32_t>(found->second)
                                                          : c;
}

}  // namespace thaw
