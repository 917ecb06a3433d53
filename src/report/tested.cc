#include "report/tested.h"

#include <algorithm>

namespace thaw {

TestedFindings tested_findings(const ComparisonResults& results) {
  const auto failed = [](const StrategyResult& strategy) { return strategy.test.rows == 0; };
  if (std::none_of(results.strategies.begin(), results.strategies.end(), failed)) {
    return {comparison_facts(results), findings(results)};
  }
  ComparisonResults tested = results;
  std::erase_if(tested.strategies, failed);
  if (tested.strategies.empty()) return {};
  return {comparison_facts(tested), findings(tested)};
}

}  // namespace thaw
