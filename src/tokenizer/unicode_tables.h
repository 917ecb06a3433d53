#pragma once

#include <cstdint>
#include <vector>

// What the `tokenizers` package answers for every code point; drawn from it by
// tests/golden/tokenizer/make_unicode_tables.py. Ascending, both ends included.
namespace thaw::unicode {

struct CodePointRange {
  char32_t first, last;
};

struct CombiningClassRange {
  char32_t first, last;
  uint8_t combining_class;  // Unicode's ccc, never 0
};

// Every `step`-th code point from first to last becomes itself + delta.
struct LowercaseRange {
  char32_t first, last;
  uint8_t step;
  int32_t delta;
};

extern const std::vector<CodePointRange> kRemovedByCleaning;  // control, format, private use
extern const std::vector<CodePointRange> kSpaceByCleaning;    // becomes ' '
extern const std::vector<CodePointRange> kWhitespace;         // Rust's char::is_whitespace
extern const std::vector<CodePointRange> kPunctuation;        // stands alone as a word
extern const std::vector<CodePointRange> kNonspacingMark;     // an accent
extern const std::vector<CodePointRange> kDecomposes;         // differs from its NFD
extern const std::vector<CodePointRange> kWordCharacter;      // \w of Rust's regular expressions
extern const std::vector<CombiningClassRange> kCombiningClass;
extern const std::vector<LowercaseRange> kLowercase;  // without U+0130, which becomes two

}  // namespace thaw::unicode
