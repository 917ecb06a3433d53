#pragma once  // Tests: tests/data/readers/delimited_form_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/readers/delimited_form.h"
#include "data/readers/delimited_scanner.h"
#include "data/readers/label_column.h"

namespace thaw {

// Tells a text of several lines from a quote that opens by mistake and takes whole rows with it up
// to the next quote, which the format itself cannot tell: the lines of the latter are rows, with as
// many fields as the header and a label that other rows have.
class SwallowedLines {
 public:
  // columns: of the header. label: index of the label's, or -1.
  SwallowedLines(const DelimitedForm& form, size_t columns, int label)
      : form_(form), columns_(columns), label_(label) {}

  // Looks at a record. line_of: lines by offset, none of which was asked for behind this record.
  void look_at(const std::vector<DelimitedField>& record, std::string_view bytes,
               LineCounter& line_of);

  // Once all labels are known. Throws Error for the first quote that has taken rows; lines for the
  // user for those that may have.
  std::vector<std::string> notes(const LabelColumn& labels, const std::string& source) const;

 private:
  struct Suspect {
    int64_t opens, closes;            // lines
    int64_t lines = 0;                // whole ones between the quotes
    int64_t rows = 0;                 // those with as many fields as a row
    std::vector<std::string> labels;  // of these rows; at most kMostLabels
  };
  void look_at(const DelimitedField& field, size_t column, Suspect& suspect) const;

  const DelimitedForm& form_;
  const size_t columns_;
  const int label_;
  std::vector<Suspect> suspects_;
};

}  // namespace thaw
