#include "engine/cpu/encoder.h"

#include <algorithm>

#include "base/random.h"
#include "base/threads.h"
#include "engine/cpu/ops/relative_bias.h"
#include "engine/number_type.h"

namespace thaw {
namespace {

constexpr int kAttentionSite = 0, kAttentionOutputSite = 1, kOutputSite = 2, kEmbeddingSite = 3;

}  // namespace

Dropout StepDropout::at(float rate, int layer, int site) const {
  if (!active || rate <= 0) return {};
  const uint64_t stream = micro_batch == 0 ? seed : random_key(seed, micro_batch);
  return {rate, random_key(stream, step, static_cast<uint64_t>(layer) + 1, site)};
}

LayerDropouts layer_dropouts(const ModelConfig& config, const StepDropout& dropout, int layer) {
  const float after_attention =
      config.traits().dropout_after_attention ? config.hidden_dropout : 0.0f;
  return {dropout.at(config.attention_dropout, layer, kAttentionSite),
          dropout.at(after_attention, layer, kAttentionOutputSite),
          dropout.at(config.hidden_dropout, layer, kOutputSite)};
}

template <class T>
Encoder<T>::Encoder(const ModelConfig& config, const ParameterTable& table, int first_trained,
                    bool quantized)
    : config_(config),
      table_(table),
      first_trained_(first_trained),
      quantized_(quantized),
      embeddings_(config, table, first_trained == kEmbeddingsGroup) {
  weights_.resize(table.layers);
  quantized_weights_.resize(table.layers);
  activations_.layers.resize(table.layers);
}

template <class T>
LayerShape Encoder<T>::shape(const Batch& batch) const {
  LayerShape shape{config_.hidden_size,  config_.intermediate_size, config_.num_attention_heads,
                   config_.hidden_act,   batch.padded_tokens,       batch.tokens,
                   batch.offsets.data(), batch.sequences()};
  if (table_.find(Role::kRelativeBias, 0) < 0) return shape;
  shape.bias.values = distance_bias_.values.data();
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    shape.bias.longest =
        std::max<int64_t>(shape.bias.longest, batch.offsets[i + 1] - batch.offsets[i]);
  }
  return shape;
}

template <class T>
LayerShape Encoder<T>::prepare(const Batch& batch) {
  const int relative_bias = table_.find(Role::kRelativeBias, 0);
  if (relative_bias >= 0) {
    const DistanceBias bias = shape(batch).bias;
    distance_bias_.values.resize_discard(config_.num_attention_heads * bias.span());
    relative_bias_forward(table_.list[relative_bias].value, config_.num_attention_heads,
                          bias.longest, distance_bias_.values.data());
  }
  const LayerShape prepared = shape(batch);
  scratch_.attention.resize_discard(attention_scratch(prepared.attention()));
  scratch_.of_layer.attention = scratch_.attention.data();
  return prepared;
}

template <class T>
LayerWeights& Encoder<T>::weights(int layer) {
  if (!weights_[layer]) {
    weights_[layer] = std::make_unique<LayerWeights>(table_, layer, config_.layer_norm_eps,
                                                     number_type<T>(), layer >= first_trained_);
  }
  return *weights_[layer];
}

template <class T>
void Encoder<T>::repack() {
  for (int layer = std::max(first_trained_, 0); layer < layers(); ++layer) {
    if (weights_[layer]) weights_[layer]->pack(table_);
  }
  embeddings_.repack();
}

template <class T>
void Encoder<T>::carve_layer(Kept& kept, int64_t tokens, bool training) const {
  const int64_t hidden = config_.hidden_size, intermediate = config_.intermediate_size;
  const int64_t heads = config_.num_attention_heads;
  kept.values =
      Buffer<T>(tokens * ((training ? 8 : 7) * hidden + (training ? 2 : 1) * intermediate));
  T* next = kept.values.data();
  const auto take = [&](int64_t columns) { return std::exchange(next, next + tokens * columns); };
  LayerActivations<T>& acts = kept.acts = {};
  acts.qkv = take(3 * hidden);
  acts.context = take(hidden);
  acts.attention_residual = take(hidden);
  acts.attention_norm_output = take(hidden);
  acts.intermediate = take(intermediate);
  acts.activated = training ? take(intermediate) : acts.intermediate;
  acts.ffn_residual = take(hidden);
  if (!training) return;  // the result goes to x or y, and no statistics are kept
  acts.out = take(hidden);
  kept.statistics = Buffer<float>(tokens * (heads + 4));
  float* number = kept.statistics.data();
  const auto take_numbers = [&](int64_t columns) {
    return std::exchange(number, number + tokens * columns);
  };
  acts.log_sum_exp = take_numbers(heads);
  acts.attention_norm_statistics = {.mean = take_numbers(1), .rstd = take_numbers(1)};
  acts.output_norm_statistics = {.mean = take_numbers(1), .rstd = take_numbers(1)};
}

