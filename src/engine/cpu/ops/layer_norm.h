#pragma once

#include <cstdint>

#include "engine/cpu/ops/dropout.h"

namespace thaw {

// Layer normalisation (Ba, Kiros, Hinton 2016) over the last dimension, with the two things that
// stand beside it in a BERT layer fused in: the residual with dropout before it, and dropout after
// it (embeddings). Statistics and gamma/beta are float; T is float or Bf16.
struct LayerNormWeights {
  const float* gamma;  // [hidden]
  const float* beta;   // [hidden]
  float epsilon;
};

// sum = residual + dropout(branch), written over `branch`; out = norm(sum) * gamma + beta.
// Keeps mean and rstd [tokens] for the backward (both may be null: not kept).
// `residual` may be null (plain norm of branch). `out` may be the residual, or the branch where the
// sum is not needed afterwards. The dropout counter is the element's index in [tokens, hidden].
template <class T>
void residual_norm_forward(const T* residual /* [tokens, hidden] */,
                           T* branch /* [tokens, hidden] */, Dropout dropout,
                           const LayerNormWeights& weights, int64_t tokens, int64_t hidden,
                           T* out /* [tokens, hidden] */, float* mean, float* rstd);

// From d_out and the saved sum, mean and rstd:
//   d_sum    =  gradient of the sum, which is also that of the residual   [tokens, hidden]
//   d_branch =  d_sum * dropout mask; may be the same array as d_sum where the rate is 0, and null
//               where it is not wanted
//   d_gamma, d_beta += ; d_bias += column sums of d_branch (the bias of the linear layer that made
//   the branch); any of the three may be null (frozen).
// d_sum may be the same array as d_out.
// Column sums are combined in a fixed order for a given thread count. scratch: [threads, 3,
// hidden].
template <class T>
void residual_norm_backward(const T* d_out, const T* sum, const float* mean, const float* rstd,
                            Dropout dropout, const LayerNormWeights& weights, int64_t tokens,
                            int64_t hidden, T* d_sum, T* d_branch, float* d_gamma, float* d_beta,
                            float* d_bias, float* scratch);

}  // namespace thaw
