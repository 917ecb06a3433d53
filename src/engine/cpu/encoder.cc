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
      layers_(table.layers),
      first_trained_(first_trained),
      quantized_(quantized),
      embeddings_(config, table, first_trained == kEmbeddingsGroup) {
  weights_.resize(layers_);
  quantized_weights_.resize(layers_);
  kept_.resize(layers_);
  layer_inputs_.resize(layers_);
}

template <class T>
LayerShape Encoder<T>::shape(const Batch& batch) const {
  LayerShape shape{config_.hidden_size,  config_.intermediate_size, config_.num_attention_heads,
                   config_.hidden_act,   batch.padded_tokens,       batch.tokens,
                   batch.offsets.data(), batch.sequences()};
  if (table_.find(Role::kRelativeBias, 0) < 0) return shape;
  shape.bias.values = distance_bias_.data();
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
    distance_bias_.resize_discard(config_.num_attention_heads * bias.span());
    relative_bias_forward(table_.list[relative_bias].value, config_.num_attention_heads,
                          bias.longest, distance_bias_.data());
  }
  const LayerShape prepared = shape(batch);
  attention_scratch_.resize_discard(attention_scratch(prepared.attention()));
  scratch_.attention = attention_scratch_.data();
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
  for (int layer = std::max(first_trained_, 0); layer < layers_; ++layer) {
    if (weights_[layer]) weights_[layer]->pack(table_);
  }
  embeddings_.repack();
}

template <class T>
LayerActivations<T> Encoder<T>::carve_layer(Buffer<T>& values, Buffer<float>& statistics,
                                            int64_t tokens, bool training) const {
  const int64_t hidden = config_.hidden_size, intermediate = config_.intermediate_size;
  const int64_t heads = config_.num_attention_heads;
  values = Buffer<T>(tokens * ((training ? 8 : 7) * hidden + (training ? 2 : 1) * intermediate));
  T* next = values.data();
  const auto take = [&](int64_t columns) { return std::exchange(next, next + tokens * columns); };
  LayerActivations<T> acts{};
  acts.qkv = take(3 * hidden);
  acts.context = take(hidden);
  acts.attention_residual = take(hidden);
  acts.attention_norm_output = take(hidden);
  acts.intermediate = take(intermediate);
  acts.activated = training ? take(intermediate) : acts.intermediate;
  acts.ffn_residual = take(hidden);
  if (!training) return acts;  // the result goes to x_ or y_, and no statistics are kept
  acts.out = take(hidden);
  statistics = Buffer<float>(tokens * (heads + 4));
  float* number = statistics.data();
  acts.log_sum_exp = std::exchange(number, number + tokens * heads);
  acts.attention_mean = std::exchange(number, number + tokens);
  acts.attention_rstd = std::exchange(number, number + tokens);
  acts.output_mean = std::exchange(number, number + tokens);
  acts.output_rstd = number;
  return acts;
}

template <class T>
void Encoder<T>::reserve(int64_t tokens, bool training) {
  const int64_t hidden = config_.hidden_size;
  const int64_t widest = std::max(config_.intermediate_size, hidden);
  if (tokens > shared_tokens_) {
    shared_.acts = carve_layer(shared_.values, shared_.statistics, tokens, false);
    x_ = Buffer<T>(tokens * hidden);
    y_ = Buffer<T>(tokens * hidden);
    shared_tokens_ = tokens;
  }
  if (training && tokens > kept_tokens_) {
    for (int layer = std::max(first_trained_, 0); layer < layers_; ++layer) {
      kept_[layer].acts = carve_layer(kept_[layer].values, kept_[layer].statistics, tokens, true);
    }
    if (first_trained_ == kEmbeddingsGroup) embedded_ = Buffer<T>(tokens * hidden);
    scratch_values_ = Buffer<T>(tokens * (4 * hidden + widest));
    scratch_.d_branch = scratch_values_.data();
    scratch_.d_qkv = scratch_.d_branch + tokens * hidden;
    scratch_.d_intermediate = scratch_.d_qkv + tokens * 3 * hidden;
    kept_tokens_ = tokens;
  }
  embeddings_.reserve(tokens, training);
  column_sums_.resize_discard(int64_t{thread_count()} * 3 *
                              std::max(widest, config_.embedding_width()));
  scratch_.column_sums = column_sums_.data();
}

