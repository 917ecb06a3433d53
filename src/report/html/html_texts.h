#pragma once  // Tests: tests/report/html/html_test.cc

#include <limits>
#include <string>
#include <vector>

#include "text/markup.h"

namespace thaw::html {

// Tables of texts: on a phone each row stands as a block, its cells named by their column.

// The text, cut to a few lines, and where it stands.
Markup text_cell(const std::string& text, const std::string& place);
// The same with the rest of the text behind a click.
Markup whole_text_cell(const std::string& text, const std::string& place);
// "TW-07, row 12" where the file has ids, else "row 12".
std::string named_row(const std::string& id, int64_t row);
// A label, and its probability where that is a number.
Markup answer_cell(const std::string& name, const std::string& label,
                   double share = std::numeric_limits<double>::quiet_NaN());
// Nothing where there are no rows.
Markup texts_table(const std::string& caption, const std::vector<std::string>& columns,
                   MarkupView rows);

}  // namespace thaw::html
