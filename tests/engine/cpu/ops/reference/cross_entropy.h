#pragma once

#include <cstdint>

namespace thaw::reference {

// The loss as its formula has it, for logits too small to overflow.
double cross_entropy(const double* logits, const int32_t* gold, int64_t rows, int64_t labels,
                     double* d_logits);

// The weighted and smoothed loss, row by row, from its formula alone; no gradient.
double weighted_cross_entropy(const double* logits, const int32_t* gold, int64_t rows,
                              int64_t labels, const double* weights, double smoothing);

}  // namespace thaw::reference
