#pragma once  // Tests: tests/report/findings/several_seeds_test.cc

#include <cstddef>
#include <string>

#include "results/results.h"

namespace thaw {

// What the observations say of metrics where some strategy has several seeds: means over seeds with
// their standard deviation, and tests over seeds and rows.

// "full has accuracy 0.6767 ± 0.0031 over 3 seeds, probe 0.6471 ± 0.0002 (+2.96 points); macro F1
// 0.6747 ± 0.0030 against 0.6407 ± 0.0001 (+3.40)."
std::string against_over_seeds(const ComparisonResults& results, size_t strategy);
// Whether that difference of accuracy is more than rows and seeds explain; "" where it is unknown.
std::string certainty_over_seeds(const ComparisonResults& results, size_t strategy);
// Of a strategy that is the only one.
std::string alone_over_seeds(const ComparisonResults& results, size_t strategy);

// For what is not a mean, as confusion matrices and rows; "" without several seeds.
std::string first_seed_sentence(const ComparisonResults& results);

}  // namespace thaw
