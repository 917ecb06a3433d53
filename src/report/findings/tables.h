#pragma once

#include <string>
#include <vector>

#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// Tables for a terminal: UTF-8, aligned by display width, each line ended, no escape sequences.

// Rows of cells, the first row the heading, with a rule under it: the first column to the left, all
// others to the right. Columns that do not fit into `columns` of a terminal go on in a second table
// below, under the first column once more.
std::string text_table(const std::vector<std::vector<std::string>>& rows, int columns);

// A line for each strategy: approach, accuracy, F1, loss, and the metric that decides where it is
// none of them, with its 95 % interval where there is evidence; mean ± sd where there are reruns;
// change of accuracy and F1 against the first in points, trainable parameters, training time, peak
// memory. What did not finish is said below. What is wider than `columns` goes on in a second
// table.
std::string comparison_table(const ComparisonResults& results, const Recommendation& recommendation,
                             int columns = 80);
// With recommend(results).
std::string comparison_table(const ComparisonResults& results, int columns = 80);

// The epochs of one strategy as Transformers' Trainer prints them: Epoch, Training Loss, Validation
// Loss, Accuracy, and F1 (two labels) or Macro F1; the epoch that was kept is marked. Without a
// validation split, Epoch and Training Loss alone.
std::string epoch_table(const StrategyResult& strategy, int64_t labels);

// The same a line at a time, to print while training runs.
std::string epoch_table_header(int64_t labels, bool validated);
std::string epoch_table_row(const EpochResult& epoch, int64_t labels, bool validated);

// All that a comparison prints at its end: for each strategy its epochs, confusion matrix and
// classification report, then the comparison table and the findings in words.
std::string terminal_report(const ComparisonResults& results);

}  // namespace thaw