template <class T>
T* Encoder<T>::embed(const Batch& batch) {
  reserve(batch.padded_tokens, false);
  embeddings_.infer(batch, x_.data());
  return x_.data();
}

template <class T>
T* Encoder<T>::input(int64_t padded_tokens) {
  reserve(padded_tokens, false);
  return x_.data();
}

template <class T>
T* Encoder<T>::infer(const Batch& batch, T* x, int from, int to) {
  const LayerShape layer_shape = prepare(batch);
  if (quantized_) {
    quantized_scratch_.reserve(config_.hidden_size, config_.intermediate_size);
  }
  for (int layer = from; layer < to; ++layer) {
    LayerActivations<T> acts = shared_.acts;
    acts.out = x == x_.data() ? y_.data() : x_.data();
    if (quantized_) {
      auto& weights = quantized_weights_[layer];
      if (!weights) {
        weights = std::make_unique<QuantizedLayerWeights>(table_, layer, config_.layer_norm_eps);
      }
      quantized_layer_forward(*weights, layer_shape, x, acts, scratch_.attention,
                              quantized_scratch_);
    } else {
      layer_forward(weights(layer), layer_shape, {}, x, acts, scratch_);
    }
    x = acts.out;
  }
  return x;
}

template <class T>
const T* Encoder<T>::train_forward(const Batch& batch, int from, const StepDropout& dropout) {
  reserve(batch.padded_tokens, true);
  const LayerShape layer_shape = prepare(batch);

  const T* x = x_.data();
  if (from == kEmbeddingsGroup) {
    // Frozen embeddings with dropout (--frozen-dropout) need nothing kept.
    T* out = first_trained_ == kEmbeddingsGroup ? embedded_.data() : x_.data();
    embeddings_.forward(batch, dropout.at(config_.hidden_dropout, kEmbeddingsGroup, kEmbeddingSite),
                        out);
    x = out;
  }
  for (int layer = std::max(from, 0); layer < layers_; ++layer) {
    layer_inputs_[layer] = x;
    LayerActivations<T> acts = kept_[layer].acts;
    if (layer < first_trained_) {
      acts = shared_.acts;
      acts.out = x == x_.data() ? y_.data() : x_.data();
    }
    layer_forward(weights(layer), layer_shape, layer_dropouts(config_, dropout, layer), x, acts,
                  scratch_);
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
    d_distance_bias_.resize_discard(layer_shape.sequences * layer_shape.heads *
                                    layer_shape.bias.span());
    layer_shape.bias.d_values = d_distance_bias_.data();
  }
  for (int layer = layers_ - 1; layer >= lowest; --layer) {
    layer_backward(weights(layer), layer_shape, layer_dropouts(config_, dropout, layer),
                   layer_inputs_[layer], kept_[layer].acts, layer_gradients(table_, layer),
                   scratch_, d_out, layer > lowest || embeddings_trained || input_gradient);
    if (d_relative_bias != nullptr) {
      relative_bias_backward(layer_shape.attention(), d_relative_bias);
    }
    if (done) done(layer);
  }
  if (!embeddings_trained) return;
  embeddings_.backward(batch, dropout.at(config_.hidden_dropout, kEmbeddingsGroup, kEmbeddingSite),
                       d_out, scratch_.column_sums);
  if (done) done(kEmbeddingsGroup);
}

template class Encoder<float>;
template class Encoder<Bf16>;

}  // namespace thaw
