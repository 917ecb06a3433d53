#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thaw {

// Bytes of the UTF-8 character that `text` begins with; 0 where it begins with none (Unicode 15,
// table 3-7).
size_t character_length(std::string_view text);

// Text of others as it may be shown on a terminal: control characters (C0, DEL and C1: the
// beginnings of escape sequences among them), line and paragraph separators, marks that change the
// direction of writing, and bytes that are not UTF-8 each become '?'. With `keep_lines`, "\n"
// stays, for text of several lines.
std::string sanitize_for_terminal(std::string_view text, bool keep_lines = false);

}  // namespace thaw
