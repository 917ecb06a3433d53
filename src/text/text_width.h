#pragma once  // Tests: tests/report/findings/tables_test.cc

#include <string>
#include <string_view>

namespace thaw {

// Widths of UTF-8 text, for tables in plain text.

// The number of code points, as Python's len() counts. A stray byte counts as one.
int code_points(std::string_view text);

// The columns that a terminal gives the text: 2 for wide East Asian characters and emoji, 0 for
// combining marks and joiners, 1 for everything else.
int display_width(std::string_view text);

// The text with control characters (escape sequences, line ends) replaced by '?', cut to
// `most_columns` columns with "…" at its end where it is longer.
std::string fit_columns(std::string_view text, int most_columns = 1 << 20);

// The text with spaces before it (pad_left) or after it (pad_right) up to `columns` columns.
std::string pad_left(std::string_view text, int columns);
std::string pad_right(std::string_view text, int columns);

}  // namespace thaw
