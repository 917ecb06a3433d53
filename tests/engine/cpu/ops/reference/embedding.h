#pragma once

#include <cstdint>

#include "engine/cpu/ops/embedding.h"

namespace thaw::reference {

struct EmbeddingTables {
  const double* word;      // [vocabulary, hidden]
  const double* position;  // [positions, hidden]
  const double* type;      // [types, hidden] or null
};
struct EmbeddingGradients {
  double* word;
  double* position;
  double* type;
};

void embedding_forward(const EmbeddingTables& tables, const EmbeddingIndices& indices,
                       int64_t padded_tokens, int64_t hidden, double* sum);

void embedding_backward(const EmbeddingIndices& indices, const double* d_sum, int64_t hidden,
                        const EmbeddingGradients& gradients);

}  // namespace thaw::reference
