#pragma once  // Tests: tests/report/findings/words_test.cc

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "evaluation/paired_tests.h"
#include "results/results.h"

namespace thaw {

// What follows from the numbers of a comparison, before any sentence is made of it.

// Fewer test rows than this and the words say that nothing can be concluded.
inline constexpr int64_t kTinyTestRows = 30;

// A strategy against the first that has metrics (reference_strategy), of the means over seeds; 0
// for that one itself and where there are none.
struct ChangeFromFirst {
  double accuracy = 0, f1 = 0, loss = 0;
  // Of the loss that the saved models have on the evaluated rows: calibrated where both are. NaN
  // where only one is, or where it is known of one seed of several.
  double saved_loss = std::numeric_limits<double>::quiet_NaN();
  // Absent for the first, where predictions are not known, and where either has several seeds.
  std::optional<PairedCounts> paired;
  double standard_error = 0;  // of accuracy, where paired
  double p_value = 1;         // exact McNemar, where paired
  // After Holm's correction: over all pairs where there is evidence, else over these.
  double p_holm = 1;
  bool clear = false;  // p_holm < 0.05
};

// How many times what the first needed; 0 where either is unknown.
struct CostFactors {
  double time = 0, parameters = 0, memory = 0;
};

// What a strategy answered to the evaluated rows, with its first seed.
struct GivenAnswers {
  int64_t correct = 0;
  int32_t most_given = 0;             // the label that it gave most often
  double most_given_share = 0;        // of the test rows
  bool one_label_only = false;        // it gave that label to every row
  bool every_seed_one_label = false;  // and so did each further seed, or another label
  bool ends_at_majority = false;      // and that label is the most frequent one of training
  // (Calibrated) test loss of log(labels), within 2 %, or more.
  bool no_better_than_guessing = false;
};

// How validation went, where there was a validation split and more than one epoch.
struct ValidationCourse {
  bool by_calibrated_loss = false;  // its saved model is calibrated, so epochs are judged as such
  int lowest_epoch = 0;             // of the lowest validation loss, from 1; 0: unknown
  bool overfits = false;            // past it validation loss rose (by 1 %) as training loss fell
  bool still_improving = false;     // the last epoch had the lowest validation loss
};

struct StrategyFacts {
  ChangeFromFirst change;
  CostFactors cost_factors;
  GivenAnswers answers;
  ValidationCourse validation;
  int64_t steps = 0;  // optimizer steps; 0: unknown
};

struct ComparisonFacts {
  int64_t rows = 0;           // that the strategies were tested on
  int64_t train_rows = 0;     // 0: unknown
  int32_t most_frequent = 0;  // label of the test rows
  double baseline = 0;        // accuracy of always answering it
  bool tiny = false;          // rows < kTinyTestRows
  std::vector<StrategyFacts> strategies;
};

// Throws Error when there is no strategy, or a strategy's metrics do not fit the label names. A
// strategy without metrics, as one that failed, has the facts of an empty one.
ComparisonFacts comparison_facts(const ComparisonResults& results);

// The validation loss of an epoch that tells of the saved model: after a temperature was fitted to
// it where facts say so.
double judged_loss(const StrategyFacts& facts, const EpochResult& epoch);

// Its classifier is the optimum: neither steps nor a learning rate can be to blame.
bool solved_exactly(const StrategyResult& strategy);

// Predictions of two strategies compared; absent where either's logits are not known.
std::optional<PairedCounts> paired_counts_of(const ComparisonResults& results, size_t first,
                                             size_t second);

}  // namespace thaw
