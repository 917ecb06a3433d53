#pragma once

#include <cstdint>

#include "engine/cpu/ops/adamw.h"

namespace thaw::reference {

// As engine/cpu/ops/adamw.h, the gradient zeroed as well.
void adamw_update(const AdamW& adamw, int64_t count, double* weight, double* gradient, double* m,
                  double* v);

double sum_of_squares(const double* x, int64_t count);

}  // namespace thaw::reference
