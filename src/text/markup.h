#pragma once

#include <string>
#include <string_view>

namespace thaw {

// Text made safe for the inside of an element or of a quoted attribute, in HTML and in XML: & < > "
// ' become entities; control characters and bytes that are not UTF-8 become U+FFFD.
std::string escape_markup(std::string_view text);

// escape_markup, and a place to break the line after each '_', '-', '.' and '/'.
std::string escape_breakable(std::string_view text);

// A name that is safe as the name of a file: letters, digits, '.', '_' and '-' stay, everything
// else becomes '_'; never empty, never starting with '.'.
std::string file_name_part(std::string_view text);

}  // namespace thaw
