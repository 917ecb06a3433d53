#pragma once

#include <cstdint>

#include "engine/cpu/ops/dropout.h"

namespace thaw::reference {

struct LayerNormWeights {
  const double* gamma;  // [hidden]
  const double* beta;   // [hidden]
  double epsilon;
};

// branch becomes the sum; residual, mean and rstd may be null.
void residual_norm_forward(const double* residual, double* branch, Dropout dropout,
                           const LayerNormWeights& weights, int64_t tokens, int64_t hidden,
                           double* out, double* mean, double* rstd);

// d_sum and d_branch =, the others +=; d_branch and the others may be null. d_sum is not d_out.
void residual_norm_backward(const double* d_out, const double* sum, const double* mean,
                            const double* rstd, Dropout dropout, const LayerNormWeights& weights,
                            int64_t tokens, int64_t hidden, double* d_sum, double* d_branch,
                            double* d_gamma, double* d_beta, double* d_bias);

}  // namespace thaw::reference
