#pragma once

#include <cstdint>

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

void embedding_forward(const EmbeddingTables& tables, const int32_t* ids, const int32_t* positions,
                       const int32_t* types, int64_t tokens, int64_t padded_tokens, int64_t hidden,
                       double* sum);

void embedding_backward(const double* d_sum, const int32_t* ids, const int32_t* positions,
                        const int32_t* types, int64_t tokens, int64_t hidden,
                        const EmbeddingGradients& gradients);

}  // namespace thaw::reference
