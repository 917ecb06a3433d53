#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/results.h"

namespace thaw {

// A field as RFC 4180 wants it: in quotes, doubled inside, where it holds a comma, a quote, a line
// end, or a space at either end. Lines end with "\n", as pandas writes them.
std::string csv_field(std::string_view text);

// A field of text that somebody else wrote, as a label's name or a row's text: csv_field, and
// behind a ' where a spreadsheet would run it as a formula, that is where it begins with = + - @, a
// tab or a carriage return and is no number. What already has a ' before such a beginning gets
// another, so that without_guard() always finds the way back.
std::string csv_text(std::string_view text);
std::string without_guard(std::string text);

// A line for each strategy: approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,
// peak_memory_mb,trainable_parameters,total_parameters of the first seed; then for accuracy, f1,
// macro_f1, macro_recall and loss <metric>_mean,_sd,_low,_high over seeds and test rows
// (results.evidence); then seeds (with spaces between), temperature, frozen_hash_before,
// frozen_hash_after, failure, calibrated_loss. Losses are of the probabilities as trained, but for
// calibrated_loss, which is of those at the temperature: what the saved model gives. Metrics have
// as many digits as read back as the same number, seconds three, megabytes one; what is not finite
// or not known is left empty.
std::string results_csv(const ComparisonResults& results);

// row, the file's own id (a column of its name, where it has one), gold, text (where texts are
// known), the columns of --slices, then for each strategy <approach>_label,
// <approach>_<label name>, the probability, and <approach>_logit_<label name> for each label, and
// the same for its reruns as <approach>_seed43. A column name that would stand there twice gets
// "_2", "_3", …. Probabilities are calibrated where a temperature was fitted (not for reruns), as
// the saved model gives them; logits are those of training. Both are written to the last digit of a
// float; what failed or has no logits has empty fields. Only the header where no rows
// are known. Throws Error when a strategy's logits do not fit the rows.
std::string predictions_csv(const ComparisonResults& results);

// Reads what predictions_csv wrote into test_rows, test_gold, test_texts, slice_values and each
// run's test_logits. Files of thaw 0.1 have no texts and no logits: the logits are then log
// probabilities, which give the same label and, to a float's precision, the same probabilities.
// results must hold label_names, strategies, reruns and slices. Throws Error with `place` and line
// when the text does not fit them.
void read_predictions(std::string_view csv, const std::string& place, ComparisonResults& results);

}  // namespace thaw
