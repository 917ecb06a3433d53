#include "tests/engine/cpu/ops/reference/adamw.h"

#include <cmath>

namespace thaw::reference {

void adamw_update(const AdamW& adamw, int64_t count, double* weight, double* gradient, double* m,
                  double* v) {
  const double b1 = adamw.beta1, b2 = adamw.beta2;
  const double step = static_cast<double>(adamw.step);
  for (int64_t i = 0; i < count; ++i) {
    const double g = gradient[i] * adamw.gradient_scale;
    weight[i] *= 1 - adamw.learning_rate * adamw.weight_decay;
    m[i] = b1 * m[i] + (1 - b1) * g;
    v[i] = b2 * v[i] + (1 - b2) * g * g;
    const double m_hat = m[i] / (1 - std::pow(b1, step));
    const double v_hat = v[i] / (1 - std::pow(b2, step));
    weight[i] -= adamw.learning_rate * m_hat / (std::sqrt(v_hat) + adamw.epsilon);
    gradient[i] = 0;
  }
}

double sum_of_squares(const double* x, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
  return sum;
}

}  // namespace thaw::reference
