#pragma once

#include <string>

#include "results/results.h"

namespace thaw {

// What a run has written, a line each, and the command to type next: predict with the strategy
// that the results recommend, or else the first that finished. `single`: the model lies in `out`.
void print_outputs(const ComparisonResults& results, const std::string& out, bool single);

}  // namespace thaw
