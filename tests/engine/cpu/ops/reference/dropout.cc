#include "tests/engine/cpu/ops/reference/dropout.h"

namespace thaw::reference {

double dropout_factor(Dropout dropout, int64_t i) {
  const double rate = dropout.rate;
  if (rate <= 0) return 1;
  const bool kept = random_bits(dropout.key, static_cast<uint32_t>(i)) >= rate * 0x1p32;
  return kept ? 1 / (1 - rate) : 0;
}

void dropout_forward(const double* x, int64_t count, Dropout dropout, double* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * dropout_factor(dropout, i);
}

}  // namespace thaw::reference
