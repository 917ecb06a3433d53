#include "engine/cpu/token_pooling.h"

#include <cstring>

#include "engine/cpu/ops/pooling.h"

namespace thaw {

template <class T>
void TokenPooling<T>::forward_one(Pooling pooling, const Batch& batch, const T* x, float* pooled) {
  const int32_t* offsets = batch.offsets.data();
  const int64_t sequences = batch.sequences();
  switch (pooling) {
    case Pooling::kCls:
    case Pooling::kPooler:
      return cls_pooling_forward(x, offsets, sequences, hidden_, pooled);
    case Pooling::kMean:
      return mean_pooling_forward(x, offsets, sequences, hidden_, pooled);
    case Pooling::kMax:
      argmax_.resize_discard(sequences * hidden_);
      return max_pooling_forward(x, offsets, sequences, hidden_, pooled, argmax_.data());
    case Pooling::kMeanSqrtLength:
      return mean_sqrt_length_pooling_forward(x, offsets, sequences, hidden_, pooled);
    case Pooling::kWeightedMean:
      return weighted_mean_pooling_forward(x, offsets, sequences, hidden_, pooled);
    case Pooling::kLastToken:
      return last_token_pooling_forward(x, offsets, sequences, hidden_, pooled);
  }
}

template <class T>
void TokenPooling<T>::backward_one(Pooling pooling, const Batch& batch, const float* d_pooled,
                                   T* d_x) {
  const int32_t* offsets = batch.offsets.data();
  const int64_t sequences = batch.sequences(), padded = batch.padded_tokens;
  switch (pooling) {
    case Pooling::kCls:
    case Pooling::kPooler:
      return cls_pooling_backward(d_pooled, offsets, sequences, padded, hidden_, d_x);
    case Pooling::kMean:
      return mean_pooling_backward(d_pooled, offsets, sequences, padded, hidden_, d_x);
    case Pooling::kMax:
      return max_pooling_backward(d_pooled, argmax_.data(), sequences, padded, hidden_, d_x);
    case Pooling::kMeanSqrtLength:
      return mean_sqrt_length_pooling_backward(d_pooled, offsets, sequences, padded, hidden_, d_x);
    case Pooling::kWeightedMean:
      return weighted_mean_pooling_backward(d_pooled, offsets, sequences, padded, hidden_, d_x);
    case Pooling::kLastToken:
      return last_token_pooling_backward(d_pooled, offsets, sequences, padded, hidden_, d_x);
  }
}

template <class T>
void TokenPooling<T>::forward(const Batch& batch, const T* x, float* pooled) {
  if (poolings_.size() == 1) return forward_one(poolings_[0], batch, x, pooled);
  const auto width = static_cast<int64_t>(poolings_.size()) * hidden_;
  one_.resize_discard(batch.sequences() * hidden_);
  for (size_t i = 0; i < poolings_.size(); ++i) {
    forward_one(poolings_[i], batch, x, one_.data());
    float* own = pooled + static_cast<int64_t>(i) * hidden_;
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      std::memcpy(own + s * width, one_.data() + s * hidden_, hidden_ * sizeof(float));
    }
  }
}

template <class T>
void TokenPooling<T>::backward(const Batch& batch, const float* d_pooled, T* d_x) {
  if (poolings_.size() == 1) return backward_one(poolings_[0], batch, d_pooled, d_x);
  const auto width = static_cast<int64_t>(poolings_.size()) * hidden_;
  const int64_t values = batch.padded_tokens * hidden_;
  one_.resize_discard(batch.sequences() * hidden_);
  d_one_.resize_discard(values);
  for (size_t i = 0; i < poolings_.size(); ++i) {
    const float* own = d_pooled + static_cast<int64_t>(i) * hidden_;
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      std::memcpy(one_.data() + s * hidden_, own + s * width, hidden_ * sizeof(float));
    }
    backward_one(poolings_[i], batch, one_.data(), i == 0 ? d_x : d_one_.data());
    for (int64_t at = 0; i > 0 && at < values; ++at) {
      d_x[at] = from_float<T>(to_float(d_x[at]) + to_float(d_one_[at]));
    }
  }
}

template class TokenPooling<float>;
template class TokenPooling<Bf16>;

}  // namespace thaw
