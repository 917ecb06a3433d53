#pragma once

#include <string>
#include <vector>

#include "data/audit/audit.h"
#include "data/dataset.h"
#include "results/results.h"

namespace thaw {

// Looks for what spoils an experiment before it runs: texts in two splits, to the byte and nearly
// (data/audit/near_duplicates.h); equal texts with different labels within a split; classes of
// fewer than kTinyClass training rows; and how long texts are. Suspects (experiment/label_issues.h)
// are not looked for. A row of a later split counts once, however many earlier splits have its
// text.
//
// Examples come from test and train first. Histograms of all splits have the same at most 40 bars;
// the last takes what is longer than all but a hundredth of the texts. `max_length` 0: nothing is
// cut. 60,000 tweets take a second.
DataFindings find_data_problems(const Dataset& dataset, const SplitLengths& lengths = {},
                                int max_length = 0);

// A few training rows of each label, the first of the file; lengths as above, or empty.
std::vector<SampleRow> sample_rows(const Dataset& dataset, const std::vector<int32_t>& lengths);
// What the file calls those rows of the split that the lists of `findings` name, where it has ids.
void take_row_ids(const std::string& name, const Split& split, DataFindings& findings);

// The findings for a terminal: one line if there are none, else how many there are of each kind,
// the first few with row numbers and texts, and what to do about them. Ends with a line end. Throws
// Error where a label has no name.
std::string format_findings(const DataFindings& findings,
                            const std::vector<std::string>& label_names, int width = 88);

}  // namespace thaw
