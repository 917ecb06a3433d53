#pragma once  // Tests: tests/tokenizer/added_tokens_test.cc

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace thaw {

// A part of a normalized text on its way through the pre-tokenizers.
struct Piece {
  std::string_view text;
  // Bytes at its start that come from the first character of the original text; 0 where nobody
  // asks. Metaspace's scheme "first" does.
  size_t from_start = 0;

  Piece part(size_t begin, size_t end) const {
    return {text.substr(begin, end - begin),
            from_start > begin ? std::min(from_start, end) - begin : 0};
  }
};

}  // namespace thaw
