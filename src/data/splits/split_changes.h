#pragma once  // Tests: tests/data/splits/leak_free_split_test.cc

#include <cstdint>
#include <string>
#include <vector>

namespace thaw {

// What became of the rows of one part that was split off train, beside drawing them.
struct DrawnPart {
  std::string name;   // "validation", "test"
  int64_t drawn = 0;  // rows, as scikit-learn's split draws them
  // Rows whose text another part has as well, to the byte, and rows whose text is nearly one of
  // another part (data/audit/near_duplicates.h).
  int64_t equal_moved = 0, near_moved = 0;  // to train
  int64_t equal_left = 0, near_left = 0;    // since they are too many
  // Of either kind, left since the part has no other rows of these labels.
  int64_t last_left = 0;
  std::vector<std::string> last_of_labels;
  // Rows that are nearly a row that was moved, and to no other one: numbers in their file.
  std::vector<int64_t> near_moved_rows;

  int64_t moved() const { return equal_moved + near_moved; }
};

// What was done to rows so that no text stands in two splits (data/splits/leak_free_split.h).
struct SplitChanges {
  bool kept_exact = false;       // splits were drawn and left as they were drawn
  std::vector<DrawnPart> drawn;  // validation, test; those that were split off train
  bool compared_near = true;     // false: too much text to look for nearly equal ones

  bool dropped = false;           // repeated texts were taken out of train
  int64_t dropped_shared = 0;     // rows with the text of a row of a given validation or test
  int64_t dropped_repeated = 0;   // others, with the text of an earlier row of train
  int64_t conflicting_texts = 0;  // texts whose rows in train had several labels
};

}  // namespace thaw
