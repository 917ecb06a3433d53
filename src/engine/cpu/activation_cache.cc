#include "engine/cpu/activation_cache.h"

#include <algorithm>
#include <cstring>

#include "base/stopwatch.h"
#include "engine/cpu/token_pooling.h"

namespace thaw {
namespace {

template <class T, class U>
void copy_values(const U* from, int64_t count, T* to) {
  if constexpr (sizeof(T) == sizeof(U)) {
    std::memcpy(static_cast<void*>(to), from, count * sizeof(T));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = from_float<T>(to_float(from[i]));
  }
}

}  // namespace

template <class T>
CpuActivationCache<T>::CpuActivationCache(const TokenizedTexts& texts, const CacheSpec& spec,
                                          int64_t hidden, int64_t feature_size)
    : hidden_(hidden), feature_size_(feature_size) {
  SpillPlace place = spec.spill;
  for (const int depth : spec.depths) {
    tokens_[depth] = SpillArray<T>(static_cast<int64_t>(texts.ids.size()) * hidden, place);
  }
  if (spec.features) features_ = Buffer<float>(texts.rows() * feature_size);
}

template <class T>
std::vector<float> CpuActivationCache<T>::mean_tokens(const TokenizedTexts& texts) const {
  std::vector<float> vectors(texts.rows() * hidden_, 0.0f);
  const T* tokens = tokens_.rbegin()->second.data();
  for (int64_t row = 0; row < texts.rows(); ++row) {
    const int64_t begin = texts.offsets[row], end = texts.offsets[row + 1];
    float* vector = vectors.data() + row * hidden_;
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t c = 0; c < hidden_; ++c) vector[c] += to_float(tokens[i * hidden_ + c]);
    }
    for (int64_t c = 0; c < hidden_; ++c) vector[c] /= static_cast<float>(end - begin);
  }
  return vectors;
}

template <class T>
void CpuActivationCache<T>::gather(const TokenizedTexts& texts, int depth, const Batch& batch,
                                   T* x) const {
  const T* tokens = tokens_.at(depth).data();
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    std::memcpy(static_cast<void*>(x + batch.offsets[i] * hidden_),
                tokens + texts.offsets[batch.rows[i]] * hidden_,
                (batch.offsets[i + 1] - batch.offsets[i]) * hidden_ * sizeof(T));
  }
  std::memset(static_cast<void*>(x + batch.tokens * hidden_), 0,
              (batch.padded_tokens - batch.tokens) * hidden_ * sizeof(T));
}

template <class T>
template <class U>
void CpuActivationCache<T>::keep_tokens(const TokenizedTexts& texts, int depth, const Batch& batch,
                                        const U* x) {
  T* tokens = tokens_.at(depth).data();
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    copy_values(x + batch.offsets[i] * hidden_, (batch.offsets[i + 1] - batch.offsets[i]) * hidden_,
                tokens + texts.offsets[batch.rows[i]] * hidden_);
  }
}

template <class T>
void CpuActivationCache<T>::keep_features(const Batch& batch, const float* features) {
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    std::memcpy(features_.data() + batch.rows[i] * feature_size_, features + i * feature_size_,
                feature_size_ * sizeof(float));
  }
}

template <class T, class U>
std::unique_ptr<CpuActivationCache<T>> run_frozen(Encoder<U>& encoder, Head& head,
                                                  const TokenizedTexts& texts,
                                                  const CacheSpec& spec, const std::string& stage,
                                                  const Listener& listener) {
  const int layers = encoder.layers();
  auto kept =
      std::make_unique<CpuActivationCache<T>>(texts, spec, encoder.hidden(), head.feature_size());
  const auto start = Clock::now();
  const int top = spec.features ? layers : spec.depths.empty() ? 0 : *spec.depths.rbegin();
  Batch batch;
  Buffer<float> pooled, vectors;
  TokenPooling<U> pooling(head);
  Progress progress{stage, 0, texts.rows()};
  for (const auto& rows : batches_by_tokens(texts, kEvaluationTokens)) {
    listener.check();
    gather_batch(texts, rows.data(), static_cast<int64_t>(rows.size()), batch);
    auto reached = Clock::now();
    U* x = encoder.embed(batch);
    for (int depth = 0; depth <= top; ++depth) {
      if (depth > 0) x = encoder.infer(batch, x, depth - 1, depth);
      if (spec.depths.count(depth)) kept->keep_tokens(texts, depth, batch, x);
      kept->add_time(depth, seconds_since(reached));
    }
    if (spec.features) {
      pooled.resize_discard(batch.sequences() * head.pooled_size());
      vectors.resize_discard(batch.sequences() * head.feature_size());
      pooling.forward(batch, x, pooled.data());
      head.features(pooled.data(), batch.sequences(), vectors.data());
      kept->keep_features(batch, vectors.data());
      kept->add_time(layers + 1, seconds_since(reached));
    }
    progress.rows += batch.sequences();
    progress.seconds = seconds_since(start);
    listener.report(progress);
  }
  progress.finished = true;
  listener.report(progress);
  return kept;
}

template class CpuActivationCache<float>;
template class CpuActivationCache<Bf16>;
template std::unique_ptr<CpuActivationCache<float>> run_frozen<float, float>(Encoder<float>&, Head&,
                                                                             const TokenizedTexts&,
                                                                             const CacheSpec&,
                                                                             const std::string&,
                                                                             const Listener&);
template std::unique_ptr<CpuActivationCache<float>> run_frozen<float, Bf16>(Encoder<Bf16>&, Head&,
                                                                            const TokenizedTexts&,
                                                                            const CacheSpec&,
                                                                            const std::string&,
                                                                            const Listener&);
template std::unique_ptr<CpuActivationCache<Bf16>> run_frozen<Bf16, float>(Encoder<float>&, Head&,
                                                                           const TokenizedTexts&,
                                                                           const CacheSpec&,
                                                                           const std::string&,
                                                                           const Listener&);
template std::unique_ptr<CpuActivationCache<Bf16>> run_frozen<Bf16, Bf16>(Encoder<Bf16>&, Head&,
                                                                          const TokenizedTexts&,
                                                                          const CacheSpec&,
                                                                          const std::string&,
                                                                          const Listener&);

}  // namespace thaw
