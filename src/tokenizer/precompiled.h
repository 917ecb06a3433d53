#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// tokenizer.json's normalizer "Precompiled": the rules of a sentencepiece model, a trie from texts
// to what they become. They are applied as the `tokenizers` package applies them: a grapheme
// cluster of fewer than six bytes becomes what its shortest prefix with a rule becomes; else each
// of its code points goes through the rules alone.
class Precompiled {
 public:
  // `charsmap`: bytes of the trie (32 bits, little endian), the trie (a double array of 32-bit
  // units), the replacements, each ended by a NUL. Throws Error where that does not fit together.
  Precompiled(std::string_view charsmap, const std::string& where);

  // Appends the normalized text. `from_start`: see Piece.
  void normalize(std::string_view text, std::string& out, size_t& from_start) const;

 private:
  // What a text becomes; false: it has no rule. Never reads outside of the trie, wherever its units
  // point.
  bool find(std::string_view text, std::string_view& replacement) const;
  size_t plain_run(std::string_view text, size_t begin) const;

  std::vector<uint32_t> units_;
  std::string replacements_;
  std::array<bool, 128> is_plain_;  // ASCII without a rule
};

// The bytes of a "precompiled_charsmap". Throws Error where it is not base 64.
std::string decode_base64(std::string_view text, const std::string& where);

}  // namespace thaw
