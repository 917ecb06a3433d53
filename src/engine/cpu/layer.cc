#include "engine/cpu/layer.h"

#include <cstring>

#include "engine/cpu/ops/activation.h"

namespace thaw {
namespace {

// Rows beyond the batch's own must hold zeros wherever a sum over tokens reads them.
template <class T>
void zero_padding(T* x, const LayerShape& shape, int64_t columns) {
  std::memset(static_cast<void*>(x + shape.real_tokens * columns), 0,
              (shape.tokens - shape.real_tokens) * columns * sizeof(T));
}

}  // namespace

LayerWeights::LayerWeights(const ParameterTable& table, int layer, float layer_norm_eps,
                           NumberType precision, bool backward)
    : qkv(3 * table.at(Role::kQueryWeight, layer).shape[0],
          table.at(Role::kQueryWeight, layer).shape[1], precision, backward),
      attention_output(table.at(Role::kAttentionOutputWeight, layer).shape[0],
                       table.at(Role::kAttentionOutputWeight, layer).shape[1], precision, backward),
      intermediate(table.at(Role::kIntermediateWeight, layer).shape[0],
                   table.at(Role::kIntermediateWeight, layer).shape[1], precision, backward),
      output(table.at(Role::kOutputWeight, layer).shape[0],
             table.at(Role::kOutputWeight, layer).shape[1], precision, backward),
      qkv_bias(3 * table.at(Role::kQueryWeight, layer).shape[0]),
      layer_(layer) {
  attention_norm.epsilon = output_norm.epsilon = layer_norm_eps;
  pack(table);
}

void LayerWeights::pack(const ParameterTable& table) {
  const auto value = [&](Role role) { return table.at(role, layer_).value; };
  const int64_t square = table.at(Role::kQueryWeight, layer_).size();
  const int64_t hidden = table.at(Role::kQueryBias, layer_).size();
  const float* queries = value(Role::kQueryWeight);
  if (value(Role::kKeyWeight) == queries + square &&
      value(Role::kValueWeight) == queries + 2 * square) {
    qkv.pack(queries);
  } else {
    joined_.resize_discard(3 * square);
    std::memcpy(joined_.data(), queries, square * sizeof(float));
    std::memcpy(joined_.data() + square, value(Role::kKeyWeight), square * sizeof(float));
    std::memcpy(joined_.data() + 2 * square, value(Role::kValueWeight), square * sizeof(float));
    qkv.pack(joined_.data());
    joined_ = {};
  }
  std::memcpy(qkv_bias.data(), value(Role::kQueryBias), hidden * sizeof(float));
  std::memcpy(qkv_bias.data() + hidden, value(Role::kKeyBias), hidden * sizeof(float));
  std::memcpy(qkv_bias.data() + 2 * hidden, value(Role::kValueBias), hidden * sizeof(float));
  attention_output.pack(value(Role::kAttentionOutputWeight));
  intermediate.pack(value(Role::kIntermediateWeight));
  output.pack(value(Role::kOutputWeight));
  attention_output_bias = value(Role::kAttentionOutputBias);
  intermediate_bias = value(Role::kIntermediateBias);
  output_bias = value(Role::kOutputBias);
  attention_norm.gamma = value(Role::kAttentionNormGamma);
  attention_norm.beta = value(Role::kAttentionNormBeta);
  output_norm.gamma = value(Role::kOutputNormGamma);
  output_norm.beta = value(Role::kOutputNormBeta);
}

LayerGradients layer_gradients(const ParameterTable& table, int layer) {
  const auto gradient = [&](Role role) { return table.at(role, layer).gradient; };
  return {gradient(Role::kQueryWeight),           gradient(Role::kQueryBias),
          gradient(Role::kAttentionOutputWeight), gradient(Role::kAttentionOutputBias),
          gradient(Role::kAttentionNormGamma),    gradient(Role::kAttentionNormBeta),
          gradient(Role::kIntermediateWeight),    gradient(Role::kIntermediateBias),
          gradient(Role::kOutputWeight),          gradient(Role::kOutputBias),
          gradient(Role::kOutputNormGamma),       gradient(Role::kOutputNormBeta)};
}

template <class T>
void layer_forward(const LayerWeights& weights, const LayerShape& shape,
                   const LayerDropouts& dropouts, const LayerActivations<T>& acts,
                   const LayerScratch<T>& scratch) {
  const int64_t tokens = shape.tokens, hidden = shape.hidden;

  linear_forward(weights.qkv, weights.qkv_bias.data(), acts.x, tokens, acts.qkv);
  attention_forward(shape.attention(), acts.qkv, dropouts.attention, acts.context, acts.log_sum_exp,
                    scratch.attention);
  zero_padding(acts.context, shape, hidden);
  linear_forward(weights.attention_output, weights.attention_output_bias, acts.context, tokens,
                 acts.attention_residual);
  residual_norm_forward(
      {tokens, hidden},
      {.residual = acts.x, .branch = acts.attention_residual, .dropout = dropouts.attention_output},
      weights.attention_norm, acts.attention_norm_output, acts.attention_norm_statistics);

  linear_forward(weights.intermediate, weights.intermediate_bias, acts.attention_norm_output,
                 tokens, acts.intermediate);
  activation_forward(shape.activation, acts.intermediate, tokens * shape.intermediate_size,
                     acts.activated);
  linear_forward(weights.output, weights.output_bias, acts.activated, tokens, acts.ffn_residual);
  residual_norm_forward({tokens, hidden},
                        {.residual = acts.attention_norm_output,
                         .branch = acts.ffn_residual,
                         .dropout = dropouts.output},
                        weights.output_norm, acts.out, acts.output_norm_statistics);
}

template <class T>
void layer_backward(const LayerWeights& weights, const LayerShape& shape,
                    const LayerDropouts& dropouts, const LayerActivations<T>& acts,
                    const LayerGradients& gradients, const LayerScratch<T>& scratch,
                    const PassedGradient<T>& passed) {
  const int64_t tokens = shape.tokens, hidden = shape.hidden,
                intermediate = shape.intermediate_size;
  const auto weight_backward = [&](const T* d_y, const T* input, int64_t out, int64_t in,
                                   float* d_weight) {
    if (d_weight != nullptr) linear_backward_weight(d_y, input, tokens, out, in, d_weight);
  };

  T* d_out = passed.values;
  T* d_ffn_residual = dropouts.output.rate == 0 ? d_out : scratch.d_branch;
  residual_norm_backward({tokens, hidden},
                         {.sum = acts.ffn_residual,
                          .mean = acts.output_norm_statistics.mean,
                          .rstd = acts.output_norm_statistics.rstd,
                          .dropout = dropouts.output},
                         weights.output_norm, d_out, {.d_sum = d_out, .d_branch = d_ffn_residual},
                         {.gamma = gradients.output_norm_gamma,
                          .beta = gradients.output_norm_beta,
                          .branch_bias = gradients.output_bias},
                         scratch.column_sums);
  weight_backward(d_ffn_residual, acts.activated, hidden, intermediate, gradients.output_weight);
  linear_backward_input(weights.output, d_ffn_residual, tokens, scratch.d_intermediate);
  activation_backward(shape.activation, {tokens, intermediate}, acts.intermediate,
                      scratch.d_intermediate, scratch.d_intermediate, gradients.intermediate_bias,
                      scratch.column_sums);
  weight_backward(scratch.d_intermediate, acts.attention_norm_output, intermediate, hidden,
                  gradients.intermediate_weight);
  linear_backward_input(weights.intermediate, scratch.d_intermediate, tokens, d_out, true);

  T* d_attended = dropouts.attention_output.rate == 0 ? d_out : scratch.d_branch;
  residual_norm_backward({tokens, hidden},
                         {.sum = acts.attention_residual,
                          .mean = acts.attention_norm_statistics.mean,
                          .rstd = acts.attention_norm_statistics.rstd,
                          .dropout = dropouts.attention_output},
                         weights.attention_norm, d_out, {.d_sum = d_out, .d_branch = d_attended},
                         {.gamma = gradients.attention_norm_gamma,
                          .beta = gradients.attention_norm_beta,
                          .branch_bias = gradients.attention_output_bias},
                         scratch.column_sums);
  weight_backward(d_attended, acts.context, hidden, hidden, gradients.attention_output_weight);
  T* d_context = scratch.d_intermediate;  // free by now, and large enough
  linear_backward_input(weights.attention_output, d_attended, tokens, d_context);
  attention_backward(shape.attention(),
                     {.qkv = acts.qkv, .context = acts.context, .log_sum_exp = acts.log_sum_exp},
                     d_context, dropouts.attention, scratch.d_qkv, scratch.attention);
  zero_padding(scratch.d_qkv, shape, 3 * hidden);
  if (gradients.qkv_bias != nullptr) {
    bias_backward(scratch.d_qkv, tokens, 3 * hidden, gradients.qkv_bias, scratch.column_sums);
  }
  weight_backward(scratch.d_qkv, acts.x, 3 * hidden, hidden, gradients.qkv_weight);
  if (passed.is_needed_below) {
    linear_backward_input(weights.qkv, scratch.d_qkv, tokens, d_out, true);
  }
}

template void layer_forward(const LayerWeights&, const LayerShape&, const LayerDropouts&,
                            const LayerActivations<float>&, const LayerScratch<float>&);
template void layer_forward(const LayerWeights&, const LayerShape&, const LayerDropouts&,
                            const LayerActivations<Bf16>&, const LayerScratch<Bf16>&);
template void layer_backward(const LayerWeights&, const LayerShape&, const LayerDropouts&,
                             const LayerActivations<float>&, const LayerGradients&,
                             const LayerScratch<float>&, const PassedGradient<float>&);
template void layer_backward(const LayerWeights&, const LayerShape&, const LayerDropouts&,
                             const LayerActivations<Bf16>&, const LayerGradients&,
                             const LayerScratch<Bf16>&, const PassedGradient<Bf16>&);

}  // namespace thaw
