#pragma once  // Tests: tests/tokenizer/golden_test.cc

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

// Two code points that the normal forms C and KC make one.
struct Composition {
  char32_t first, second, composed;
};

// Which script (numbered from 1 in no order that means anything) the code points belong to; those
// in no range belong to any.
struct ScriptRange {
  char32_t first, last;
  uint8_t script;
};

extern const std::vector<CodePointRange> kRemovedByCleaning;     // control, format, private use
extern const std::vector<CodePointRange> kSpaceByCleaning;       // becomes ' '
extern const std::vector<CodePointRange> kWhitespace;            // Rust's char::is_whitespace
extern const std::vector<CodePointRange> kPunctuation;           // stands alone as a word
extern const std::vector<CodePointRange> kNonspacingMark;        // an accent
extern const std::vector<CodePointRange> kDecomposes;            // differs from its NFD
extern const std::vector<CodePointRange> kWordCharacter;         // \w of Rust's regular expressions
extern const std::vector<CodePointRange> kLetter;                // \p{L} of Oniguruma's expressions
extern const std::vector<CodePointRange> kNumber;                // \p{N} of the same
extern const std::vector<CodePointRange> kNumeric;               // Rust's char::is_numeric
extern const std::vector<CodePointRange> kCombiningMark;         // what StripAccents drops
extern const std::vector<CodePointRange> kDecomposesCompatibly;  // differs from its NFKD
extern const std::vector<Composition> kComposition;              // without Hangul
extern const std::vector<ScriptRange> kScript;
// Grapheme clusters (UAX 29) as far as the normalizer Precompiled sees them.
extern const std::vector<CodePointRange> kGraphemeJoins;    // Extend, ZWJ, SpacingMark
extern const std::vector<CodePointRange> kGraphemePrepend;  // Prepend
extern const std::vector<CodePointRange> kGraphemeControl;  // Control, CR and LF
extern const std::vector<CodePointRange> kGraphemeExtend;   // what rule GB11 calls Extend, and ZWJ
extern const std::vector<CodePointRange> kPictograph;       // Extended_Pictographic
extern const std::vector<CodePointRange> kConjunctConsonant, kConjunctLinker, kConjunctExtend;
extern const std::vector<CombiningClassRange> kCombiningClass;
extern const std::vector<LowercaseRange> kLowercase;  // without U+0130, which becomes two

}  // namespace thaw::unicode
