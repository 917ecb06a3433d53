#pragma once

#include "ops/attention.h"

namespace thaw::reference {

// The naive double-precision twin of ops/attention.h: one loop a formula, with the whole matrix of
// probabilities of each sequence and head. The proofs of the fast kernels lean on it, and it in
// turn is proven by finite differences.

// context[t] = sum over s of mask(t, s) / (1 - rate) * softmax_s(q_t . k_s / sqrt(head_size)) * v_s
void attention_forward(const AttentionShape& shape, const double* qkv /* [tokens, 3 * hidden] */,
                       Dropout dropout, double* context /* [tokens, hidden] */,
                       double* log_sum_exp /* [tokens, heads], may be null */);

// d_qkv = gradient of sum(context * d_context) with respect to qkv.
void attention_backward(const AttentionShape& shape, const double* qkv,
                        const double* d_context /* [tokens, hidden] */, Dropout dropout,
                        double* d_qkv /* [tokens, 3 * hidden] */);

}  // namespace thaw::reference
