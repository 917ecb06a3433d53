#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

// The rule of thumb: from 1:10 on, classes count as imbalanced.
inline constexpr double kImbalanceLimit = 10;

// The largest class and the smallest, among those that have rows; of equals the first.
struct ClassBalance {
  size_t largest = 0, smallest = 0;  // labels
  int64_t most = 0, fewest = 0;      // their rows

  // Rows of the largest for each row of the smallest; 1 where no class has rows.
  double ratio() const {
    return fewest == 0 ? 1 : static_cast<double>(most) / static_cast<double>(fewest);
  }
  bool is_imbalanced() const { return ratio() >= kImbalanceLimit; }
};

// How many rows have each label.  // [count]
std::vector<int64_t> rows_of_labels(std::span<const int32_t> labels /* [rows] 0…count-1 */,
                                    int64_t count);

ClassBalance class_balance(const std::vector<int64_t>& class_rows /* [labels] */);

}  // namespace thaw
