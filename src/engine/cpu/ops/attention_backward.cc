#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/threads.h"
#include "engine/cpu/ops/attention.h"
#include "engine/cpu/ops/attention_plan.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/attention_backward.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/attention-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw::HWY_NAMESPACE {
namespace {

// What a block of queries needs of the forward, log_sum_exp in units of log2 as the scores are, and
// mean = rowsum(d_context * context), which is the mean of d_probabilities under the probabilities.
struct Statistics {
  explicit Statistics(float* room) : log_sum_exp(room), mean(room + kAttentionBlock) {}
  float* log_sum_exp;  // [queries]
  float* mean;         // [queries]
};

// scores to probabilities, masked but not scaled; d_probabilities to d_scores:
//   d_scores = probabilities * (d_probabilities * mask / (1 - rate) - mean)
template <bool kDropout>
void softmax_block(Panel scores, Panel d_probabilities, int64_t first_key, int64_t keys,
                   int64_t queries, const AttentionMask& mask, float keep_scale,
                   const Statistics& statistics) {
  const Lanes d;
  const BitLanes db;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Float keep_scales = hn::Set(d, keep_scale);
  for (int64_t i = 0; i < queries; i += lanes) {
    const Float log_sum_exp = hn::LoadU(d, statistics.log_sum_exp + i);
    const Float mean = hn::LoadU(d, statistics.mean + i);
    Bits counter = hn::Zero(db);
    if constexpr (kDropout) {
      counter = hn::Add(mask.counters(i), hn::Set(db, static_cast<uint32_t>(first_key)));
    }
    for (int64_t j = 0; j < keys; ++j) {
      float* score = scores.row(j) + i;
      float* d_probability = d_probabilities.row(j) + i;
      const Float p = exp2_of_negative(d, hn::Sub(hn::LoadU(d, score), log_sum_exp));
      Float d_p = hn::LoadU(d, d_probability);
      if constexpr (kDropout) {
        const auto dropped = mask.dropped(d, counter);
        counter = hn::Add(counter, hn::Set(db, 1u));
        hn::StoreU(hn::IfThenZeroElse(dropped, p), d, score);
        d_p = hn::IfThenZeroElse(dropped, hn::Mul(d_p, keep_scales));
      } else {
        hn::StoreU(p, d, score);
      }
      hn::StoreU(hn::Mul(p, hn::Sub(d_p, mean)), d, d_probability);
    }
  }
}

// One head of one sequence: what a block of queries and a block of keys are computed from.
template <class T>
class Head {
 public:
  Head(const AttentionShape& shape, const AttentionPanels& room, int64_t sequence, int64_t row,
       int64_t length, int64_t head, const T* qkv, const T* context, const float* log_sum_exp,
       const T* d_context, const Dropout& dropout, T* d_qkv)
      : shape_(shape),
        room_(room),
        dropout_(dropout),
        row_(row),
        length_(length),
        head_(head),
        head_size_(shape.head_size),
        hidden_(shape.heads * shape.head_size),
        stride_(3 * hidden_),
        block_(attention_block(length)),
        scale_(1 / std::sqrt(static_cast<float>(head_size_))),
        keep_scale_(dropout.on() ? dropout.scale() : 1.0f),
        qkv_(qkv + row * stride_ + head * head_size_),
        context_(context + row * hidden_ + head * head_size_),
        log_sum_exp_(log_sum_exp + row * shape.heads + head),
        d_context_(d_context + row * hidden_ + head * head_size_),
        d_qkv_(d_qkv + row * stride_ + head * head_size_),
        statistics_(room.statistics) {
    const DistanceBias& bias = shape.bias;
    if (bias.values == nullptr) return;
    bias_ = bias.values + head * bias.span() + bias.longest;
    if (bias.d_values == nullptr) return;
    d_bias_ = bias.d_values + (sequence * shape.heads + head) * bias.span() + bias.longest;
  }

  void backward() {
    const bool reused = length_ > block_;
    key_ = rows_panel(qkv_ + hidden_, stride_, length_, head_size_, reused,
                      {room_.key, room_.columns});
    value_ = rows_panel(qkv_ + 2 * hidden_, stride_, length_, head_size_, reused,
                        {room_.value, room_.columns});
    if (d_bias_ != nullptr && length_ > 0) {
      std::memset(d_bias_ - (length_ - 1), 0, (2 * length_ - 1) * sizeof(float));
    }
    for (int64_t first = 0; first < length_; first += block_) {
      backward_queries(first, std::min(block_, length_ - first));
    }
    store_rows({room_.d_key, room_.columns}, length_, scale_, d_qkv_ + hidden_);
    store_rows({room_.d_value, room_.columns}, length_, keep_scale_, d_qkv_ + 2 * hidden_);
  }

 private:
  void backward_queries(int64_t first, int64_t count) {
    const T* queries = qkv_ + first * stride_;
    const T* d_contexts = d_context_ + first * hidden_;
    pack_transposed(queries, stride_, count, head_size_, scale_ * kLog2E,
                    {room_.query_transposed, kAttentionBlock});
    pack_transposed(d_contexts, hidden_, count, head_size_, 1.0f,
                    {room_.d_context_transposed, kAttentionBlock});
    query_ = rows_panel(queries, stride_, count, head_size_, false, {room_.query, room_.columns});
    d_context_rows_ =
        rows_panel(d_contexts, hidden_, count, head_size_, false, {room_.d_context, room_.columns});
    std::memset(room_.statistics, 0, 2 * kAttentionBlock * sizeof(float));
    for (int64_t i = 0; i < count; ++i) {
      statistics_.log_sum_exp[i] = log_sum_exp_[(first + i) * shape_.heads] * kLog2E;
    }
    dot_rows(d_contexts, context_ + first * hidden_, hidden_, count, head_size_, statistics_.mean);

    for (int64_t first_key = 0; first_key < length_; first_key += block_) {
      backward_block(first, count, first_key, std::min(block_, length_ - first_key));
    }
    store_rows({room_.context, room_.columns}, count, scale_, d_qkv_ + first * stride_);
  }

