#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/readers/table.h"

namespace thaw {

// How a CSV or TSV file is written.
struct DelimitedForm {
  char delimiter = ',';
  bool quotes = true;    // fields may stand in quotes; false: quotes are plain characters
  char line_end = '\n';  // which takes CRLF as well; '\r' in files of old Macintosh programs
  size_t start = 0;      // offset of the first record: behind the line "sep=;" of spreadsheets
  std::string note;      // a line for the user where another reading is as likely; else empty
};

// Finds it out. A CSV file is cut at that of , ; tab | on which its header and the rows after it
// agree best: most of them have as many fields as the header, which are at least two (or as many as
// `columns`, the names of a file without a header). Of several that fit equally it is the first,
// and `note` says so. A first line "sep=X" decides for X.
DelimitedForm delimited_form(std::string_view bytes, FileFormat format, size_t columns,
                             const std::string& source);

}  // namespace thaw
