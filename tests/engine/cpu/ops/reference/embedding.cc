#include "tests/engine/cpu/ops/reference/embedding.h"

namespace thaw::reference {

void embedding_forward(const EmbeddingTables& tables, const EmbeddingIndices& indices,
                       int64_t padded_tokens, int64_t hidden, double* sum) {
  for (int64_t t = 0; t < padded_tokens; ++t) {
    for (int64_t c = 0; c < hidden; ++c) {
      double& out = sum[t * hidden + c];
      out = 0;
      if (t >= indices.tokens) continue;
      out += tables.word[indices.ids[t] * hidden + c];
      out += tables.position[indices.positions[t] * hidden + c];
      const int64_t type = indices.types == nullptr ? 0 : indices.types[t];
      if (tables.type != nullptr) out += tables.type[type * hidden + c];
    }
  }
}

void embedding_backward(const EmbeddingIndices& indices, const double* d_sum, int64_t hidden,
                        const EmbeddingGradients& gradients) {
  for (int64_t t = 0; t < indices.tokens; ++t) {
    const int64_t word = indices.ids[t], position = indices.positions[t];
    const int64_t type = indices.types == nullptr ? 0 : indices.types[t];
    for (int64_t c = 0; c < hidden; ++c) {
      const double d = d_sum[t * hidden + c];
      if (gradients.word != nullptr) gradients.word[word * hidden + c] += d;
      if (gradients.position != nullptr) gradients.position[position * hidden + c] += d;
      if (gradients.type != nullptr) gradients.type[type * hidden + c] += d;
    }
  }
}

}  // namespace thaw::reference
