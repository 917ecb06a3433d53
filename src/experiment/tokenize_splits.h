#pragma once  // Tests: tests/experiment/length_limits_test.cc

#include "data/dataset.h"
#include "experiment/strategy_runner.h"
#include "model/classifier.h"
#include "results/results.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// Puts the tokens of every split into `material`; what cutting them to max_length took. Throws
// Error where the tokenizer's token types do not fit the model.
TruncationFindings tokenize_splits(const Dataset& data, const Tokenizer& tokenizer,
                                   const ClassifierModel& model, int max_length,
                                   PreparedData& prepared);

}  // namespace thaw
