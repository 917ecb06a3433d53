#include "engine/cpu/ops/embedding.h"

#include "base/bf16.h"
#include "engine/cpu/ops/row_parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/embedding.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

// sum = word + position + type, one row; type may be null.
template <class T>
void sum_row(const float* word, const float* position, const float* type, int64_t hidden, T* sum) {
  const Lanes d;
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float v = hn::Add(load(d, word + c, part), load(d, position + c, part));
    if (type != nullptr) v = hn::Add(v, load(d, type + c, part));
    store(v, d, sum + c, part);
  });
}

// Each of the rows that is not null += d_sum, over `columns` columns.
template <class T>
void add_row(const T* d_sum, int64_t columns, float* word, float* position, float* type) {
  const Lanes d;
  for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    const Float v = load(d, d_sum + c, part);
    for (float* row : {word, position, type}) {
      if (row != nullptr) store(hn::Add(load(d, row + c, part), v), d, row + c, part);
    }
  });
}

void sum_row_float(const float* word, const float* position, const float* type, int64_t hidden,
                   float* sum) {
  sum_row(word, position, type, hidden, sum);
}
void sum_row_bf16(const float* word, const float* position, const float* type, int64_t hidden,
                  Bf16* sum) {
  sum_row(word, position, type, hidden, sum);
}
void add_row_float(const float* d_sum, int64_t columns, float* word, float* position, float* type) {
  add_row(d_sum, columns, word, position, type);
}
void add_row_bf16(const Bf16* d_sum, int64_t columns, float* word, float* position, float* type) {
  add_row(d_sum, columns, word, position, type);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(sum_row_float);
HWY_EXPORT(sum_row_bf16);
HWY_EXPORT(add_row_float);
HWY_EXPORT(add_row_bf16);

// Columns of the gradient tables that one thread owns at least: two cache lines of a row.
constexpr int64_t kColumnGrain = 32;

}  // namespace

template <class T>
void embedding_forward(const EmbeddingTables& tables, const EmbeddingIndices& indices,
                       int64_t padded_tokens, int64_t hidden, T* sum) {
  parallel_parts(padded_tokens, row_grain(hidden), [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < std::min(end, indices.tokens); ++t) {
      const float* word = tables.word + indices.ids[t] * hidden;
      const float* position = tables.position + indices.positions[t] * hidden;
      const float* type =
          tables.type == nullptr
              ? nullptr
              : tables.type + (indices.types == nullptr ? 0 : indices.types[t]) * hidden;
      if constexpr (sizeof(T) == sizeof(float)) {
        HWY_DYNAMIC_DISPATCH(sum_row_float)(word, position, type, hidden, sum + t * hidden);
      } else {
        HWY_DYNAMIC_DISPATCH(sum_row_bf16)(word, position, type, hidden, sum + t * hidden);
      }
    }
    // All bits zero is zero in both types.
    const int64_t padding = std::max(begin, indices.tokens);
    if (padding < end)
      std::memset(static_cast<void*>(sum + padding * hidden), 0,
                  (end - padding) * hidden * sizeof(T));
  });
}

// Threads share the columns, not the tokens: each adds up its columns in the order of the tokens,
// so that no two meet in one row and the sums are the same for any number of threads.
template <class T>
void embedding_backward(const EmbeddingIndices& indices, const T* d_sum, int64_t hidden,
                        const EmbeddingGradients& gradients) {
  const auto row = [&](float* table, const int32_t* of_token, int64_t t, int64_t column) {
    const int64_t index = of_token == nullptr ? 0 : of_token[t];
    return table == nullptr ? nullptr : table + index * hidden + column;
  };
  parallel_parts(hidden, kColumnGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = 0; t < indices.tokens; ++t) {
      float* word = row(gradients.word, indices.ids, t, begin);
      float* position = row(gradients.position, indices.positions, t, begin);
      float* type = row(gradients.type, indices.types, t, begin);
      const T* d_row = d_sum + t * hidden + begin;
      if constexpr (sizeof(T) == sizeof(float)) {
        HWY_DYNAMIC_DISPATCH(add_row_float)(d_row, end - begin, word, position, type);
      } else {
        HWY_DYNAMIC_DISPATCH(add_row_bf16)(d_row, end - begin, word, position, type);
      }
    }
  });
}

template void embedding_forward(const EmbeddingTables&, const EmbeddingIndices&, int64_t, int64_t,
                                float*);
template void embedding_forward(const EmbeddingTables&, const EmbeddingIndices&, int64_t, int64_t,
                                Bf16*);
template void embedding_backward(const EmbeddingIndices&, const float*, int64_t,
                                 const EmbeddingGradients&);
template void embedding_backward(const EmbeddingIndices&, const Bf16*, int64_t,
                                 const EmbeddingGradients&);

}  // namespace thaw
#endif  // HWY_ONCE
