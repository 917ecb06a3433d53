#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/results.h"

namespace thaw {

// A field as RFC 4180 wants it: in quotes, doubled inside, where it holds a comma, a quote, a line
// end, or a space at either end. Lines end with "\n", as pandas writes them.
std::string csv_field(std::string_view text);

// approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,peak_memory_mb,
// trainable_parameters,total_parameters; a line for each strategy. Metrics have as many digits as
// read back as the same number, seconds three, megabytes one; what is not finite is left empty.
std::string results_csv(const ComparisonResults& results);

// row,gold, then for each strategy <approach>_label and <approach>_<label name>, the probability,
// for each label. A column name that would stand there twice gets "_2", "_3", …. Probabilities are
// written to the last digit of a float. Only the header where predictions are not known. Throws
// Error when a strategy's logits do not fit the rows.
std::string predictions_csv(const ComparisonResults& results);

// Reads what predictions_csv wrote into test_rows, test_gold and each strategy's test_logits (log
// probabilities, which give the same label and, to a float's precision, the same probabilities).
// results must hold label_names and strategies. Throws Error with `place` and line when the text
// does not fit them.
void read_predictions(std::string_view csv, const std::string& place, ComparisonResults& results);

}  // namespace thaw
