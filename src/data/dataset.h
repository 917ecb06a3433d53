#pragma once  // Tests: tests/data/load_test.cc

#include <cstdint>
#include <string>
#include <vector>

#include "data/readers/column_roles.h"
#include "data/readers/column_values.h"
#include "data/readers/text_column.h"
#include "data/splits/split_changes.h"

namespace thaw {

// Rows of one split, in the order in which they are used.
struct Split {
  TextColumn texts;             // or pairs of texts
  std::vector<int32_t> labels;  // [rows] index into Dataset::label_names; empty if unlabelled
  std::vector<int64_t> rows;    // [rows] number of the row in its file, from 0
  TextColumn ids;               // [rows] as the file calls them (ColumnRoles::id), or empty
  std::string source;           // the file or folder that the rows came from, for messages
  // [DataOptions::slice_columns] of the split that is evaluated; else empty.
  std::vector<ColumnValues> columns;

  int64_t size() const { return texts.size(); }
};

// Rows of a given test that has no labels: they are to be answered and cannot judge.
struct UnlabelledTest {
  Split split;          // without labels
  TextColumn ids;       // [rows] as its file tells them apart; empty: it does not
  std::string id_name;  // the column's name
};

struct Dataset {
  Split train, validation, test;  // a split that does not exist has no rows
  UnlabelledTest unlabelled;
  std::vector<std::string> label_names;  // [labels]
  SplitChanges changes;                  // what was done so that no text stands in two splits
  ColumnRoles columns;                   // what the training file's columns were taken for
  std::vector<std::string> notes;        // lines for the user: how the data was read
};

}  // namespace thaw
