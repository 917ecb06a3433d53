#include "engine/cpu/quantized_layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/threads.h"
#include "engine/cpu/gemm/linear.h"

namespace thaw {
namespace {

// How large the columns get that a LayerNorm writes: about beta +- 3 gamma.
std::vector<float> reach_of_norm(const float* gamma, const float* beta, int64_t columns) {
  std::vector<float> reach(columns);
  for (int64_t i = 0; i < columns; ++i) reach[i] = std::fabs(beta[i]) + 3 * std::fabs(gamma[i]);
  return reach;
}

// How large the columns get that the first layer reads. Where a projection W x + b stands between
// the norm and the layer, they have the mean W beta + b, and, were the norm's columns
// uncorrelated, the variance W^2 gamma^2.
std::vector<float> reach_of_embeddings(const ParameterTable& table) {
  const auto value = [&](Role role) { return table.at(role, 0).value; };
  const float *gamma = value(Role::kEmbeddingNormGamma), *beta = value(Role::kEmbeddingNormBeta);
  const int64_t narrow = table.at(Role::kEmbeddingNormGamma, 0).size();
  if (table.find(Role::kEmbeddingProjectWeight, 0) < 0) return reach_of_norm(gamma, beta, narrow);
  const float* weight = value(Role::kEmbeddingProjectWeight);
  const float* bias = value(Role::kEmbeddingProjectBias);
  std::vector<float> reach(table.at(Role::kEmbeddingProjectBias, 0).size());
  for (size_t o = 0; o < reach.size(); ++o, weight += narrow) {
    float mean = bias[o], variance = 0;
    for (int64_t i = 0; i < narrow; ++i) {
      mean += weight[i] * beta[i];
      variance += weight[i] * weight[i] * gamma[i] * gamma[i];
    }
    reach[o] = std::fabs(mean) + 3 * std::sqrt(variance);
  }
  return reach;
}

// 1 / s for the columns of `weight`, which reads columns that get as large as `reach`.
Buffer<float> smoothing(const std::vector<float>& reach, const float* weight, int64_t out,
                        int64_t in) {
  Buffer<float> factor(in);
  for (int64_t i = 0; i < in; ++i) {
    float most = 0;
    for (int64_t o = 0; o < out; ++o) most = std::max(most, std::fabs(weight[o * in + i]));
    const float s = std::sqrt(reach[i] / most);
    factor[i] = s > 1e-6f && s < 1e6f ? 1 / s : 1.0f;
  }
  return factor;
}

Buffer<float> inverse_of(const Buffer<float>& factor) {
  Buffer<float> inverse(factor.size());
  for (int64_t i = 0; i < factor.size(); ++i) inverse[i] = 1 / factor[i];
  return inverse;
}

// The matrices of queries, keys and values one below the other.
Buffer<float> joined_qkv(const ParameterTable& table, int layer) {
  const int64_t size = table.at(Role::kQueryWeight, layer).size();
  Buffer<float> joined(3 * size);
  float* next = joined.data();
  for (const Role role : {Role::kQueryWeight, Role::kKeyWeight, Role::kValueWeight}) {
    std::memcpy(next, table.at(role, layer).value, size * sizeof(float));
    next += size;
  }
  return joined;
}

}  // namespace

QuantizedLayerWeights::QuantizedLayerWeights(const ParameterTable& table, int layer,
                                             float layer_norm_eps)
    : qkv(3 * table.at(Role::kQueryWeight, layer).shape[0],
          table.at(Role::kQueryWeight, layer).shape[1]),
      attention_output(table.at(Role::kAttentionOutputWeight, layer).shape[0],
                       table.at(Role::kAttentionOutputWeight, layer).shape[1]),
      intermediate(table.at(Role::kIntermediateWeight, layer).shape[0],
                   table.at(Role::kIntermediateWeight, layer).shape[1]),
      output(table.at(Role::kOutputWeight, layer).shape[0],
             table.at(Role::kOutputWeight, layer).shape[1]),
      qkv_bias(3 * table.at(Role::kQueryBias, layer).size()) {
  const auto value = [&](Role role) { return table.at(role, layer).value; };
  const int64_t hidden = table.at(Role::kQueryBias, layer).size();
  std::memcpy(qkv_bias.data(), value(Role::kQueryBias), hidden * sizeof(float));
  std::memcpy(qkv_bias.data() + hidden, value(Role::kKeyBias), hidden * sizeof(float));
  std::memcpy(qkv_bias.data() + 2 * hidden, value(Role::kValueBias), hidden * sizeof(float));
  attention_output_bias = value(Role::kAttentionOutputBias);
  intermediate_bias = value(Role::kIntermediateBias);
  output_bias = value(Role::kOutputBias);
  attention_norm = {value(Role::kAttentionNormGamma), value(Role::kAttentionNormBeta),
                    layer_norm_eps};
  output_norm = {value(Role::kOutputNormGamma), value(Role::kOutputNormBeta), layer_norm_eps};

  const auto below = [&](Role role) { return table.at(role, layer - 1).value; };
  const std::vector<float> reach = layer == 0 ? reach_of_embeddings(table)
                                              : reach_of_norm(below(Role::kOutputNormGamma),
                                                              below(Role::kOutputNormBeta), hidden);
  const Buffer<float> joined = joined_qkv(table, layer);
  qkv_factor = smoothing(reach, joined.data(), qkv.out(), qkv.in());
  qkv.pack(joined.data(), inverse_of(qkv_factor).data());
  attention_output.pack(value(Role::kAttentionOutputWeight), nullptr);
  const float* up = value(Role::kIntermediateWeight);
  intermediate_factor = smoothing(reach_of_norm(attention_norm.gamma, attention_norm.beta, hidden),
                                  up, intermediate.out(), intermediate.in());
  intermediate.pack(up, inverse_of(intermediate_factor).data());
  output.pack(value(Role::kOutputWeight), nullptr);
}

void QuantizedScratch::Rows::reserve(int64_t tokens, int64_t columns) {
  values.resize_discard(tokens * columns);
  scale.resize_discard(tokens);
  zero.resize_discard(tokens);
}

void QuantizedScratch::reserve(int64_t hidden, int64_t intermediate_size) {
  parts.resize(static_cast<size_t>(thread_count()));
  for (Part& part : parts) {
    part.narrow.reserve(kChunk, hidden);
    part.intermediate.reserve(kChunk, intermediate_size);
    part.sums.resize_discard(kChunk * std::max(3 * hidden, intermediate_size));
    part.row.resize_discard(int64_t{thread_count()} * std::max(hidden, intermediate_size));
  }
}

template <class T>
void quantized_layer_forward(const QuantizedLayerWeights& weights, const LayerShape& shape,
                             const LayerActivations<T>& acts, float* attention_scratch,
                             QuantizedScratch& scratch) {
  const int64_t tokens = shape.tokens, hidden = shape.hidden,
                intermediate = shape.intermediate_size;
  using Part = QuantizedScratch::Part;
  // body(first row, rows, the thread's scratch) for all rows.
  const auto on_chunks = [&](const auto& body) {
    parallel_parts(tokens, kTokenMultiple, [&](int64_t begin, int64_t end, int part) {
      for (int64_t row = begin; row < end; row += QuantizedScratch::kChunk) {
        body(row, std::min(QuantizedScratch::kChunk, end - row), scratch.parts[part]);
      }
    });
  };
  // The sums of `from` with a weight, and what is still to be done to them.
  const auto product = [&](const QuantizedRows& from, const QuantizedWeight& weight,
                           const float* bias, int64_t rows, Part& own) {
    quantized_product(weight, from.values, rows, own.sums.data());
    return QuantizedProduct{own.sums.data(), from.scale,   from.zero,
                            weight.scale(),  weight.sum(), bias};
  };

  on_chunks([&](int64_t row, int64_t rows, Part& own) {
    const QuantizedRows from = own.narrow.view();
    quantize_rows(acts.x + row * hidden, weights.qkv_factor.data(), rows, hidden, from);
    dequantize_rows(product(from, weights.qkv, weights.qkv_bias.data(), rows, own), rows,
                    3 * hidden, acts.qkv + row * 3 * hidden);
  });
  attention_forward(shape.attention(), acts.qkv, {}, acts.context, static_cast<float*>(nullptr),
                    attention_scratch);
  // Attention leaves the padding rows as they are, which may be anything.
  std::memset(static_cast<void*>(acts.context + shape.real_tokens * hidden), 0,
              (shape.tokens - shape.real_tokens) * hidden * sizeof(T));
  on_chunks([&](int64_t row, int64_t rows, Part& own) {
    const int64_t at = row * hidden;
    const QuantizedRows narrow = own.narrow.view(), activated = own.intermediate.view();
    quantize_rows(acts.context + at, nullptr, rows, hidden, narrow);
    dequantize_norm_quantize(
        {rows, hidden},
        product(narrow, weights.attention_output, weights.attention_output_bias, rows, own),
        acts.x + at, weights.attention_norm, acts.attention_norm_output + at,
        {.factor = weights.intermediate_factor.data(), .rows = narrow}, own.row.data());
    dequantize_activate_quantize(
        shape.activation,
        product(narrow, weights.intermediate, weights.intermediate_bias, rows, own), rows,
        intermediate, activated, own.row.data());
    dequantize_norm_quantize(
        {rows, hidden}, product(activated, weights.output, weights.output_bias, rows, own),
        acts.attention_norm_output + at, weights.output_norm, acts.out + at, {}, own.row.data());
  });
}

template void quantized_layer_forward(const QuantizedLayerWeights&, const LayerShape&,
                                      const LayerActivations<float>&, float*, QuantizedScratch&);
template void quantized_layer_forward(const QuantizedLayerWeights&, const LayerShape&,
                                      const LayerActivations<Bf16>&, float*, QuantizedScratch&);

}  // namespace thaw
