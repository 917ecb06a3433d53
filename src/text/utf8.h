#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thaw {

// Offset of the first byte that no valid UTF-8 sequence (RFC 3629: no surrogates, no overlong
// forms, nothing past U+10FFFF) covers, or npos. ASCII is skipped 16 bytes at a time.
size_t first_invalid_utf8(std::string_view bytes);

// The Error for such bytes: `what` is not valid UTF-8.
[[noreturn]] void throw_invalid_utf8(const std::string& what, const std::string& place);

// The text without ASCII spaces, tabs and line ends at its ends.
std::string_view trim_ascii(std::string_view text);

// A file's or user's text as it stands in a message: in quotes, cut at `limit` bytes (between
// characters), control characters and invalid bytes as '?'.
std::string quoted_excerpt(std::string_view text, size_t limit = 40);

}  // namespace thaw
