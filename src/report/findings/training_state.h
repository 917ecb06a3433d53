#pragma once

#include <string>
#include <vector>

#include "report/findings/facts.h"
#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// Whether a strategy was trained about as well as it can be. One that was not says nothing about
// what is worth unfreezing. The kinds exclude each other; the first that holds is taken.
enum class TrainingState {
  kFine,
  kOneClass,        // it gave every row one label
  kBelowSolved,     // a probe trained step by step is clearly below the optimum of its own head
  kHardlyTrained,   // its training loss is still that of the training labels' shares, within 5 %
  kBelowLinear,     // a probe whose head has a dense layer is clearly below a linear one, solved
  kUnderconfident,  // the temperature that fits validation is below 0.7
  kStillImproving,  // the last epoch had the lowest validation loss, by 0.5 % of the one before
  kOvertrained,     // past its best epoch the validation loss rose by a tenth, and that was kept
};
// Losses of epochs are calibrated where the saved model is. The last three are not told by fewer
// than kFewValidationRows validation rows, nor the temperature where it makes the evaluated rows
// worse. Losses and temperature are the first seed's; metrics are means over seeds, and kOneClass
// is of all seeds.

struct TrainingFinding {
  TrainingState state = TrainingState::kFine;
  double value = 0;         // what it was told by: the solved probe's metric, a loss, a temperature
  double second = 0;        // what that is measured against: an own metric, the loss of shares
  bool calibrated = false;  // losses are after a temperature was fitted, as the saved model's are
};

// [strategies]; kFine for those that did not finish.
std::vector<TrainingFinding> training_findings(const ComparisonResults& results,
                                               const ComparisonFacts& facts);

// One sentence, for every state but kFine and kOneClass, which the recommendation tells.
std::string training_sentence(const ComparisonResults& results, size_t strategy,
                              const TrainingFinding& finding);

// The same of all strategies, and of those that give one answer, a line each; "" where all is fine
// or too few rows were evaluated to tell.
std::string format_training_warnings(const ComparisonResults& results);

// "hardly trained" and the like, for a table; "" where all is fine.
std::string training_mark(TrainingState state);

// "Not yet comparable: probe was hardly trained; solved to its optimum the same head gives 0.567,
// so 18.3 of the 25.8 points are training, not unfreezing. " in front of a headline, where what it
// compares was not trained alike; else "".
std::string not_yet_comparable(const ComparisonResults& results,
                               const Recommendation& recommendation);

}  // namespace thaw
