#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <cstdint>

// Properties of code points as the `tokenizers` package sees them (unicode_tables.h), looked up in
// one step.
namespace thaw::unicode {

enum CodePointFlag : uint8_t {
  kIsRemovedByCleaning = 1,
  kIsSpaceByCleaning = 2,
  kIsWhitespace = 4,
  kIsPunctuation = 8,
  kIsNonspacingMark = 16,
  kIsDecomposed = 32,   // by NFD
  kIsReordered = 64,    // by NFD: its combining class is not 0
  kIsLowercased = 128,  // differs from its lowercase
};

// One byte of CodePointFlag for each of the 0x110000 code points; built at the first call.
const uint8_t* code_point_flags();

enum CategoryFlag : uint8_t {
  kIsLetter = 1,         // \p{L} of the package's regular expressions
  kIsNumber = 2,         // \p{N}
  kIsSpace = 4,          // \s, and kIsWhitespace
  kIsWordCharacter = 8,  // \w: letters, marks, decimal digits, connectors, joiners
  kIsCombiningMark = 16,
  kIsNumeric = 32,  // Rust's char::is_numeric
};

// One byte of CategoryFlag for each code point; built at the first call.
const uint8_t* category_flags();

// Which script it belongs to, a number from 1 that means nothing else; 0: to any.
uint8_t script_number(char32_t c);

// 0 for starters.
uint8_t combining_class(char32_t c);

// Of a code point with kIsLowercased other than U+0130.
char32_t lowercase(char32_t c);

// \w of a regular expression: letters, marks, decimal digits, connectors, joiners.
bool is_word_character(char32_t c);

// The blocks that BERT calls Chinese: CJK unified and compatibility ideographs, without kana.
inline bool is_chinese(char32_t c) {
  if (c < 0x3400) return false;
  return c <= 0x4DBF || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B81F) ||
         (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

}  // namespace thaw::unicode
