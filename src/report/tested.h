#pragma once

#include "report/facts.h"
#include "report/results.h"
#include "report/words.h"

namespace thaw {

// Facts and findings where some strategies may have failed: only the others can be compared and
// talked about. Both are empty where all failed.
struct TestedFindings {
  ComparisonFacts facts;  // of the strategies that have metrics, in their order
  Findings words;
};

TestedFindings tested_findings(const ComparisonResults& results);

}  // namespace thaw
