#pragma once

#include <string>
#include <vector>

#include "data/readers/table.h"

namespace thaw {

struct ChosenColumns {
  int text = -1;   // index into the names
  int label = -1;  // -1: not asked for
  int pair = -1;   // -1: not asked for; never guessed
  int id = -1;     // -1: not asked for, or none is called like one

  ColumnRoles roles(const std::vector<std::string>& names, const std::string& source) const;
};

// Whether a column is called as people call the one of the texts, whatever its case.
bool is_called_like_a_text(const std::string& name);

// A line for each name that several columns have, with their positions from 1: where neither texts
// nor labels are taken from them, nothing depends on it. Columns without a name count as different.
std::vector<std::string> duplicate_name_lines(const std::vector<std::string>& names,
                                              const std::string& source);

// Finds the columns that a request names, or else guesses them by the names that people use
// (text, sentence, tweet, review, …; label, sentiment, class, rating, …), whatever their case.
// A column of ids is guessed by "id", names such as tweet_id, then any other *_id that is not one
// of classes. "text" and "label" come before all others; of two columns where one is known, the
// other one is the other, unless it is called like one that numbers rows (id, idx, tweet_id); a
// single column is the text. Roles that another file has decided are held: then only the label
// column may be missing. Throws Error that lists the columns: a named column is not there, none or
// several would do; and where two columns have the name of one that is taken, with both positions.
ChosenColumns choose_columns(const std::vector<std::string>& names, const TableRequest& request,
                             const std::string& source);

// Where the request's further columns are, -1 for one that is not there. Throws Error where two
// columns have the name of one, with both positions.
std::vector<int> find_further_columns(const std::vector<std::string>& names,
                                      const TableRequest& request, const std::string& source);

// The Error for one of them that the file has not got, which lists those that it has.
[[noreturn]] void throw_no_slice_column(const std::string& name, const ColumnRoles& roles);

}  // namespace thaw
