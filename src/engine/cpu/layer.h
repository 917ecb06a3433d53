#pragma once  // Tests: tests/engine/cpu/encoder_test.cc

#include <cstdint>

#include "engine/cpu/gemm/linear.h"
#include "engine/cpu/ops/attention.h"
#include "engine/cpu/ops/dropout.h"
#include "engine/cpu/ops/layer_norm.h"
#include "model/activation_kind.h"
#include "model/parameters.h"

namespace thaw {

// One transformer layer of BERT (Devlin et al. 2019): attention, residual and norm, feed-forward,
// residual and norm. T is float or Bf16.

// Sizes of a layer, and the offsets of the batch that runs through it.
struct LayerShape {
  int64_t hidden, intermediate_size, heads;
  Activation activation;
  int64_t tokens;  // rounded up; rows beyond the batch's own are carried along
  int64_t real_tokens;
  const int32_t* offsets;  // [sequences + 1]
  int64_t sequences;
  DistanceBias bias{};  // MPNet's, for every layer the same

  AttentionShape attention() const { return {heads, hidden / heads, offsets, sequences, bias}; }
};

struct LayerDropouts {
  Dropout attention, attention_output, output;
};

// Weights of one layer, packed for the products. Biases and norms are read where they lie.
class LayerWeights {
 public:
  LayerWeights(const ParameterTable& table, int layer, float layer_norm_eps, NumberType precision,
               bool backward);
  // Takes the values anew after the optimizer changed them.
  void pack(const ParameterTable& table);

  PackedWeight qkv;               // [3 hidden, hidden]
  PackedWeight attention_output;  // [hidden, hidden]
  PackedWeight intermediate;      // [intermediate_size, hidden]
  PackedWeight output;            // [hidden, intermediate_size]
  Buffer<float> qkv_bias;         // [3 hidden]
  const float *attention_output_bias, *intermediate_bias, *output_bias;
  LayerNormWeights attention_norm, output_norm;

 private:
  int layer_;
  Buffer<float> joined_;  // [3 hidden, hidden], where the three matrices lie apart
};

// Where a layer's gradients go; null where frozen. [shapes as LayerWeights]
struct LayerGradients {
  float *qkv_weight, *qkv_bias;
  float *attention_output_weight, *attention_output_bias;
  float *attention_norm_gamma, *attention_norm_beta;
  float *intermediate_weight, *intermediate_bias;
  float *output_weight, *output_bias;
  float *output_norm_gamma, *output_norm_beta;
};
LayerGradients layer_gradients(const ParameterTable& table, int layer);

// What a layer reads, and what its forward leaves for the backward.
template <class T>
struct LayerActivations {
  const T* x;                                // [tokens, hidden] the layer below's `out`
  T* qkv;                                    // [tokens, 3 hidden]
  T* context;                                // [tokens, hidden]
  T* attention_residual;                     // [tokens, hidden] sum before the first norm
  T* attention_norm_output;                  // [tokens, hidden]
  T* intermediate;                           // [tokens, intermediate_size] before the activation
  T* activated;                              // [tokens, intermediate_size]
  T* ffn_residual;                           // [tokens, hidden] sum before the second norm
  T* out;                                    // [tokens, hidden]
  float* log_sum_exp;                        // [tokens, heads]
  NormStatistics attention_norm_statistics;  // of the first norm
  NormStatistics output_norm_statistics;     // of the second
};

// Memory that both directions need while they run.
template <class T>
struct LayerScratch {
  float* attention;    // [attention_scratch()]
  float* column_sums;  // [threads, 3 max(hidden, intermediate_size)]
  T* d_branch;         // [tokens, hidden]
  T* d_intermediate;   // [tokens, intermediate_size]
  T* d_qkv;            // [tokens, 3 hidden]
};

template <class T>
void layer_forward(const LayerWeights& weights, const LayerShape& shape,
                   const LayerDropouts& dropouts, const LayerActivations<T>& acts,
                   const LayerScratch<T>& scratch);

// The gradient on its way down, in one array: that of `out` before, that of `x` after, or nothing
// of use where nothing below is trained.
template <class T>
struct PassedGradient {
  T* values;  // [tokens, hidden]
  bool is_needed_below;
};

template <class T>
void layer_backward(const LayerWeights& weights, const LayerShape& shape,
                    const LayerDropouts& dropouts, const LayerActivations<T>& acts,
                    const LayerGradients& gradients, const LayerScratch<T>& scratch,
                    const PassedGradient<T>& passed);

}  // namespace thaw
