// Tests: tests/engine/cpu/ops/attention_test.cc
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

// A block of queries and a block of keys of one sequence.
struct Pairs {
  int64_t first_query, queries;
  int64_t first_key, keys;
};

// scores to probabilities, masked but not scaled; d_probabilities to d_scores:
//   d_scores = probabilities * (d_probabilities * mask / (1 - rate) - mean)
template <bool kDropout>
void softmax_block(Panel scores, Panel d_probabilities, const Pairs& pairs,
                   const AttentionMask& mask, float keep_scale, const Statistics& statistics) {
  const int64_t queries = pairs.queries, keys = pairs.keys;
  const Lanes d;
  const BitLanes db;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Float keep_scales = hn::Set(d, keep_scale);
  for (int64_t i = 0; i < queries; i += lanes) {
    const Float log_sum_exp = hn::LoadU(d, statistics.log_sum_exp + i);
    const Float mean = hn::LoadU(d, statistics.mean + i);
    Bits counter = hn::Zero(db);
    if constexpr (kDropout) {
      counter = hn::Add(mask.counters(i), hn::Set(db, static_cast<uint32_t>(pairs.first_key)));
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
  Head(const AttentionBackward<T>& call, const AttentionPanels& room, const AttentionTask& task)
      : dropout_(call.dropout),
        room_(room),
        task_(task),
        own_{.qkv = task.in_qkv(call.saved.qkv),
             .context = task.in_rows(call.saved.context),
             .log_sum_exp = task.in_statistics(call.saved.log_sum_exp),
             .d_context = task.in_rows(call.d_context),
             .d_qkv = task.in_qkv(call.d_qkv)},
        scale_(1 / std::sqrt(static_cast<float>(task.head_size))),
        keep_scale_(dropout_.on() ? dropout_.scale() : 1.0f),
        statistics_(room.block.statistics) {
    const DistanceBias& bias = call.shape.bias;
    if (bias.values == nullptr) return;
    own_.bias = bias.values + task.head * bias.span() + bias.longest;
    if (bias.d_values == nullptr) return;
    own_.d_bias =
        bias.d_values + (task.sequence * task.heads + task.head) * bias.span() + bias.longest;
  }

  void backward() {
    const int64_t length = task_.length, hidden = task_.hidden, stride = task_.qkv_stride;
    const bool reused = length > task_.block;
    panels_.key = rows_panel(own_.qkv + hidden, stride, length, task_.head_size, reused,
                             {room_.sequence.key, room_.columns});
    panels_.value = rows_panel(own_.qkv + 2 * hidden, stride, length, task_.head_size, reused,
                               {room_.sequence.value, room_.columns});
    if (own_.d_bias != nullptr && length > 0) {
      std::memset(own_.d_bias - (length - 1), 0, (2 * length - 1) * sizeof(float));
    }
    for (int64_t first = 0; first < length; first += task_.block) {
      backward_queries(first, std::min(task_.block, length - first));
    }
    const Panel d_key{room_.sequence.d_key, room_.columns};
    const Panel d_value{room_.sequence.d_value, room_.columns};
    store_rows(d_key, length, scale_, own_.d_qkv + hidden);
    store_rows(d_value, length, keep_scale_, own_.d_qkv + 2 * hidden);
  }

 private:
  // The task's own parts of the arrays; the biases at distance 0, null where there are none.
  struct Arrays {
    const T* qkv;
    const T* context;
    const float* log_sum_exp;
    const T* d_context;
    T* d_qkv;
    const float* bias = nullptr;
    float* d_bias = nullptr;
  };
  // Rows of floats that products read: in scratch, or where the arrays hold such rows themselves.
  struct Panels {
    Panel key, value;        // of the whole sequence
    Panel query, d_context;  // of the block of queries
  };

  void backward_queries(int64_t first, int64_t count) {
    const int64_t hidden = task_.hidden, stride = task_.qkv_stride, head_size = task_.head_size;
    const AttentionPanels::Block& block = room_.block;
    const T* queries = own_.qkv + first * stride;
    const T* d_contexts = own_.d_context + first * hidden;
    pack_transposed(queries, stride, count, head_size, scale_ * kLog2E,
                    {block.query_transposed, kAttentionBlock});
    pack_transposed(d_contexts, hidden, count, head_size, 1.0f,
                    {block.d_context_transposed, kAttentionBlock});
    panels_.query =
        rows_panel(queries, stride, count, head_size, false, {block.query, room_.columns});
    panels_.d_context =
        rows_panel(d_contexts, hidden, count, head_size, false, {block.d_context, room_.columns});
    std::memset(block.statistics, 0, 2 * kAttentionBlock * sizeof(float));
    for (int64_t i = 0; i < count; ++i) {
      statistics_.log_sum_exp[i] = own_.log_sum_exp[(first + i) * task_.heads] * kLog2E;
    }
    dot_rows(d_contexts, own_.context + first * hidden, hidden, count, head_size, statistics_.mean);

    for (int64_t first_key = 0; first_key < task_.length; first_key += task_.block) {
      backward_block({.first_query = first,
                      .queries = count,
                      .first_key = first_key,
                      .keys = std::min(task_.block, task_.length - first_key)});
    }
    store_rows({block.context, room_.columns}, count, scale_, own_.d_qkv + first * stride);
  }

  void backward_block(const Pairs& pairs) const {
    const int64_t queries = pairs.queries, first_key = pairs.first_key, keys = pairs.keys;
    const int64_t head_size = task_.head_size, columns = room_.columns;
    const AttentionPanels::Block& block = room_.block;
    const Panel scores{block.probabilities, kAttentionBlock};
    const Panel d_scores{block.d_probabilities, kAttentionBlock};
    const Panel key{panels_.key.row(first_key), panels_.key.stride};
    const Panel value{panels_.value.row(first_key), panels_.value.stride};
    const bool biased = own_.bias != nullptr;
    const int64_t distance = pairs.first_query - first_key;
    if (biased) fill_with_bias(own_.bias + distance, keys, queries, scores);
    multiply_panels(key, {block.query_transposed, kAttentionBlock}, scores, keys, head_size,
                    queries, biased);
    multiply_panels(value, {block.d_context_transposed, kAttentionBlock}, d_scores, keys, head_size,
                    queries, false);
    const AttentionMask mask(dropout_, task_.heads, task_.row + pairs.first_query, task_.head);
    if (dropout_.on()) {
      softmax_block<true>(scores, d_scores, pairs, mask, keep_scale_, statistics_);
    } else {
      softmax_block<false>(scores, d_scores, pairs, mask, keep_scale_, statistics_);
    }
    if (own_.d_bias != nullptr) add_to_distances(d_scores, keys, queries, own_.d_bias + distance);
    const bool again = pairs.first_query > 0;
    multiply_panels(scores, panels_.d_context,
                    {room_.sequence.d_value + first_key * columns, columns}, keys, queries,
                    head_size, again);
    multiply_panels(d_scores, panels_.query, {room_.sequence.d_key + first_key * columns, columns},
                    keys, queries, head_size, again);
    multiply_transposed(d_scores, key, {block.context, columns}, queries, keys, head_size,
                        first_key > 0);
  }

  void store_rows(Panel from, int64_t rows, float factor, T* to) const {
    const Lanes d;
    const Float factors = hn::Set(d, factor);
    for (int64_t i = 0; i < rows; ++i) {
      store_row(d, from.row(i), factors, task_.head_size, to + i * task_.qkv_stride);
    }
  }

  static constexpr float kLog2E = 1.44269504f;

  const Dropout& dropout_;
  const AttentionPanels& room_;
  const AttentionTask& task_;
  Arrays own_;
  float scale_, keep_scale_;
  Statistics statistics_;
  Panels panels_{};
};

// The tasks [begin, end).
template <class T>
void backward_tasks(const AttentionBackward<T>& call, const AttentionPanels& room, int64_t begin,
                    int64_t end) {
  for (int64_t number = begin; number < end; ++number) {
    const AttentionTask task(call.shape, number);
    Head<T>(call, room, task).backward();
  }
}

void backward_float(const AttentionBackward<float>& call, const AttentionPanels& room,
                    int64_t begin, int64_t end) {
  backward_tasks(call, room, begin, end);
}

void backward_bf16(const AttentionBackward<Bf16>& call, const AttentionPanels& room, int64_t begin,
                   int64_t end) {
  backward_tasks(call, room, begin, end);
}

}  // namespace
}  // namespace thaw::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {

