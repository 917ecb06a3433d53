#include "tokenizer/byte_level.h"

#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace unicode;

std::array<char32_t, 256> build_characters() {
  std::array<char32_t, 256> out;
  char32_t next = 256;  // for bytes that have no visible character of their own
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool visible = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte != 0xAD);
    out[byte] = visible ? byte : next++;
  }
  return out;
}

// The kinds of code points between which the expression splits.
constexpr uint8_t kKinds = kIsLetter | kIsNumber | kIsSpace;

// Moves over code points of one kind.
const char* skip_kind(const uint8_t* flags, uint8_t kind, const char* p, const char* end) {
  while (p < end) {
    const char* next = p;
    if ((flags[next_code_point(next)] & kKinds) != kind) break;
    p = next;
  }
  return p;
}

// Bytes of 's, 't, 're … at p, or 0.
size_t contraction(const char* p, const char* end) {
  if (end - p < 2 || *p != '\'') return 0;
  if (p[1] == 's' || p[1] == 't' || p[1] == 'm' || p[1] == 'd') return 2;
  if (end - p < 3) return 0;
  const bool two =
      (p[1] == 'r' && p[2] == 'e') || (p[1] == 'v' && p[2] == 'e') || (p[1] == 'l' && p[2] == 'l');
  return two ? 3 : 0;
}

}  // namespace

const std::array<char32_t, 256>& byte_characters() {
  static const std::array<char32_t, 256> characters = build_characters();
  return characters;
}

char* put_byte_characters(std::string_view bytes, char* out) {
  const auto& characters = byte_characters();
  for (const char byte : bytes) {
    out = put_code_point(characters[static_cast<unsigned char>(byte)], out);
  }
  return out;
}

void split_gpt2_words(const Piece& piece, std::vector<Piece>& words) {
  const uint8_t* flags = category_flags();
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  const char* p = begin;
  while (p < end) {
    const char* const start = p;
    if (const size_t bytes = contraction(p, end)) {
      p += bytes;
    } else {
      const char* next = p;
      const char32_t first = next_code_point(next);
      uint8_t kind = flags[first] & kKinds;
      if (kind == kIsSpace) {
        // The last space of several stands before the word that follows, if it is ' '; else alone.
        const char* last = p;
        const char* after = next;
        while (after < end) {
          const char* q = after;
          if ((flags[next_code_point(q)] & kKinds) != kIsSpace) break;
          last = after;
          after = q;
        }
        if (after == end) {
          p = end;
        } else if (last > p) {
          p = last;
        } else if (first == ' ') {
          kind = flags[next_code_point(after)] & kKinds;
          p = skip_kind(flags, kind, after, end);
        } else {
          p = next;
        }
      } else {
        p = skip_kind(flags, kind, next, end);
      }
    }
    words.push_back(piece.part(static_cast<size_t>(start - begin), static_cast<size_t>(p - begin)));
  }
}

}  // namespace thaw
