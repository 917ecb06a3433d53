#pragma once

#include "engine/cpu/ops/dropout.h"
#include "engine/cpu/ops/matrix_shape.h"

namespace thaw {

// Layer normalisation (Ba, Kiros, Hinton 2016) over the last dimension, with the two things that
// stand beside it in a BERT layer fused in: the residual with dropout before it, and dropout after
// it (embeddings). The shape is [tokens, hidden]. Statistics and gamma/beta are float; T is float
// or Bf16.
struct LayerNormWeights {
  const float* gamma;  // [hidden]
  const float* beta;   // [hidden]
  float epsilon;
};

// Of every row, left by the forward for the backward; either may be null: not kept.
struct NormStatistics {
  float* mean = nullptr;  // [tokens]
  float* rstd = nullptr;  // [tokens] 1 / sqrt(variance + epsilon)
};

// What is added up and then normalised: sum = residual + dropout(branch).
template <class T>
struct ResidualNormInput {
  const T* residual = nullptr;  // [tokens, hidden]; null: the sum is the branch alone
  T* branch;                    // [tokens, hidden]; the sum is written over it
  Dropout dropout{};  // of the branch; its counter is the element's index in [tokens, hidden]
};

// out = norm(sum) * gamma + beta.  // [tokens, hidden]
// `out` may be the residual, or the branch where the sum is not needed afterwards.
template <class T>
void residual_norm_forward(MatrixShape shape, const ResidualNormInput<T>& input,
                           const LayerNormWeights& weights, T* out, const NormStatistics& kept);

// What the backward needs of the forward.
template <class T>
struct ResidualNormSaved {
  const T* sum;       // [tokens, hidden]
  const float* mean;  // [tokens]
  const float* rstd;  // [tokens]
  Dropout dropout{};  // as in the forward
};

// Gradients of the activations, which are written.
template <class T>
struct ResidualNormGradients {
  T* d_sum;               // [tokens, hidden] also the residual's; may be the same array as d_out
  T* d_branch = nullptr;  // [tokens, hidden] d_sum * dropout mask; may be the same array as d_sum
                          // where the rate is 0; null: not wanted
};

// Gradients of the parameters, which are added to; null: frozen.
struct NormParameterGradients {
  float* gamma = nullptr;        // [hidden]
  float* beta = nullptr;         // [hidden]
  float* branch_bias = nullptr;  // [hidden] column sums of d_branch: the gradient of the bias of
                                 // the linear layer that made the branch
};

// From d_out [tokens, hidden] to the gradients. Column sums are combined in a fixed order for a
// given thread count. scratch: [threads, 3, hidden].
template <class T>
void residual_norm_backward(MatrixShape shape, const ResidualNormSaved<T>& saved,
                            const LayerNormWeights& weights, const T* d_out,
                            const ResidualNormGradients<T>& gradients,
                            const NormParameterGradients& parameters, float* scratch);

}  // namespace thaw
