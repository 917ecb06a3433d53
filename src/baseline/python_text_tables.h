#pragma once  // Tests: tests/baseline/python_text_test.cc

#include <vector>

#include "tokenizer/unicode/unicode_tables.h"

// What Python's `re` and `str` say of every code point; drawn from them by
// tests/golden/make_python_text_tables.py. Ascending, both ends included.
namespace thaw::python {

extern const std::vector<unicode::CodePointRange> kWordCharacter;  // \w: letters, numbers, _
extern const std::vector<unicode::CodePointRange> kSpace;          // \s, str.isspace, str.split
// Unicode's Cased and Case_Ignorable, as str.lower asks them of the neighbours of a capital sigma;
// what is both stands in the second alone.
extern const std::vector<unicode::CodePointRange> kCased;
extern const std::vector<unicode::CodePointRange> kCaseIgnorable;

}  // namespace thaw::python
