#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/split_changes.h"
#include "data/text_column.h"

namespace thaw {

// Rows of one split, in the order in which they are used.
struct Split {
  TextColumn texts;             // or pairs of texts
  std::vector<int32_t> labels;  // [rows] index into Dataset::label_names; empty if unlabelled
  std::vector<int64_t> rows;    // [rows] number of the row in its file, from 0
  std::string source;           // the file or folder that the rows came from, for messages

  int64_t size() const { return texts.size(); }
};

struct Dataset {
  Split train, validation, test;         // a split that does not exist has no rows
  std::vector<std::string> label_names;  // [labels]
  SplitChanges changes;                  // what was done so that no text stands in two splits
};

}  // namespace thaw