HWY_EXPORT(backward_float);
HWY_EXPORT(backward_bf16);

template <class T>
void attention_backward(const AttentionShape& shape, const AttentionSaved<T>& saved,
                        const T* d_context, Dropout dropout, T* d_qkv, float* scratch) {
  const AttentionBackward<T> call = {shape, saved, d_context, dropout, d_qkv};
  const int parts = thread_count();
  parallel_parts(parts, 1, [&](int64_t first, int64_t last, int thread) {
    const AttentionPanels room(shape, scratch, thread);
    const int64_t begin = attention_cut(shape, static_cast<int>(first), parts);
    const int64_t end = attention_cut(shape, static_cast<int>(last), parts);
    if constexpr (std::is_same_v<T, float>) {
      HWY_DYNAMIC_DISPATCH(backward_float)(call, room, begin, end);
    } else {
      HWY_DYNAMIC_DISPATCH(backward_bf16)(call, room, begin, end);
    }
  });
}

template void attention_backward(const AttentionShape&, const AttentionSaved<float>&, const float*,
                                 Dropout, float*, float*);
template void attention_backward(const AttentionShape&, const AttentionSaved<Bf16>&, const Bf16*,
                                 Dropout, Bf16*, float*);

}  // namespace thaw
#endif  // HWY_ONCE
