#include "evaluation/holm.h"

#include <algorithm>
#include <numeric>

namespace thaw {

std::vector<double> holm_corrected(const std::vector<double>& p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double least = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    least = std::max(least, p_values[order[k]] * static_cast<double>(order.size() - k));
    corrected[order[k]] = std::min(1.0, least);
  }
  return corrected;
}

}  // namespace thaw
