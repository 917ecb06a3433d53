#pragma once  // Tests: tests/data/readers/columns_test.cc

#include <optional>
#include <string>
#include <vector>

namespace thaw {

// What was taken of a file's columns, by name. The training file decides for all splits.
struct ColumnRoles {
  std::string text;                        // a column may be called "", too
  std::optional<std::string> pair, label;  // none: rows are single texts; have no labels
  std::optional<std::string> id = {};      // tells rows apart, for people; none: row numbers do
  std::string source;                      // the file that decided
  std::vector<std::string> columns = {};   // all that it has
};

}  // namespace thaw
