#pragma once

#include "engine/cpu/ops/attention.h"

namespace thaw::reference {

// The naive double-precision twin of engine/cpu/ops/attention.h, with the bias by distance as an
// array of its own (of shape.bias only `longest` is read): one loop a formula, with the whole
// matrix of probabilities of each sequence and head. The proofs of the fast kernels lean on it, and
// it in turn is proven by finite differences.

// context[t] = sum over s of
//   mask(t, s) / (1 - rate) * softmax_s(q_t . k_s / sqrt(head_size) + bias(t - s)) * v_s
void attention_forward(const AttentionShape& shape, const double* qkv /* [tokens, 3 * hidden] */,
                       Dropout dropout, double* context /* [tokens, hidden] */,
                       double* log_sum_exp /* [tokens, heads], may be null */,
                       const double* bias = nullptr /* [heads, span] */);

// d_qkv = gradient of sum(context * d_context) with respect to qkv, and d_bias that with respect to
// the bias, as DistanceBias::d_values in engine/cpu/ops/attention.h but with zeros in all other
// columns.
void attention_backward(const AttentionShape& shape, const double* qkv,
                        const double* d_context /* [tokens, hidden] */, Dropout dropout,
                        double* d_qkv /* [tokens, 3 * hidden] */, const double* bias = nullptr,
                        double* d_bias = nullptr /* [sequences, heads, span] */);

}  // namespace thaw::reference
