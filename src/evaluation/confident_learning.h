#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

// Finds labels that are likely wrong by confident learning (Northcutt, Jiang, Chuang: "Confident
// Learning: Estimating Uncertainty in Dataset Labels", JAIR 70, 2021), as cleanlab 2.9 does.
// Probabilities must come from models that did not see the row (out of fold), each row's must be
// finite and sum to one. All functions throw Error where a given label lies outside 0 … labels - 1
// or a probability outside 0 … 1.

// Of each label the mean probability of it over the rows that are given it; 2 where no row is.
std::vector<double> confident_thresholds(const double* probabilities /* [rows, labels] */,
                                         const int32_t* given /* [rows] */, int64_t rows,
                                         int64_t labels);

// How many rows of each given label have which true label, estimated: a row counts for the label
// whose threshold its probability reaches, the likeliest if there are several, for none if there is
// none; the counts are then scaled to the rows of each given label, whose sums the rounding keeps.
std::vector<int64_t> confident_joint(const double* probabilities, const int32_t* given,
                                     int64_t rows, int64_t labels);  // [labels given, labels true]

// The rows whose label is likely wrong, by "prune by noise rate": of the rows given label i as many
// as the joint counts for each true label j, those with the greatest p(j) - p(i); never one whose
// given label is its likeliest. Ordered by label_quality(), the worst first, then by row.
std::vector<int64_t> find_label_issues(const double* probabilities, const int32_t* given,
                                       int64_t rows, int64_t labels);

// Normalised margin: (p(given) - the highest p of another label + 1) / 2, so 0 … 1, 0 the worst.
double label_quality(const double* probabilities /* [labels] */, int32_t given, int64_t labels);

}  // namespace thaw
