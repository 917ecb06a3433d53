#include "data/class_balance.h"

namespace thaw {

std::vector<int64_t> rows_of_labels(std::span<const int32_t> labels, int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  for (const int32_t label : labels) ++rows.at(static_cast<size_t>(label));
  return rows;
}

ClassBalance class_balance(const std::vector<int64_t>& class_rows) {
  ClassBalance balance;
  for (size_t label = 0; label < class_rows.size(); ++label) {
    const int64_t rows = class_rows[label];
    if (rows == 0) continue;
    if (rows > balance.most) {
      balance.largest = label;
      balance.most = rows;
    }
    if (balance.fewest == 0 || rows < balance.fewest) {
      balance.smallest = label;
      balance.fewest = rows;
    }
  }
  return balance;
}

}  // namespace thaw
