#include "tests/engine/cpu/ops/reference/layer_norm.h"

#include <cmath>

#include "tests/engine/cpu/ops/reference/dropout.h"

namespace thaw::reference {

void residual_norm_forward(MatrixShape shape, const ResidualNormInput<double>& input,
                           const LayerNormWeights& weights, double* out,
                           const NormStatistics& kept) {
  const int64_t hidden = shape.columns;
  double* sum = input.branch;
  for (int64_t t = 0; t < shape.rows; ++t) {
    double total = 0;
    for (int64_t i = t * hidden; i < (t + 1) * hidden; ++i) {
      sum[i] *= dropout_factor(input.dropout, i);
      if (input.residual != nullptr) sum[i] += input.residual[i];
      total += sum[i];
    }
    const double mean = total / static_cast<double>(hidden);
    double squares = 0;
    for (int64_t i = t * hidden; i < (t + 1) * hidden; ++i) {
      squares += (sum[i] - mean) * (sum[i] - mean);
    }
    const double variance = squares / static_cast<double>(hidden);
    const double rstd = 1 / std::sqrt(variance + weights.epsilon);
    for (int64_t c = 0; c < hidden; ++c) {
      out[t * hidden + c] =
          (sum[t * hidden + c] - mean) * rstd * weights.gamma[c] + weights.beta[c];
    }
    if (kept.mean != nullptr) kept.mean[t] = mean;
    if (kept.rstd != nullptr) kept.rstd[t] = rstd;
  }
}

// With n = (sum - mean) rstd and g = d_out gamma, the gradient of the sum is
// rstd (g - mean(g) - n mean(g n)), the means over the row.
void residual_norm_backward(MatrixShape shape, const ResidualNormSaved& saved,
                            const LayerNormWeights& weights, const double* d_out,
                            const ResidualNormGradients<double>& gradients,
                            const NormParameterGradients& parameters) {
  const int64_t hidden = shape.columns;
  for (int64_t t = 0; t < shape.rows; ++t) {
    double mean_g = 0, mean_gn = 0;
    for (int64_t c = 0; c < hidden; ++c) {
      const int64_t i = t * hidden + c;
      const double n = (saved.sum[i] - saved.mean[t]) * saved.rstd[t];
      mean_g += d_out[i] * weights.gamma[c] / static_cast<double>(hidden);
      mean_gn += d_out[i] * weights.gamma[c] * n / static_cast<double>(hidden);
      if (parameters.gamma != nullptr) parameters.gamma[c] += d_out[i] * n;
      if (parameters.beta != nullptr) parameters.beta[c] += d_out[i];
    }
    for (int64_t c = 0; c < hidden; ++c) {
      const int64_t i = t * hidden + c;
      const double n = (saved.sum[i] - saved.mean[t]) * saved.rstd[t];
      gradients.d_sum[i] = saved.rstd[t] * (d_out[i] * weights.gamma[c] - mean_g - n * mean_gn);
      const double branch = gradients.d_sum[i] * dropout_factor(saved.dropout, i);
      if (gradients.d_branch != nullptr) gradients.d_branch[i] = branch;
      if (parameters.branch_bias != nullptr) parameters.branch_bias[c] += branch;
    }
  }
}

}  // namespace thaw::reference