  void backward_block(int64_t first, int64_t count, int64_t first_key, int64_t keys) const {
    const Panel scores{room_.probabilities, kAttentionBlock};
    const Panel d_scores{room_.d_probabilities, kAttentionBlock};
    const Panel key{key_.row(first_key), key_.stride};
    const Panel value{value_.row(first_key), value_.stride};
    if (bias_ != nullptr) fill_with_bias(bias_ + first - first_key, keys, count, scores);
    multiply_panels(key, {room_.query_transposed, kAttentionBlock}, scores, keys, head_size_, count,
                    bias_ != nullptr);
    multiply_panels(value, {room_.d_context_transposed, kAttentionBlock}, d_scores, keys,
                    head_size_, count, false);
    const AttentionMask mask(dropout_, shape_.heads, row_ + first, head_);
    if (dropout_.on()) {
      softmax_block<true>(scores, d_scores, first_key, keys, count, mask, keep_scale_, statistics_);
    } else {
      softmax_block<false>(scores, d_scores, first_key, keys, count, mask, keep_scale_,
                           statistics_);
    }
    if (d_bias_ != nullptr) add_to_distances(d_scores, keys, count, d_bias_ + first - first_key);
    const int64_t columns = room_.columns;
    multiply_panels(scores, d_context_rows_, {room_.d_value + first_key * columns, columns}, keys,
                    count, head_size_, first > 0);
    multiply_panels(d_scores, query_, {room_.d_key + first_key * columns, columns}, keys, count,
                    head_size_, first > 0);
    multiply_transposed(d_scores, key, {room_.context, columns}, count, keys, head_size_,
                        first_key > 0);
  }

  void store_rows(Panel from, int64_t rows, float factor, T* to) const {
    const Lanes d;
    const Float factors = hn::Set(d, factor);
    for (int64_t i = 0; i < rows; ++i) {
      store_row(d, from.row(i), factors, head_size_, to + i * stride_);
    }
  }

  static constexpr float kLog2E = 1.44269504f;

  const AttentionShape& shape_;
  const AttentionPanels& room_;
  const Dropout& dropout_;
  int64_t row_, length_, head_, head_size_, hidden_, stride_, block_;
  float scale_, keep_scale_;
  const T* qkv_;
  const T* context_;
  const float* log_sum_exp_;
  const T* d_context_;
  T* d_qkv_;
  const float* bias_ = nullptr;  // at distance 0
  float* d_bias_ = nullptr;
  Statistics statistics_;
  Panel key_{}, value_{}, query_{}, d_context_rows_{};
};

template <class T>
void backward_tasks(const AttentionShape& shape, const AttentionPanels& room, int64_t begin,
                    int64_t end, const T* qkv, const T* context, const float* log_sum_exp,
                    const T* d_context, const Dropout& dropout, T* d_qkv) {
  for (int64_t task = begin; task < end; ++task) {
    const int64_t sequence = task / shape.heads, head = task % shape.heads;
    const int64_t row = shape.offsets[sequence];
    Head<T>(shape, room, sequence, row, shape.offsets[sequence + 1] - row, head, qkv, context,
            log_sum_exp, d_context, dropout, d_qkv)
        .backward();
  }
}

void backward_float(const AttentionShape& shape, const AttentionPanels& room, int64_t begin,
                    int64_t end, const float* qkv, const float* context, const float* log_sum_exp,
                    const float* d_context, const Dropout& dropout, float* d_qkv) {
  backward_tasks(shape, room, begin, end, qkv, context, log_sum_exp, d_context, dropout, d_qkv);
}

void backward_bf16(const AttentionShape& shape, const AttentionPanels& room, int64_t begin,
                   int64_t end, const Bf16* qkv, const Bf16* context, const float* log_sum_exp,
                   const Bf16* d_context, const Dropout& dropout, Bf16* d_qkv) {
  backward_tasks(shape, room, begin, end, qkv, context, log_sum_exp, d_context, dropout, d_qkv);
}

}  // namespace
}  // namespace thaw::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {

HWY_EXPORT(backward_float);
HWY_EXPORT(backward_bf16);

template <class T>
void attention_backward(const AttentionShape& shape, const T* qkv, const T* context,
                        const float* log_sum_exp, const T* d_context, Dropout dropout, T* d_qkv,
                        float* scratch) {
  const int parts = thread_count();
  parallel_parts(parts, 1, [&](int64_t first, int64_t last, int thread) {
    const AttentionPanels room(shape, scratch, thread);
    const int64_t begin = attention_cut(shape, static_cast<int>(first), parts);
    const int64_t end = attention_cut(shape, static_cast<int>(last), parts);
    if constexpr (std::is_same_v<T, float>) {
      HWY_DYNAMIC_DISPATCH(backward_float)
      (shape, room, begin, end, qkv, context, log_sum_exp, d_context, dropout, d_qkv);
    } else {
      HWY_DYNAMIC_DISPATCH(backward_bf16)
      (shape, room, begin, end, qkv, context, log_sum_exp, d_context, dropout, d_qkv);
    }
  });
}

template void attention_backward(const AttentionShape&, const float*, const float*, const float*,
                                 const float*, Dropout, float*, float*);
template void attention_backward(const AttentionShape&, const Bf16*, const Bf16*, const float*,
                                 const Bf16*, Dropout, Bf16*, float*);

}  // namespace thaw
#endif  // HWY_ONCE
