#include "tests/engine/cpu/ops/reference/embedding.h"

namespace thaw::reference {

void embedding_forward(const EmbeddingTables& tables, const int32_t* ids, const int32_t* positions,
                       const int32_t* types, int64_t tokens, int64_t padded_tokens, int64_t hidden,
                       double* sum) {
  for (int64_t t = 0; t < padded_tokens; ++t) {
    for (int64_t c = 0; c < hidden; ++c) {
      double& out = sum[t * hidden + c];
      out = 0;
      if (t >= tokens) continue;
      out += tables.word[ids[t] * hidden + c] + tables.position[positions[t] * hidden + c];
      const int64_t type = types == nullptr ? 0 : types[t];
      if (tables.type != nullptr) out += tables.type[type * hidden + c];
    }
  }
}

void embedding_backward(const double* d_sum, const int32_t* ids, const int32_t* positions,
                        const int32_t* types, int64_t tokens, int64_t hidden,
                        const EmbeddingGradients& gradients) {
  for (int64_t t = 0; t < tokens; ++t) {
    const int64_t type = types == nullptr ? 0 : types[t];
    for (int64_t c = 0; c < hidden; ++c) {
      const double d = d_sum[t * hidden + c];
      if (gradients.word != nullptr) gradients.word[ids[t] * hidden + c] += d;
      if (gradients.position != nullptr) gradients.position[positions[t] * hidden + c] += d;
      if (gradients.type != nullptr) gradients.type[type * hidden + c] += d;
    }
  }
}

}  // namespace thaw::reference
