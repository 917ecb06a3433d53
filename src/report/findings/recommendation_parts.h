#pragma once  // Tests: tests/report/findings/recommendation_test.cc

#include <string>
#include <vector>

#include "report/findings/facts.h"
#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// What the headline and the sentences of a recommendation are put together from.
class RecommendationParts {
 public:
  RecommendationParts(const ComparisonResults& results, const Recommendation& found);

 protected:
  const StrategyStanding& standing(size_t index) const { return found_.strategies[index]; }
  const std::string& name(size_t index) const { return results_.strategies[index].name; }
  std::string cost(size_t index) const;
  bool lower_is_better() const;

  // "macro F1 0.6747 (95% 0.6659–0.6834)", "… ± 0.0037 (…; 3 seeds, mean ± sd)".
  std::string quality(size_t index) const;
  // "+2.9 points of macro F1 (95% +2.1…+3.7, p < 0.001)".
  std::string gain_with_interval(size_t of, size_t against) const;
  // "last-2 reaches 92% of that gain at 9.0×".
  std::string reaches(size_t index) const;
  bool clear(size_t of, size_t against) const;
  // By the rows alone; then it is the seeds that do not agree.
  bool disagreeing(size_t of, size_t against) const;

  // On the front between reference and best; the largest share of the gain first.
  std::vector<size_t> on_the_way() const;
  size_t fastest_over_budget() const;
  bool all(Exclusion reason) const;

  const ComparisonResults& results_;
  const Recommendation& found_;
  const ComparisonFacts facts_;
  const std::string metric_;  // "macro F1"
  const std::string rows_;    // "400 test rows"
};

// The words for people, and the numbers behind them (Recommendation::headline and ::basis).
std::string headline_of(const ComparisonResults& results, const Recommendation& found);
std::string basis_of(const ComparisonResults& results, const Recommendation& found);

}  // namespace thaw
