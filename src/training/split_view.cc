#include "training/split_view.h"

namespace thaw {

std::vector<int32_t> chosen_labels(const SplitView& split) {
  const auto rows = static_cast<size_t>(split.rows());
  if (split.chosen == nullptr) return {split.labels, split.labels + rows};
  std::vector<int32_t> labels;
  labels.reserve(rows);
  for (const int64_t row : *split.chosen) labels.push_back(split.labels[row]);
  return labels;
}

}  // namespace thaw
