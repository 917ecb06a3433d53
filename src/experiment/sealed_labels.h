#pragma once  // Tests: tests/experiment/decision_test.cc

#include <cstdint>
#include <utility>
#include <vector>

namespace thaw {

// The gold labels that a comparison is judged by, out of reach until it is over. What trains,
// searches or chooses is never handed one of these, and opening it uses it up: the test is looked
// at once.
class SealedLabels {
 public:
  explicit SealedLabels(std::vector<int32_t> labels) : labels_(std::move(labels)) {}
  SealedLabels(SealedLabels&&) = default;
  SealedLabels(const SealedLabels&) = delete;

  std::vector<int32_t> open() && { return std::move(labels_); }

 private:
  std::vector<int32_t> labels_;  // [rows]
};

}  // namespace thaw
