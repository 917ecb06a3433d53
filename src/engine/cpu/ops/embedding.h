#pragma once

#include <cstdint>

namespace thaw {

// The three embedding tables of BERT; `type` is null for families without token types.
struct EmbeddingTables {
  const float* word;      // [vocabulary, hidden]
  const float* position;  // [positions, hidden]
  const float* type;      // [types, hidden] or null
};
struct EmbeddingGradients {
  float* word;
  float* position;
  float* type;
};

// Which row of each table a token reads.
struct EmbeddingIndices {
  const int32_t* ids;              // [tokens] rows of `word`
  const int32_t* positions;        // [tokens]
  const int32_t* types = nullptr;  // [tokens]; null: all tokens are of type 0
  int64_t tokens;
};

// sum[t] = word[ids[t]] + position[positions[t]] + type[types[t]]; rows from `tokens` up to
// padded_tokens are zero. T is float or Bf16.
template <class T>
void embedding_forward(const EmbeddingTables& tables, const EmbeddingIndices& indices,
                       int64_t padded_tokens, int64_t hidden, T* sum /* [padded_tokens, hidden] */);

// d_word[ids[t]] += d_sum[t], and so for the other tables; a null table is left out (frozen). Rows
// without a token are not touched. Deterministic: rows that share an id are added in the order of t
// whatever the number of threads.
template <class T>
void embedding_backward(const EmbeddingIndices& indices, const T* d_sum /* [tokens, hidden] */,
                        int64_t hidden, const EmbeddingGradients& gradients);

}  // namespace thaw
