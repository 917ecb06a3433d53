#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/results.h"

namespace thaw {

// What limits how far the numbers of a comparison can be trusted, a line each, whatever number of
// strategies or labels it concerns.
struct Caveat {
  enum class Kind {
    kHarmfulTemperature,  // the fitted temperature makes the evaluated rows' probabilities worse
    kSmallValidation,     // fewer than kFewValidationRows
    kRareLabels,          // labels with fewer than kTinyClass rows to learn from or to test on
    kTwoSeeds,            // so few that hardly any difference is clear
  };
  Kind kind = Kind::kSmallValidation;
  std::vector<std::string> about;  // strategies or labels
  int64_t rows = 0;                // of validation, or the fewest of a label
  std::string sentence;
};

// Fewer choose an epoch, a learning rate or a temperature by little more than chance: the standard
// error of their loss is larger than what there is to choose between.
inline constexpr int64_t kFewValidationRows = 100;

// -1 where it is not known how many there are.
int64_t validation_rows(const ComparisonResults& results);
// The saved model's probabilities on the evaluated rows are worse than as trained: their loss is
// higher, or it is the same and the calibration error is.
bool temperature_harms(const StrategyResult& strategy);

const char* caveat_name(Caveat::Kind kind);  // "small_validation"
// At most one of each kind.
std::vector<Caveat> caveats(const ComparisonResults& results);
// A line each, for a terminal that shows no findings.
std::string format_caveats(const ComparisonResults& results);

}  // namespace thaw