template <class T>
void Encoder<T>::reserve(int64_t tokens, bool training) {
  const int64_t hidden = config_.hidden_size;
  const int64_t widest = std::max(config_.intermediate_size, hidden);
  if (tokens > activations_.shared_tokens) {
    carve_layer(activations_.shared, tokens, false);
    activations_.x = Buffer<T>(tokens * hidden);
    activations_.y = Buffer<T>(tokens * hidden);
    activations_.shared_tokens = tokens;
  }
  if (training && tokens > activations_.layers_tokens) {
    for (int layer = std::max(first_trained_, 0); layer < layers(); ++layer) {
      carve_layer(activations_.layers[layer], tokens, true);
    }
    if (first_trained_ == kEmbeddingsGroup) activations_.embedded = Buffer<T>(tokens * hidden);
    scratch_.values = Buffer<T>(tokens * (4 * hidden + widest));
    scratch_.of_layer.d_branch = scratch_.values.data();
    scratch_.of_layer.d_qkv = scratch_.of_layer.d_branch + tokens * hidden;
    scratch_.of_layer.d_intermediate = scratch_.of_layer.d_qkv + tokens * 3 * hidden;
    activations_.layers_tokens = tokens;
  }
  embeddings_.reserve(tokens, training);
  scratch_.column_sums.resize_discard(int64_t{thread_count()} * 3 *
                                      std::max(widest, config_.embedding_width()));
  scratch_.of_layer.column_sums = scratch_.column_sums.data();
}

template <class T>
T* Encoder<T>::embed(const Batch& batch) {
  reserve(batch.padded_tokens, false);
  embeddings_.infer(batch, activations_.x.data());
  return activations_.x.data();
}

template <class T>
T* Encoder<T>::input(int64_t padded_tokens) {
  reserve(padded_tokens, false);
  return activations_.x.data();
}

template <class T>
LayerActivations<T> Encoder<T>::shared_activations(const T* x) {
  LayerActivations<T> acts = activations_.shared.acts;
  acts.x = x;
  acts.out = x == activations_.x.data() ? activations_.y.data() : activations_.x.data();
  return acts;
}

template <class T>
T* Encoder<T>::infer(const Batch& batch, T* x, int from, int to) {
  const LayerShape layer_shape = prepare(batch);
  if (quantized_) {
    scratch_.quantized.reserve(config_.hidden_size, config_.intermediate_size);
  }
  for (int layer = from; layer < to; ++layer) {
    const LayerActivations<T> acts = shared_activations(x);
    if (quantized_) {
      auto& weights = quantized_weights_[layer];
      if (!weights) {
        weights = std::make_unique<QuantizedLayerWeights>(table_, layer, config_.layer_norm_eps);
      }
      quantized_layer_forward(*weights, layer_shape, acts, scratch_.of_layer.attention,
                              scratch_.quantized);
    } else {
      layer_forward(weights(layer), layer_shape, {}, acts, scratch_.of_layer);
    }
    x = acts.out;
  }
  return x;
}

template <class T>
const T* Encoder<T>::train_forward(const Batch& batch, int from, const StepDropout& dropout) {
  reserve(batch.padded_tokens, true);
  const LayerShape layer_shape = prepare(batch);

  const T* x = activations_.x.data();
  if (from == kEmbeddingsGroup) {
    // Frozen embeddings with dropout (--frozen-dropout) need nothing kept.
    T* out =
        first_trained_ == kEmbeddingsGroup ? activations_.embedded.data() : activations_.x.data();
    embeddings_.forward(batch, dropout.at(config_.hidden_dropout, kEmbeddingsGroup, kEmbeddingSite),
                        out);
    x = out;
  }
  for (int layer = std::max(from, 0); layer < layers(); ++layer) {
    LayerActivations<T>& own = activations_.layers[layer].acts;
    own.x = x;
    const LayerActivations<T> acts = layer < first_trained_ ? shared_activations(x) : own;
    layer_forward(weights(layer), layer_shape, layer_dropouts(config_, dropout, layer), acts,
                  scratch_.of_layer);
    x = acts.out;
  }
  return x;
}

template <class T>
void Encoder<T>::train_backward(const Batch& batch, int from, const StepDropout& dropout, T* d_out,
                                const std::function<void(int)>& done, bool input_gradient) {
  LayerShape layer_shape = shape(batch);
  const int lowest = std::max({from, first_trained_, 0});
  const bool embeddings_trained = first_trained_ == kEmbeddingsGroup;
  const int relative_bias = table_.find(Role::kRelativeBias, 0);
  float* d_relative_bias = relative_bias < 0 ? nullptr : table_.list[relative_bias].gradient;
  if (d_relative_bias != nullptr) {
    distance_bias_.d_values.resize_discard(layer_shape.sequences * layer_shape.heads *
                                           layer_shape.bias.span());
    layer_shape.bias.d_values = distance_bias_.d_values.data();
  }
  for (int layer = layers() - 1; layer >= lowest; --layer) {
    layer_backward(weights(layer), layer_shape, layer_dropouts(config_, dropout, layer),
                   activations_.layers[layer].acts, layer_gradients(table_, layer),
                   scratch_.of_layer,
                   {.values = d_out,
                    .is_needed_below = layer > lowest || embeddings_trained || input_gradient});
    if (d_relative_bias != nullptr) {
      relative_bias_backward(layer_shape.attention(), d_relative_bias);
    }
    if (done) done(layer);
  }
  if (!embeddings_trained) return;
  embeddings_.backward(batch, dropout.at(config_.hidden_dropout, kEmbeddingsGroup, kEmbeddingSite),
                       d_out, scratch_.of_layer.column_sums);
  if (done) done(kEmbeddingsGroup);
}

template class Encoder<float>;
template class Encoder<Bf16>;

}  // namespace thaw
