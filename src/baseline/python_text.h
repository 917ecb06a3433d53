#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Texts as Python 3.11 reads them: what scikit-learn's vectorizers build on. All texts are valid
// UTF-8.
namespace thaw::python {

enum TextFlag : uint8_t {
  kIsWord = 1,           // \w of `re`: letters and numbers of any script, and _; no marks
  kIsSpace = 2,          // \s, and where str.split() splits
  kIsCased = 4,          // has a case, and is not kIsCaseIgnorable
  kIsCaseIgnorable = 8,  // looked through by the rule of the final sigma
};

// One byte of TextFlag for each of the 0x110000 code points; built at the first call.
const uint8_t* text_flags();

// Appends text.lower(): U+0130 becomes two code points, and a capital sigma that ends a word
// becomes U+03C2 (Unicode 3.13, Final_Sigma). Capital letters that are younger than Unicode 14
// become small as well, as in later versions of Python.
void append_lower(std::string_view text, std::string& out);

}  // namespace thaw::python
