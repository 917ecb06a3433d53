#pragma once

#include <string>

#include "report/findings/recommendation.h"
#include "report/findings/words.h"
#include "results/results.h"

namespace thaw {

// The tables of a comparison, and what is found in them, as wide as the terminal.
void print_comparison(const ComparisonResults& results, const Findings& words);

// What a run has written, a line each, and the command to type next: predict with the strategy
// that is recommended, or else the first that finished. `single`: the model lies in `out`.
void print_outputs(const ComparisonResults& results, const Recommendation& recommendation,
                   const std::string& out, bool single);

}  // namespace thaw
