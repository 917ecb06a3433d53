#include "engine/cpu/embeddings.h"

#include <algorithm>

#include "base/threads.h"
#include "engine/cpu/ops/activation.h"
#include "engine/cpu/ops/embedding.h"
#include "engine/number_type.h"

namespace thaw {

template <class T>
Embeddings<T>::Embeddings(const ModelConfig& config, const ParameterTable& table, bool trained)
    : config_(config), table_(table), trained_(trained) {}

template <class T>
void Embeddings<T>::reserve(int64_t tokens, bool training) {
  if (tokens > tokens_) {
    const int64_t width = config_.embedding_width();
    sum_ = Buffer<T>(tokens * width);
    if (config_.projects_embeddings()) {
      normed_ = Buffer<T>(tokens * width);
      if (trained_) d_normed_ = Buffer<T>(tokens * width);
    }
    statistics_ = {};
    tokens_ = tokens;
  }
  if (training && trained_) statistics_.resize_discard(2 * tokens_);
}

template <class T>
void Embeddings<T>::repack() {
  if (project_ && trained_) project_->pack(table_.at(Role::kEmbeddingProjectWeight, 0).value);
}

template <class T>
const int32_t* Embeddings<T>::positions(const Batch& batch) {
  if (!config_.traits().positions_follow_padding) return batch.positions.data();
  positions_.resize_discard(batch.tokens);
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    int32_t last = config_.pad_token_id;
    for (int64_t t = batch.offsets[i]; t < batch.offsets[i + 1]; ++t) {
      const bool padding = batch.ids[t] == config_.pad_token_id;
      positions_[t] = padding ? config_.pad_token_id : ++last;
    }
  }
  return positions_.data();
}

template <class T>
const int32_t* Embeddings<T>::types(const Batch& batch) const {
  return batch.types.empty() || config_.type_vocab_size < 2 ? nullptr : batch.types.data();
}

template <class T>
void Embeddings<T>::run(const Batch& batch, const Dropout& dropout, T* out,
                        const NormStatistics& kept) {
  const auto value = [&](Role role) {
    const int index = table_.find(role, 0);
    return index < 0 ? nullptr : table_.list[index].value;
  };
  const int64_t rows = batch.padded_tokens, width = config_.embedding_width();
  const EmbeddingTables tables{value(Role::kWordEmbedding), value(Role::kPositionEmbedding),
                               value(Role::kTypeEmbedding)};
  embedding_forward(tables,
                    {.ids = batch.ids.data(),
                     .positions = positions(batch),
                     .types = types(batch),
                     .tokens = batch.tokens},
                    rows, width, sum_.data());
  T* normed = config_.projects_embeddings() ? normed_.data() : out;
  const LayerNormWeights norm{value(Role::kEmbeddingNormGamma), value(Role::kEmbeddingNormBeta),
                              config_.layer_norm_eps};
  residual_norm_forward({rows, width}, {.branch = sum_.data()}, norm, normed, kept);
  if (dropout.on()) dropout_forward(normed, rows * width, dropout, normed);
  if (!config_.projects_embeddings()) return;
  if (!project_) {
    project_ =
        std::make_unique<PackedWeight>(config_.hidden_size, width, number_type<T>(), trained_);
    project_->pack(value(Role::kEmbeddingProjectWeight));
  }
  linear_forward(*project_, value(Role::kEmbeddingProjectBias), normed, rows, out);
}

template <class T>
void Embeddings<T>::infer(const Batch& batch, T* out) {
  reserve(batch.padded_tokens, false);
  run(batch, {}, out, {});
}

template <class T>
void Embeddings<T>::forward(const Batch& batch, const Dropout& dropout, T* out) {
  reserve(batch.padded_tokens, true);
  NormStatistics kept;
  if (trained_) kept = {statistics_.data(), statistics_.data() + batch.padded_tokens};
  run(batch, dropout, out, kept);
}

template <class T>
void Embeddings<T>::backward(const Batch& batch, const Dropout& dropout, T* d_out,
                             float* column_sums) {
  const auto gradient = [&](Role role) {
    const int index = table_.find(role, 0);
    return index < 0 ? nullptr : table_.list[index].gradient;
  };
  const int64_t rows = batch.padded_tokens, width = config_.embedding_width();
  T* d_sum = d_out;
  if (config_.projects_embeddings()) {
    if (float* d_weight = gradient(Role::kEmbeddingProjectWeight)) {
      linear_backward_weight(d_out, normed_.data(), rows, config_.hidden_size, width, d_weight);
    }
    if (float* d_bias = gradient(Role::kEmbeddingProjectBias)) {
      bias_backward(d_out, rows, config_.hidden_size, d_bias, column_sums);
    }
    d_sum = d_normed_.data();
    linear_backward_input(*project_, d_out, rows, d_sum);
  }
  if (dropout.on()) dropout_forward(d_sum, rows * width, dropout, d_sum);
  const LayerNormWeights norm{table_.at(Role::kEmbeddingNormGamma, 0).value,
                              table_.at(Role::kEmbeddingNormBeta, 0).value, config_.layer_norm_eps};
  const float* mean = statistics_.data();
  residual_norm_backward(
      {rows, width}, {.sum = sum_.data(), .mean = mean, .rstd = mean + rows}, norm, d_sum,
      {.d_sum = d_sum},
      {.gamma = gradient(Role::kEmbeddingNormGamma), .beta = gradient(Role::kEmbeddingNormBeta)},
      column_sums);
  const EmbeddingGradients gradients{gradient(Role::kWordEmbedding),
                                     gradient(Role::kPositionEmbedding),
                                     gradient(Role::kTypeEmbedding)};
  const bool own_positions = config_.traits().positions_follow_padding;
  embedding_backward({.ids = batch.ids.data(),
                      .positions = own_positions ? positions_.data() : batch.positions.data(),
                      .types = types(batch),
                      .tokens = batch.tokens},
                     d_sum, width, gradients);
  // The padding token's embeddings are not trained (padding_idx in PyTorch).
  for (float* table : {gradients.word, own_positions ? gradients.position : nullptr}) {
    if (table == nullptr) continue;
    float* row = table + config_.pad_token_id * width;
    std::fill(row, row + width, 0.0f);
  }
}

template class Embeddings<float>;
template class Embeddings<Bf16>;

}  // namespace thaw
