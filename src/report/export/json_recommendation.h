#pragma once  // Tests: tests/report/export/json_test.cc

#include "report/findings/recommendation.h"
#include "results/json_parts.h"

namespace thaw {

// Which strategy to take, and how well each was trained. Made of the rest of the results at every
// writing, so there is no way back.
OrderedJson recommendation_json(const ComparisonResults& results, const Recommendation& found);

}  // namespace thaw
