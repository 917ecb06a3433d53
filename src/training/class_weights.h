#pragma once  // Tests: tests/training/exact_probe_test.cc

#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

// The loss that is trained with; validation has the plain one.
struct LossSettings {
  double label_smoothing = 0;
  bool balanced_classes = false;      // balanced_class_weights() of the rows that are trained on
  std::vector<double> class_weights;  // [labels] where not balanced; empty: all are 1

  bool has_same_weights(const LossSettings& other) const {
    return balanced_classes == other.balanced_classes && class_weights == other.class_weights;
  }
};

// scikit-learn's class_weight="balanced": rows / (labels that occur * rows of the label), and 1 for
// a label that does not occur.  // [labels]
std::vector<double> balanced_class_weights(const std::vector<int64_t>& counts /* [labels] */);

// What each label's rows count in the loss, of rows with these labels.  // [labels]; empty: 1
std::vector<double> class_weights_of(const LossSettings& loss,
                                     std::span<const int32_t> gold /* [rows] */, int64_t labels);

}  // namespace thaw
