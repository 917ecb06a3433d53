#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <cstddef>
#include <string_view>

namespace thaw::unicode {

// Where the grapheme cluster ends (UAX 29, extended) that starts at `begin` of `text`, which is
// valid UTF-8. Flags are not told apart from other pictures: a cluster with one is longer than any
// that the normalizer Precompiled looks at.
size_t grapheme_end(std::string_view text, size_t begin);

}  // namespace thaw::unicode
