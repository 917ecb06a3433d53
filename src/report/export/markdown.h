#pragma once  // Tests: tests/report/export/model_card_test.cc

#include <string>
#include <string_view>

namespace thaw {

// Text of others made safe for a paragraph, list item or table cell of Markdown, where it shows as
// it is: what GitHub-flavoured Markdown or HTML would take for markup is escaped, line ends and
// tabs become spaces, other control characters and bytes that are not UTF-8 become U+FFFD.
std::string escape_markdown(std::string_view text);

// A double-quoted YAML scalar (1.1 and 1.2) on one line that reads back as the text. Bytes that are
// not UTF-8 become U+FFFD.
std::string yaml_quoted(std::string_view text);

}  // namespace thaw
