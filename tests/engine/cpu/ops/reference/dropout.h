#pragma once

#include <cstdint>

#include "engine/cpu/ops/dropout.h"

// The double-precision twins: each op again as the plain loop over its formula, to test the vector
// code against and to prove its backward by finite differences. Signatures as in ops/*.h.
namespace thaw::reference {

void dropout_forward(const double* x, int64_t count, Dropout dropout, double* y);  // [count]

// What element i is multiplied by: 0, or 1 / (1 - rate); 1 where dropout is off.
double dropout_factor(Dropout dropout, int64_t i);

}  // namespace thaw::reference
