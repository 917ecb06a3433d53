// Tests: tests/engine/cpu/ops/attention_test.cc
#include <cmath>

#include "base/threads.h"
#include "engine/cpu/ops/attention.h"
#include "engine/cpu/ops/attention_plan.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/attention_forward.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include <hwy/contrib/math/math-inl.h>

#include "engine/cpu/ops/attention-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw::HWY_NAMESPACE {
namespace {

// The running maximum and sum of each query's softmax, over the blocks of keys so far (the online
// softmax of Milakov & Gimelshein 2018). In units of log2, since the scores are.
struct Statistics {
  explicit Statistics(float* room)
      : largest(room), sum(room + kAttentionBlock), correction(room + 2 * kAttentionBlock) {}
  float* largest;     // [queries]
  float* sum;         // [queries], of 2^(score - largest)
  float* correction;  // [queries], what the last block multiplied the earlier sums by
};

// Scores to 2^(score - largest), masked; the sums are of the unmasked.
template <bool kDropout>
void softmax_block(Panel scores, int64_t first_key, int64_t keys, int64_t queries,
                   const AttentionMask& mask, const Statistics& statistics) {
  const Lanes d;
  const BitLanes db;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < queries; i += lanes) {
    Float largest = hn::LoadU(d, scores.data + i);
    for (int64_t j = 1; j < keys; ++j) {
      largest = hn::Max(hn::LoadU(d, scores.row(j) + i), largest);
    }
    Float sum = hn::Zero(d);
    if (first_key > 0) {
      const Float before = hn::LoadU(d, statistics.largest + i);
      largest = hn::Max(before, largest);
      const Float correction = exp2_of_negative(d, hn::Sub(before, largest));
      hn::StoreU(correction, d, statistics.correction + i);
      sum = hn::Mul(hn::LoadU(d, statistics.sum + i), correction);
    }
    hn::StoreU(largest, d, statistics.largest + i);
    Bits counter = hn::Zero(db);
    if constexpr (kDropout) {
      counter = hn::Add(mask.counters(i), hn::Set(db, static_cast<uint32_t>(first_key)));
    }
    for (int64_t j = 0; j < keys; ++j) {
      float* at = scores.row(j) + i;
      Float p = exp2_of_negative(d, hn::Sub(hn::LoadU(d, at), largest));
      sum = hn::Add(sum, p);
      if constexpr (kDropout) {
        p = hn::IfThenZeroElse(mask.dropped(d, counter), p);
        counter = hn::Add(counter, hn::Set(db, 1u));
      }
      hn::StoreU(p, d, at);
    }
    hn::StoreU(sum, d, statistics.sum + i);
  }
}

void scale_rows(Panel panel, int64_t rows, int64_t columns, const float* factors) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < rows; ++i) {
    const Float factor = hn::Set(d, factors[i]);
    for (int64_t k = 0; k < columns; k += lanes) {
      float* at = panel.row(i) + k;
      hn::StoreU(hn::Mul(hn::LoadU(d, at), factor), d, at);
    }
  }
}

// statistics.sum becomes the factor of each row of the context; log_sum_exp the natural logarithm.
HWY_NOINLINE void finish_statistics(const Statistics& statistics, int64_t queries, float keep_scale,
                                    float* log_sum_exp, int64_t heads) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN float logarithms[hn::MaxLanes(Lanes())];
  for (int64_t i = 0; i < queries; i += lanes) {
    const Float sum = hn::LoadU(d, statistics.sum + i);
    hn::StoreU(hn::Div(hn::Set(d, keep_scale), sum), d, statistics.sum + i);
    if (log_sum_exp == nullptr) continue;
    const Float largest = hn::LoadU(d, statistics.largest + i);
    hn::Store(hn::MulAdd(largest, hn::Set(d, 0.693147181f), hn::Log(d, sum)), d, logarithms);
    const int64_t end = std::min(lanes, queries - i);
    for (int64_t lane = 0; lane < end; ++lane) log_sum_exp[(i + lane) * heads] = logarithms[lane];
  }
}

