#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/listener.h"
#include "report/findings/recommendation.h"
#include "results/results.h"

namespace thaw {

// The evaluated rows by the values of columns (--slices).

// Takes the values up: those of the columns, and where none is called kLengthSlices but it was
// asked for, the number of tokens of each row.  lengths: [rows]
void take_slice_values(const std::vector<ColumnValues>& columns,
                       const std::vector<int32_t>& lengths, ComparisonResults& results);
// Makes results.slices of results.slice_values and the predictions. Without predictions, or without
// values, nothing changes. Reports how far it has come, a stage a column; it is not interrupted,
// since what is complete is judged after an interruption as well.
void judge_slices(ComparisonResults& results, const Listener& listener = {});

// The strategy whose slices are shown first: the one to take, else the best. Of one strategy alone
// the recommendation is not asked.
size_t shown_slice_strategy(const ComparisonResults& results, const Recommendation& recommendation);
// Null where the strategy has no predictions.
const SliceMetric* slice_metric(const Slice& slice, size_t strategy, Metric metric);
// More than chance explains, after Holm's correction.
bool differs_from_rest(const SliceMetric& metric);
// A slice's name, safe to show and cut to fit.
std::string shown_slice_name(const Slice& slice);
// What the slices are of and how they were made, a sentence or two.
std::string slices_sentence(const SlicedColumn& column);
// The slices of the column that differ in the metric that decides, in a sentence; "" for none.
std::string differing_slices_sentence(const ComparisonResults& results, const SlicedColumn& column,
                                      size_t strategy);

// A table for each column, for the terminal; "" where there are no slices.
std::string format_slices(const ComparisonResults& results, const Recommendation& recommendation);

// column,slice,kind,rows,approach,metric,value,low,high,difference,difference_low,difference_high,
// p,p_holm; a line for each metric of each strategy in each slice. What is not known is empty.
std::string slices_csv(const ComparisonResults& results);

}  // namespace thaw
