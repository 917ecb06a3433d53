#include "tokenizer/unicode/grapheme.h"

#include <cstdint>
#include <vector>

#include "tokenizer/unicode/unicode_tables.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw::unicode {
namespace {

enum GraphemeFlag : uint8_t {
  kJoins = 1,  // to what stands before it: Extend, ZWJ and SpacingMark
  kIsPrepend = 2,
  kIsControl = 4,
  kIsPictograph = 8,
  kIsExtend = 16,  // may stand between a pictograph and its joiner
  kIsConsonant = 32,
  kIsLinker = 64,
  kIsConjunctExtend = 128,  // may stand between a consonant and its linker
};

std::vector<uint8_t> build_flags() {
  std::vector<uint8_t> flags(0x110000);
  const auto set = [&](const std::vector<CodePointRange>& ranges, uint8_t flag) {
    for (const CodePointRange& range : ranges) {
      for (char32_t c = range.first; c <= range.last; ++c) flags[c] |= flag;
    }
  };
  set(kGraphemeJoins, kJoins);
  set(kGraphemePrepend, kIsPrepend);
  set(kGraphemeControl, kIsControl);
  set(kPictograph, kIsPictograph);
  set(kGraphemeExtend, kIsExtend);
  set(kConjunctConsonant, kIsConsonant);
  set(kConjunctLinker, kIsLinker);
  set(kConjunctExtend, kIsConjunctExtend);
  return flags;
}

enum class Hangul { kNone, kLead, kVowel, kTail, kLeadVowel, kLeadVowelTail };

Hangul hangul_of(char32_t c) {
  const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (c < 0x1100) return Hangul::kNone;
  if (in(0x1100, 0x115F) || in(0xA960, 0xA97C)) return Hangul::kLead;
  if (in(0x1160, 0x11A7) || in(0xD7B0, 0xD7C6)) return Hangul::kVowel;
  if (c == 0x16D63 || in(0x16D67, 0x16D6A)) return Hangul::kVowel;  // of Kirat Rai
  if (in(0x11A8, 0x11FF) || in(0xD7CB, 0xD7FB)) return Hangul::kTail;
  if (!in(0xAC00, 0xD7A3)) return Hangul::kNone;
  return (c - 0xAC00) % 28 == 0 ? Hangul::kLeadVowel : Hangul::kLeadVowelTail;
}

bool makes_syllable(Hangul before, Hangul after) {
  switch (before) {
    case Hangul::kLead:
      return after == Hangul::kLead || after == Hangul::kVowel || after == Hangul::kLeadVowel ||
             after == Hangul::kLeadVowelTail;
    case Hangul::kVowel:
    case Hangul::kLeadVowel:
      return after == Hangul::kVowel || after == Hangul::kTail;
    case Hangul::kTail:
    case Hangul::kLeadVowelTail:
      return after == Hangul::kTail;
    case Hangul::kNone:
      break;
  }
  return false;
}

}  // namespace

size_t grapheme_end(std::string_view text, size_t begin) {
  static const std::vector<uint8_t> table = build_flags();
  constexpr char32_t kJoiner = 0x200D;
  const char* end = text.data() + text.size();
  const char* p = text.data() + begin;
  char32_t before = next_code_point(p);
  bool after_pictograph = table[before] & kIsPictograph;  // and Extend since then
  bool after_joiner = false;                              // one behind all that
  bool after_consonant = table[before] & kIsConsonant;    // and what may follow it since then
  bool has_linker = false;                                // since the consonant
  while (p < end) {
    const char* next = p;
    const char32_t c = next_code_point(next);
    const uint8_t flags = table[c];
    const uint8_t flags_before = table[before];
    bool joined;
    if ((flags_before & kIsControl) || (flags & kIsControl)) {
      joined = before == '\r' && c == '\n';
    } else {
      joined = (flags & kJoins) || (flags_before & kIsPrepend) ||
               makes_syllable(hangul_of(before), hangul_of(c)) ||
               ((flags & kIsConsonant) && after_consonant && has_linker) ||
               ((flags & kIsPictograph) && after_joiner);
    }
    if (!joined) break;
    after_joiner = after_pictograph && c == kJoiner;
    after_pictograph = (flags & kIsPictograph) || (after_pictograph && (flags & kIsExtend));
    if (flags & kIsConsonant) {
      after_consonant = true;
      has_linker = false;
    } else if (flags & kIsLinker) {
      has_linker = true;
    } else if (!(flags & kIsConjunctExtend)) {
      after_consonant = false;
    }
    before = c;
    p = next;
  }
  return static_cast<size_t>(p - text.data());
}

}  // namespace thaw::unicode
