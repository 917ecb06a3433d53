#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <string>
#include <string_view>

namespace thaw {

// Unicode's normal forms (UAX 15), with the decompositions, classes and compositions that the
// `tokenizers` package knows.
enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

// Appends the normal form of `text`, which is valid UTF-8.
void append_normal_form(NormalForm form, std::string_view text, std::string& out);

// Whether ASCII and what no normal form changes is all that `text` holds: false where in doubt.
bool is_surely_normal(NormalForm form, std::string_view text);

}  // namespace thaw
