#pragma once  // Tests: tests/data/load_test.cc

#include <string>
#include <vector>

#include "data/readers/label_column.h"

namespace thaw {

// "labels: 0 → neg, 1 → pos (the file's own names)": values as they stand in the file, [labels],
// or none where names stand there themselves; at most twelve labels. how: what was decided.
std::string label_line(const std::vector<std::string>& names,
                       const std::vector<std::string>& values, const std::string& how);

// Adds a line for each label of a text column that may be meant otherwise: what pandas reads as
// missing, and texts that are equal as numbers.
void add_doubtful_texts(const LabelColumn& column, std::vector<std::string>& lines);

// Throws the Error for a value that is none of the labels, with a hint where only its case or its
// number's spelling differs.
[[noreturn]] void throw_unknown_label(const LabelColumn& column, int32_t code,
                                      const std::vector<std::string>& names);

// Throws Error for names that are empty or given twice.
void check_label_names(const std::vector<std::string>& names);

// The names that a user gives to a file's ids, of which the file has names of its own: throws Error
// for one of these at another place.
void check_names_of_ids(const std::vector<std::string>& file_names,
                        const std::vector<std::string>& user_names);

}  // namespace thaw
