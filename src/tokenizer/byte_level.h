#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/piece.h"

namespace thaw {

// GPT-2's alphabet: the visible character that stands for each byte.
const std::array<char32_t, 256>& byte_characters();

// Writes the characters of the bytes at `out` (up to two bytes each) and returns the end.
char* put_byte_characters(std::string_view bytes, char* out);

// Appends the words of GPT-2's regular expression
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// which leaves nothing out.
void split_gpt2_words(const Piece& piece, std::vector<Piece>& words);

}  // namespace thaw
