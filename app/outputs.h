#pragma once

#include <string>

#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// What a run has written, a line each, and the command to type next: predict with the strategy
// that is recommended, or else the first that finished. `single`: the model lies in `out`.
void print_outputs(const ComparisonResults& results, const Recommendation& recommendation,
                   const std::string& out, bool single);

}  // namespace thaw
