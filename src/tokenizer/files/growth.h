#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <cstddef>

namespace thaw {

// A few steps that each write something longer than they read (Replace, ByteLevel, a charsmap)
// would turn a short text into more than any memory holds. No tokenizer that means well comes near
// this.
constexpr size_t most_bytes_of(size_t text_bytes) { return (size_t{1} << 20) + 1000 * text_bytes; }

// Throws Error where a text of so many bytes became one of more than most_bytes_of() them.
void check_growth(size_t text_bytes, size_t bytes);

}  // namespace thaw
