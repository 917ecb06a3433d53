#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "results/results.h"

namespace thaw {

// Which strategy to take: from ComparisonResults::evidence, ::decision and the training times.

inline constexpr double kUnknownNumber = std::numeric_limits<double>::quiet_NaN();

enum class Exclusion {
  kNone,
  kDidNotFinish,  // it has no metrics
  kOneAnswer,     // all its seeds gave every row one label, though the rows have several
  kOverBudget,    // its training took longer than DecisionSettings::budget_seconds
};

// One strategy. Numbers are of the metric that decides.
struct StrategyStanding {
  double quality = kUnknownNumber;                     // mean over the seeds that finished
  double sd = kUnknownNumber;                          // over them, with n - 1; NaN with one
  double low = kUnknownNumber, high = kUnknownNumber;  // 95 %, where there is evidence
  int seeds = 0;                                       // that finished
  int failed_seeds = 0;                                // reruns that did not
  int one_answer_seeds = 0;                            // that gave every row one label
  double cost_seconds = 0;  // of training, mean over the seeds that finished; 0: unknown
  Exclusion excluded = Exclusion::kNone;
  bool on_front = false;   // nothing usable is as good for less
  double cost_factor = 0;  // times the reference's cost; 0: unknown
  // Share of the best's gain over the reference that this one has; NaN where that gain is not
  // clear.
  double gain_share = kUnknownNumber;
};

// One strategy minus another.
struct StrategyDifference {
  double value = kUnknownNumber, low = kUnknownNumber, high = kUnknownNumber;
  double p = kUnknownNumber;  // of the paired bootstrap, after Holm's correction
  // Two seeds or more of both, by the same numbers, do not agree on who is better.
  bool seeds_disagree = false;

  bool known() const { return p == p; }
  // More than the choice of test rows, or of a seed, explains.
  bool clear() const { return known() && p < 0.05 && !seeds_disagree; }
};

enum class Verdict {
  kNothingUsable,  // all failed or gave one answer
  kOverBudget,     // what is usable takes too long
  kTooFewRows,     // fewer than kTinyTestRows
  kAlone,          // one strategy was tried
  kOnlyOne,        // the others are excluded
  kNoPredictions,  // point values alone: the best of them, and nothing about chance
  kBest,           // the best
  kCheaper,        // not the best, but it cannot be told from it and costs less
};

struct Recommendation {
  Metric metric = Metric::kMacroF1;
  Verdict verdict = Verdict::kNothingUsable;
  // Of those that are not excluded: the best value, ties to the cheaper; the cheapest, which the
  // others are measured against. Absent where all are excluded.
  std::optional<size_t> best, reference;
  // The cheapest that cannot be told from the best. Absent for the first three verdicts.
  std::optional<size_t> chosen;
  // The best of those that the budget alone excludes, if it is better than the chosen one.
  std::optional<size_t> beyond_budget;
  std::vector<StrategyStanding> strategies;
  // Pareto front of quality and cost among those that finished with more than one answer, whatever
  // the budget; by cost.
  std::vector<size_t> front;

  std::string headline;                // for people: one or two whole sentences
  std::string basis;                   // the differences, intervals and p-values behind it, or ""
  std::vector<std::string> sentences;  // the advice first, then what it rests on
};

// Throws Error as comparison_facts does.
Recommendation recommend(const ComparisonResults& results);

// Of the metric that decides; its p is NaN where evidence has no such pair.
StrategyDifference difference(const ComparisonResults& results, size_t of, size_t against);

// The words for the numbers: fills headline and sentences (recommendation_words.cc).
void put_into_words(const ComparisonResults& results, Recommendation& recommendation);

}  // namespace thaw
