#pragma once

#include <cstdint>

namespace thaw::reference {

// The loss as its formula has it, for logits too small to overflow.
double cross_entropy(const double* logits, const int32_t* gold, int64_t rows, int64_t labels,
                     double* d_logits);

}  // namespace thaw::reference
