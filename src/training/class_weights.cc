#include "training/class_weights.h"

#include <algorithm>
#include <numeric>

#include "data/class_balance.h"

namespace thaw {

std::vector<double> balanced_class_weights(const std::vector<int64_t>& counts) {
  const int64_t rows = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  const auto present =
      counts.size() - static_cast<size_t>(std::count(counts.begin(), counts.end(), 0));
  std::vector<double> weights(counts.size(), 1.0);
  for (size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] == 0) continue;
    weights[label] = static_cast<double>(rows) /
                     (static_cast<double>(present) * static_cast<double>(counts[label]));
  }
  return weights;
}

std::vector<double> class_weights_of(const LossSettings& loss, std::span<const int32_t> gold,
                                     int64_t labels) {
  if (!loss.balanced_classes) return loss.class_weights;
  return balanced_class_weights(rows_of_labels(gold, labels));
}

}  // namespace thaw
