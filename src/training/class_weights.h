#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

// scikit-learn's class_weight="balanced": rows / (labels that occur * rows of the label), and 1 for
// a label that does not occur.  // [labels]
std::vector<double> balanced_class_weights(const std::vector<int64_t>& counts /* [labels] */);

}  // namespace thaw
