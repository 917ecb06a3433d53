#pragma once  // Tests: tests/data/audit/audit_test.cc

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/readers/text_column.h"

namespace thaw {

// A row of one of several splits.
struct TextPlace {
  int32_t split;     // place in the list of splits
  int64_t position;  // in that split
};

// Calls `take` once for each text (of pairs: both texts) that stands in more than one row, with all
// of its rows, by split and then position. Equal is what is equal to the byte, an empty text, too.
// The order of the texts is the same in every run.
void for_each_equal_text(const std::vector<const TextColumn*>& splits,
                         const std::function<void(std::span<const TextPlace>)>& take);

}  // namespace thaw
