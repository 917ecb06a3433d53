#pragma once

#include <cstdint>

#include "engine/cpu/ops/dropout.h"

namespace thaw {

// Scaled dot-product attention (Vaswani et al. 2017) over sequences laid end to end, without
// padding. Queries, keys and values stand side by side in each row of qkv: [tokens, 3, heads,
// head_size]. Softmax statistics and all sums are float; T is float or Bf16.
//
// A bias that follows from the distance between query and key alone may be added to the scores
// (engine/cpu/ops/relative_bias.h makes it). Every head has a row for it; the bias of `query` and
// `key`, both numbers within their sequence, stands at column longest + query - key.
struct DistanceBias {
  const float* values = nullptr;  // [heads, span()]; null: there is none
  float* d_values = nullptr;      // [sequences, heads, span()], for the backward; null: not wanted
  int64_t longest = 0;            // no sequence is longer

  // A whole vector beyond the last column is read, so it must be there and finite.
  static int64_t span(int64_t longest) { return 2 * longest + 16; }
  int64_t span() const { return span(longest); }
};

struct AttentionShape {
  int64_t heads, head_size;
  const int32_t* offsets;  // [sequences + 1] first token of each sequence, and the end
  int64_t sequences;
  DistanceBias bias{};
};

// context[t] = sum over the keys s of t's sequence of
//   dropout(softmax(q.k / sqrt(head_size) + bias)) * v.
// Keeps log_sum_exp [tokens, heads] for the backward (null: not kept). The dropout counter of
// (query row t, head h, key index j within the sequence) is ((t * heads + h) * 4096 + j) mod 2^32;
// sequences are at most 4096 long. Rows that belong to no sequence (a batch's padding) are neither
// read nor written, in either direction.
// scratch: at least attention_scratch(shape) floats, counted under the same thread count.
template <class T>
void attention_forward(const AttentionShape& shape, const T* qkv /* [tokens, 3 * hidden] */,
                       Dropout dropout, T* context /* [tokens, hidden] */,
                       float* log_sum_exp /* [tokens, heads] */, float* scratch);

// What the backward needs of the forward.
template <class T>
struct AttentionSaved {
  const T* qkv;              // [tokens, 3 * hidden]
  const T* context;          // [tokens, hidden]
  const float* log_sum_exp;  // [tokens, heads]
};

// d_qkv = gradient of qkv, from d_context. The dropout is that of the forward. Probabilities are
// recomputed from log_sum_exp, block by block (Dao et al. 2022), so no matrix of [length, length]
// ever stands in memory. d_values = gradient of the bias, for each sequence and head by itself;
// only the columns that the sequence has are written.
template <class T>
void attention_backward(const AttentionShape& shape, const AttentionSaved<T>& saved,
                        const T* d_context /* [tokens, hidden] */, Dropout dropout,
                        T* d_qkv /* [tokens, 3 * hidden] */, float* scratch);

// Floats of scratch that both directions need, for all threads together.
int64_t attention_scratch(const AttentionShape& shape);

}  // namespace thaw
