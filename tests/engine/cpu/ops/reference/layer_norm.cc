#include "tests/engine/cpu/ops/reference/layer_norm.h"

#include <cmath>

#include "tests/engine/cpu/ops/reference/dropout.h"

namespace thaw::reference {

void residual_norm_forward(const double* residual, double* branch, Dropout dropout,
                           const LayerNormWeights& weights, int64_t tokens, int64_t hidden,
                           double* out, double* mean, double* rstd) {
  for (int64_t t = 0; t < tokens; ++t) {
    double total = 0;
    for (int64_t i = t * hidden; i < (t + 1) * hidden; ++i) {
      branch[i] *= dropout_factor(dropout, i);
      if (residual != nullptr) branch[i] += residual[i];
      total += branch[i];
    }
    const double row_mean = total / static_cast<double>(hidden);
    double squares = 0;
    for (int64_t i = t * hidden; i < (t + 1) * hidden; ++i) {
      squares += (branch[i] - row_mean) * (branch[i] - row_mean);
    }
    const double variance = squares / static_cast<double>(hidden);
    const double row_rstd = 1 / std::sqrt(variance + weights.epsilon);
    for (int64_t c = 0; c < hidden; ++c) {
      out[t * hidden + c] =
          (branch[t * hidden + c] - row_mean) * row_rstd * weights.gamma[c] + weights.beta[c];
    }
    if (mean != nullptr) mean[t] = row_mean;
    if (rstd != nullptr) rstd[t] = row_rstd;
  }
}

// With n = (sum - mean) rstd and g = d_out gamma, the gradient of the sum is
// rstd (g - mean(g) - n mean(g n)), the means over the row.
void residual_norm_backward(const double* d_out, const double* sum, const double* mean,
                            const double* rstd, Dropout dropout, const LayerNormWeights& weights,
                            int64_t tokens, int64_t hidden, double* d_sum, double* d_branch,
                            double* d_gamma, double* d_beta, double* d_bias) {
  for (int64_t t = 0; t < tokens; ++t) {
    double mean_g = 0, mean_gn = 0;
    for (int64_t c = 0; c < hidden; ++c) {
      const int64_t i = t * hidden + c;
      const double n = (sum[i] - mean[t]) * rstd[t];
      mean_g += d_out[i] * weights.gamma[c] / static_cast<double>(hidden);
      mean_gn += d_out[i] * weights.gamma[c] * n / static_cast<double>(hidden);
      if (d_gamma != nullptr) d_gamma[c] += d_out[i] * n;
      if (d_beta != nullptr) d_beta[c] += d_out[i];
    }
    for (int64_t c = 0; c < hidden; ++c) {
      const int64_t i = t * hidden + c;
      const double n = (sum[i] - mean[t]) * rstd[t];
      d_sum[i] = rstd[t] * (d_out[i] * weights.gamma[c] - mean_g - n * mean_gn);
      const double branch = d_sum[i] * dropout_factor(dropout, i);
      if (d_branch != nullptr) d_branch[i] = branch;
      if (d_bias != nullptr) d_bias[c] += branch;
    }
  }
}

}  // namespace thaw::reference