template <class T>
void forward_task(const AttentionForward<T>& call, const AttentionPanels& room,
                  const AttentionTask& task) {
  const Lanes d;
  const int64_t length = task.length, block = task.block, head_size = task.head_size;
  const int64_t hidden = task.hidden, stride = task.qkv_stride;
  const T* queries = task.in_qkv(call.qkv);
  const bool reused = length > block;
  const Panel key = rows_panel(queries + hidden, stride, length, head_size, reused,
                               {room.sequence.key, room.columns});
  const Panel value = rows_panel(queries + 2 * hidden, stride, length, head_size, reused,
                                 {room.sequence.value, room.columns});
  const Panel query{room.block.query_transposed, kAttentionBlock};
  const Panel scores{room.block.probabilities, kAttentionBlock};
  const Panel out{room.block.context, room.columns};
  const Statistics statistics(room.block.statistics);
  const float scale = 1.44269504f / std::sqrt(static_cast<float>(head_size));
  const Dropout& dropout = call.dropout;
  const DistanceBias& bias = call.shape.bias;
  const float* biases =
      bias.values == nullptr ? nullptr : bias.values + task.head * bias.span() + bias.longest;
  float* log_sum_exp = call.log_sum_exp == nullptr ? nullptr : task.in_statistics(call.log_sum_exp);

  for (int64_t first = 0; first < length; first += block) {
    const int64_t count = std::min(block, length - first);
    const AttentionMask mask(dropout, task.heads, task.row + first, task.head);
    pack_transposed(queries + first * stride, stride, count, head_size, scale, query);
    for (int64_t first_key = 0; first_key < length; first_key += block) {
      const int64_t keys = std::min(block, length - first_key);
      if (biases != nullptr) fill_with_bias(biases + first - first_key, keys, count, scores);
      multiply_panels({key.row(first_key), key.stride}, query, scores, keys, head_size, count,
                      biases != nullptr);
      if (dropout.on()) {
        softmax_block<true>(scores, first_key, keys, count, mask, statistics);
      } else {
        softmax_block<false>(scores, first_key, keys, count, mask, statistics);
      }
      if (first_key > 0) scale_rows(out, count, head_size, statistics.correction);
      multiply_transposed(scores, {value.row(first_key), value.stride}, out, count, keys, head_size,
                          first_key > 0);
    }
    finish_statistics(statistics, count, dropout.on() ? dropout.scale() : 1.0f,
                      log_sum_exp == nullptr ? nullptr : log_sum_exp + first * task.heads,
                      task.heads);
    for (int64_t i = 0; i < count; ++i) {
      store_row(d, out.row(i), hn::Set(d, statistics.sum[i]), head_size,
                task.in_rows(call.context) + (first + i) * hidden);
    }
  }
}

// The tasks [begin, end).
template <class T>
void forward_tasks(const AttentionForward<T>& call, const AttentionPanels& room, int64_t begin,
                   int64_t end) {
  for (int64_t task = begin; task < end; ++task) {
    forward_task(call, room, AttentionTask(call.shape, task));
  }
}

void forward_float(const AttentionForward<float>& call, const AttentionPanels& room, int64_t begin,
                   int64_t end) {
  forward_tasks(call, room, begin, end);
}

void forward_bf16(const AttentionForward<Bf16>& call, const AttentionPanels& room, int64_t begin,
                  int64_t end) {
  forward_tasks(call, room, begin, end);
}

}  // namespace
}  // namespace thaw::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {

HWY_EXPORT(forward_float);
HWY_EXPORT(forward_bf16);

template <class T>
void attention_forward(const AttentionShape& shape, const T* qkv, Dropout dropout, T* context,
                       float* log_sum_exp, float* scratch) {
  const AttentionForward<T> call = {shape, qkv, dropout, context, log_sum_exp};
  const int parts = thread_count();
  parallel_parts(parts, 1, [&](int64_t first, int64_t last, int thread) {
    const AttentionPanels room(shape, scratch, thread);
    const int64_t begin = attention_cut(shape, static_cast<int>(first), parts);
    const int64_t end = attention_cut(shape, static_cast<int>(last), parts);
    if constexpr (std::is_same_v<T, float>) {
      HWY_DYNAMIC_DISPATCH(forward_float)(call, room, begin, end);
    } else {
      HWY_DYNAMIC_DISPATCH(forward_bf16)(call, room, begin, end);
    }
  });
}

template void attention_forward(const AttentionShape&, const float*, Dropout, float*, float*,
                                float*);
template void attention_forward(const AttentionShape&, const Bf16*, Dropout, Bf16*, float*, float*);

}  // namespace thaw
#endif  // HWY_ONCE
