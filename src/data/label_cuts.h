#pragma once  // Tests: tests/data/labels_test.cc

#include <cstdint>
#include <string>
#include <vector>

namespace thaw {

// Throws Error for cuts that do not ascend, and for names that are not one more than they.
void check_cuts(const std::vector<double>& cuts, const std::vector<std::string>& user_names);

// The bin of a value, 0 … cuts. A value that equals cut i of k goes up below the middle and at it,
// and stays down above it (labels.h).
int32_t bin_of(double value, const std::vector<double>& cuts);

// Names of the bins: "below -0.5", "from -0.5 to 0.5", "above 0.5".
std::vector<std::string> bin_names(const std::vector<double>& cuts);

}  // namespace thaw
