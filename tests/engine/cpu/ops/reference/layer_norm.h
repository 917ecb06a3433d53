#pragma once

#include "engine/cpu/ops/dropout.h"
#include "engine/cpu/ops/layer_norm.h"

namespace thaw::reference {

struct LayerNormWeights {
  const double* gamma;  // [hidden]
  const double* beta;   // [hidden]
  double epsilon;
};

struct NormStatistics {
  double *mean = nullptr, *rstd = nullptr;  // [tokens]
};

// input.branch becomes the sum.
void residual_norm_forward(MatrixShape shape, const ResidualNormInput<double>& input,
                           const LayerNormWeights& weights, double* out,
                           const NormStatistics& kept);

struct ResidualNormSaved {
  const double *sum, *mean, *rstd;
  Dropout dropout{};
};
struct NormParameterGradients {
  double *gamma = nullptr, *beta = nullptr, *branch_bias = nullptr;
};

// d_sum is not d_out.
void residual_norm_backward(MatrixShape shape, const ResidualNormSaved& saved,
                            const LayerNormWeights& weights, const double* d_out,
                            const ResidualNormGradients<double>& gradients,
                            const NormParameterGradients& parameters);

}  // namespace thaw::reference
