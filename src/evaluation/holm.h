#pragma once  // Tests: tests/evaluation/bootstrap_test.cc

#include <vector>

namespace thaw {

// p-values corrected for their number by Holm's step-down method (Holm 1979), as statsmodels'
// multipletests(p_values, method="holm"): the k-th smallest of m times m - k + 1, not below its
// predecessors and at most 1. Keeps the order given.
std::vector<double> holm_corrected(const std::vector<double>& p_values);

}  // namespace thaw
