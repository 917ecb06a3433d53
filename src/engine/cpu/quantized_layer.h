#pragma once  // Tests: tests/engine/cpu/ops/quantization_test.cc

#include "engine/cpu/gemm/quantized_linear.h"
#include "engine/cpu/layer.h"
#include "engine/cpu/ops/quantization.h"

namespace thaw {

// A frozen layer with its four products in 8 bits: a scale for each output channel of a weight and
// for each token. Some columns that a LayerNorm writes are much larger than the others, and would
// leave these few steps; so a column is divided by s and the weight's column multiplied by it
// (SmoothQuant, Xiao et al. 2023), with s from the norm's own gamma and beta (and ELECTRA's
// projection behind the embeddings' norm), not from texts: what a text gives does not depend on
// other texts. Attention, norms and the residual stay in T, which
// is float or Bf16.
class QuantizedLayerWeights {
 public:
  QuantizedLayerWeights(const ParameterTable& table, int layer, float layer_norm_eps);

  QuantizedWeight qkv, attention_output, intermediate, output;  // shapes as in LayerWeights
  Buffer<float> qkv_factor, intermediate_factor;                // [hidden] 1 / s
  Buffer<float> qkv_bias;                                       // [3 hidden]
  const float *attention_output_bias, *intermediate_bias, *output_bias;
  LayerNormWeights attention_norm, output_norm;
};

// Memory of the products, shared by all layers. All but attention works on rows alone, so a thread
// takes a chunk of them through everything while their sums of 32 bits are in its cache.
struct QuantizedScratch {
  static constexpr int64_t kChunk = 64;  // rows
  void reserve(int64_t hidden, int64_t intermediate_size);

  struct Rows {
    Buffer<uint8_t> values;
    Buffer<float> scale, zero;
    void reserve(int64_t tokens, int64_t columns);
    QuantizedRows view() { return {values.data(), scale.data(), zero.data()}; }
  };
  // Of one thread.
  struct Part {
    Rows narrow, intermediate;  // [kChunk, hidden] and [kChunk, intermediate_size]
    Buffer<int32_t> sums;       // [kChunk, max(3 hidden, intermediate_size)]
    Buffer<float> row;          // [threads, max(hidden, intermediate_size)]
  };
  std::vector<Part> parts;  // [threads]
};

// As layer_forward in evaluation mode; of `acts` it uses x, qkv, context, attention_norm_output and
// out.
template <class T>
void quantized_layer_forward(const QuantizedLayerWeights& weights, const LayerShape& shape,
                             const LayerActivations<T>& acts, float* attention_scratch,
                             QuantizedScratch& scratch);

}  // namespace thaw
