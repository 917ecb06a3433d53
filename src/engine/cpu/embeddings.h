#pragma once  // Tests: tests/engine/cpu/encoder_test.cc

#include <cstdint>
#include <memory>

#include "engine/batch.h"
#include "engine/cpu/gemm/linear.h"
#include "engine/cpu/ops/dropout.h"
#include "engine/cpu/ops/layer_norm.h"
#include "model/parameters.h"

namespace thaw {

// What stands below the layers: the sum of a word's, a position's and a token type's embedding,
// LayerNorm, dropout and, in ELECTRA, a projection from the tables' width to the layers'. T is
// float or Bf16. Values and gradients are those of the table, which must outlive it.
template <class T>
class Embeddings {
 public:
  // `trained`: backward() will be called.
  Embeddings(const ModelConfig& config, const ParameterTable& table, bool trained);

  // Memory for batches of up to so many (rounded) tokens; grows by itself otherwise.
  void reserve(int64_t padded_tokens, bool training);
  // Takes trained values anew after an optimizer step.
  void repack();

  // Evaluation: nothing is kept.
  void infer(const Batch& batch, T* out /* [padded_tokens, hidden] */);
  // Training: keeps what backward() needs where the embeddings are trained.
  void forward(const Batch& batch, const Dropout& dropout, T* out /* [padded_tokens, hidden] */);
  // d_out is overwritten. Must follow its forward(). column_sums: [threads, hidden] or more.
  void backward(const Batch& batch, const Dropout& dropout, T* d_out, float* column_sums);

 private:
  void run(const Batch& batch, const Dropout& dropout, T* out, const NormStatistics& kept);
  const int32_t* positions(const Batch& batch);
  // Null: all are of type 0, or the family has no others.
  const int32_t* types(const Batch& batch) const;

  const ModelConfig& config_;
  const ParameterTable& table_;
  bool trained_;
  std::unique_ptr<PackedWeight> project_;  // null: there is none, or it was not yet used
  int64_t tokens_ = 0;
  Buffer<T> sum_, normed_, d_normed_;  // [tokens, embedding_width]
  Buffer<float> statistics_;           // [2, tokens]
  Buffer<int32_t> positions_;          // [tokens] where they are not those of the batch
};

}  // namespace thaw
