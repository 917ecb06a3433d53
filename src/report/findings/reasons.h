#pragma once  // Tests: tests/report/findings/words_test.cc

#include <string>
#include <vector>

#include "report/findings/facts.h"
#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// What may explain the numbers, and what follows from them: the second and third part of Findings.
std::vector<std::string> likely_reasons(const ComparisonResults& results,
                                        const ComparisonFacts& facts,
                                        const Recommendation& recommendation);
std::vector<std::string> conclusions(const ComparisonResults& results, const ComparisonFacts& facts,
                                     const Recommendation& recommendation);

}  // namespace thaw
