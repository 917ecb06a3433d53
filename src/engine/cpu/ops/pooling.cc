#include "engine/cpu/ops/pooling.h"

#include <algorithm>
#include <cmath>

#include "base/bf16.h"
#include "engine/cpu/ops/row_parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/pooling.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

// out [hidden] = factor * the sum of `rows` rows.
template <class T>
void sum_of_rows(const T* x, int64_t rows, int64_t hidden, float factor, float* out) {
  const Lanes d;
  const Float share = hn::Set(d, factor);
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float even = load(d, x + c, part), odd = hn::Zero(d);
    int64_t r = 1;
    for (; r + 1 < rows; r += 2) {
      odd = hn::Add(odd, load(d, x + r * hidden + c, part));
      even = hn::Add(even, load(d, x + (r + 1) * hidden + c, part));
    }
    if (r < rows) odd = hn::Add(odd, load(d, x + r * hidden + c, part));
    store(hn::Mul(hn::Add(even, odd), share), d, out + c, part);
  });
}

// out [hidden] = factor * (1 * first row + 2 * second + …).
template <class T>
void weighted_sum_of_rows(const T* x, int64_t rows, int64_t hidden, float factor, float* out) {
  const Lanes d;
  const Float share = hn::Set(d, factor);
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float sum = hn::Zero(d);
    for (int64_t r = 0; r < rows; ++r) {
      sum =
          hn::MulAdd(load(d, x + r * hidden + c, part), hn::Set(d, static_cast<float>(r + 1)), sum);
    }
    store(hn::Mul(sum, share), d, out + c, part);
  });
}

// Each of `rows` rows = scale * row.
template <class T>
void scaled_row(const float* row, float scale, int64_t rows, int64_t hidden, T* out) {
  const Lanes d;
  const Float factor = hn::Set(d, scale);
  for (int64_t r = 0; r < rows; ++r) {
    for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      store(hn::Mul(load(d, row + c, part), factor), d, out + r * hidden + c, part);
    });
  }
}

// The largest down each column and its row, counted from `first`. NaN counts as the largest of all,
// so that divergence shows.
template <class T>
void max_of_rows(const T* x, int64_t rows, int64_t hidden, int32_t first, float* out,
                 int32_t* argmax) {
  const Lanes d;
  const hn::RebindToSigned<Lanes> di;
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float best = load(d, x + c, part);
    auto best_row = hn::Set(di, first);
    for (int64_t r = 1; r < rows; ++r) {
      const Float v = load(d, x + r * hidden + c, part);
      const auto better = hn::Or(hn::Gt(v, best), hn::AndNot(hn::IsNaN(best), hn::IsNaN(v)));
      best = hn::IfThenElse(better, v, best);
      best_row = hn::IfThenElse(hn::RebindMask(di, better),
                                hn::Set(di, first + static_cast<int32_t>(r)), best_row);
    }
    store(best, d, out + c, part);
    // Bits are bits: the row numbers go through the partial store of floats.
    store(hn::BitCast(d, best_row), d, reinterpret_cast<float*>(argmax + c), part);
  });
}

void sum_of_rows_float(const float* x, int64_t rows, int64_t hidden, float factor, float* out) {
  sum_of_rows(x, rows, hidden, factor, out);
}
void sum_of_rows_bf16(const Bf16* x, int64_t rows, int64_t hidden, float factor, float* out) {
  sum_of_rows(x, rows, hidden, factor, out);
}
void weighted_sum_of_rows_float(const float* x, int64_t rows, int64_t hidden, float factor,
                                float* out) {
  weighted_sum_of_rows(x, rows, hidden, factor, out);
}
void weighted_sum_of_rows_bf16(const Bf16* x, int64_t rows, int64_t hidden, float factor,
                               float* out) {
  weighted_sum_of_rows(x, rows, hidden, factor, out);
}
void scaled_row_float(const float* row, float scale, int64_t rows, int64_t hidden, float* out) {
  scaled_row(row, scale, rows, hidden, out);
}
void scaled_row_bf16(const float* row, float scale, int64_t rows, int64_t hidden, Bf16* out) {
  scaled_row(row, scale, rows, hidden, out);
}
void max_of_rows_float(const float* x, int64_t rows, int64_t hidden, int32_t first, float* out,
                       int32_t* argmax) {
  max_of_rows(x, rows, hidden, first, out, argmax);
}
void max_of_rows_bf16(const Bf16* x, int64_t rows, int64_t hidden, int32_t first, float* out,
                      int32_t* argmax) {
  max_of_rows(x, rows, hidden, first, out, argmax);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(sum_of_rows_float);
HWY_EXPORT(sum_of_rows_bf16);
HWY_EXPORT(weighted_sum_of_rows_float);
HWY_EXPORT(weighted_sum_of_rows_bf16);
HWY_EXPORT(scaled_row_float);
HWY_EXPORT(scaled_row_bf16);
HWY_EXPORT(max_of_rows_float);
HWY_EXPORT(max_of_rows_bf16);

template <class T>
void sum_rows(const T* x, int64_t rows, int64_t hidden, float factor, float* out) {
  if (rows == 0) {
    std::fill_n(out, hidden, 0.0f);
  } else if constexpr (sizeof(T) == sizeof(float)) {
    HWY_DYNAMIC_DISPATCH(sum_of_rows_float)(x, rows, hidden, factor, out);
  } else {
    HWY_DYNAMIC_DISPATCH(sum_of_rows_bf16)(x, rows, hidden, factor, out);
  }
}

template <class T>
void mean_rows(const T* x, int64_t rows, int64_t hidden, float* out) {
  sum_rows(x, rows, hidden, 1.0f / static_cast<float>(rows), out);
}

// Of the weights 1, 2, …, rows.
float share_of_weights(int64_t rows) {
  return static_cast<float>(2.0 / (static_cast<double>(rows) * static_cast<double>(rows + 1)));
}

template <class T>
void weighted_mean_rows(const T* x, int64_t rows, int64_t hidden, float* out) {
  if (rows == 0) {
    std::fill_n(out, hidden, 0.0f);
  } else if constexpr (sizeof(T) == sizeof(float)) {
    HWY_DYNAMIC_DISPATCH(weighted_sum_of_rows_float)(x, rows, hidden, share_of_weights(rows), out);
  } else {
    HWY_DYNAMIC_DISPATCH(weighted_sum_of_rows_bf16)(x, rows, hidden, share_of_weights(rows), out);
  }
}

template <class T>
void spread_row(const float* row, float scale, int64_t rows, int64_t hidden, T* out) {
  if constexpr (sizeof(T) == sizeof(float)) {
    HWY_DYNAMIC_DISPATCH(scaled_row_float)(row, scale, rows, hidden, out);
  } else {
    HWY_DYNAMIC_DISPATCH(scaled_row_bf16)(row, scale, rows, hidden, out);
  }
}

// All bits zero is zero in both types.
template <class T>
void zero_rows(T* x, int64_t begin, int64_t end, int64_t hidden) {
  if (begin < end)
    std::memset(static_cast<void*>(x + begin * hidden), 0, (end - begin) * hidden * sizeof(T));
}

// pooled [sequences, hidden]: pool_rows(rows of a sequence, their number, its pooled row).
template <class T, class PoolRows>
void pool_each(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden, float* pooled,
               const PoolRows& pool_rows) {
  parallel_parts(sequences, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; ++s) {
      pool_rows(x + offsets[s] * hidden, offsets[s + 1] - offsets[s], pooled + s * hidden);
    }
  });
}

// d_x [padded_tokens, hidden]: spread_rows(gradient of a sequence's pooled row, its number of rows,
// their gradients), where there are rows; the padding's are zero.
template <class T, class SpreadRows>
void spread_each(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                 int64_t padded_tokens, int64_t hidden, T* d_x, const SpreadRows& spread_rows) {
  parallel_parts(sequences, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; ++s) {
      const int64_t rows = offsets[s + 1] - offsets[s];
      if (rows > 0) spread_rows(d_pooled + s * hidden, rows, d_x + offsets[s] * hidden);
    }
  });
  zero_rows(d_x, offsets[sequences], padded_tokens, hidden);
}

float root_of(int64_t rows) {
  return static_cast<float>(1.0 / std::sqrt(static_cast<double>(rows)));
}

}  // namespace

template <class T>
void cls_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         float* pooled) {
  parallel_parts(sequences, row_grain(hidden), [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; ++s) {
      const int64_t rows = offsets[s + 1] > offsets[s] ? 1 : 0;
      mean_rows(x + offsets[s] * hidden, rows, hidden, pooled + s * hidden);
    }
  });
}

template <class T>
void cls_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, T* d_x) {
  spread_each(d_pooled, offsets, sequences, padded_tokens, hidden, d_x,
              [&](const float* d_row, int64_t rows, T* d_rows) {
                spread_row(d_row, 1.0f, 1, hidden, d_rows);
                zero_rows(d_rows, 1, rows, hidden);
              });
}

template <class T>
void last_token_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                int64_t hidden, float* pooled) {
  pool_each(x, offsets, sequences, hidden, pooled, [&](const T* own, int64_t rows, float* out) {
    const int64_t last = std::max<int64_t>(0, rows - 1);
    mean_rows(own + last * hidden, rows - last, hidden, out);
  });
}

template <class T>
void last_token_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                                 int64_t padded_tokens, int64_t hidden, T* d_x) {
  spread_each(d_pooled, offsets, sequences, padded_tokens, hidden, d_x,
              [&](const float* d_row, int64_t rows, T* d_rows) {
                zero_rows(d_rows, 0, rows - 1, hidden);
                spread_row(d_row, 1.0f, 1, hidden, d_rows + (rows - 1) * hidden);
              });
}

template <class T>
void mean_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                          float* pooled) {
  pool_each(x, offsets, sequences, hidden, pooled,
            [&](const T* own, int64_t rows, float* out) { mean_rows(own, rows, hidden, out); });
}

template <class T>
void mean_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                           int64_t padded_tokens, int64_t hidden, T* d_x) {
  spread_each(d_pooled, offsets, sequences, padded_tokens, hidden, d_x,
              [&](const float* d_row, int64_t rows, T* d_rows) {
                spread_row(d_row, 1.0f / static_cast<float>(rows), rows, hidden, d_rows);
              });
}

template <class T>
void mean_sqrt_length_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                      int64_t hidden, float* pooled) {
  pool_each(x, offsets, sequences, hidden, pooled, [&](const T* own, int64_t rows, float* out) {
    sum_rows(own, rows, hidden, root_of(rows), out);
  });
}

template <class T>
void mean_sqrt_length_pooling_backward(const float* d_pooled, const int32_t* offsets,
                                       int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                       T* d_x) {
  spread_each(d_pooled, offsets, sequences, padded_tokens, hidden, d_x,
              [&](const float* d_row, int64_t rows, T* d_rows) {
                spread_row(d_row, root_of(rows), rows, hidden, d_rows);
              });
}

template <class T>
void weighted_mean_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                   int64_t hidden, float* pooled) {
  pool_each(x, offsets, sequences, hidden, pooled, [&](const T* own, int64_t rows, float* out) {
    weighted_mean_rows(own, rows, hidden, out);
  });
}

template <class T>
void weighted_mean_pooling_backward(const float* d_pooled, const int32_t* offsets,
                                    int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                    T* d_x) {
  spread_each(d_pooled, offsets, sequences, padded_tokens, hidden, d_x,
              [&](const float* d_row, int64_t rows, T* d_rows) {
                const float share = share_of_weights(rows);
                for (int64_t r = 0; r < rows; ++r) {
                  spread_row(d_row, static_cast<float>(r + 1) * share, 1, hidden,
                             d_rows + r * hidden);
                }
              });
}

template <class T>
void max_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         float* pooled, int32_t* argmax) {
  parallel_parts(sequences, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t s = begin; s < end; ++s) {
      const T* rows = x + offsets[s] * hidden;
      const int64_t count = offsets[s + 1] - offsets[s];
      float* out = pooled + s * hidden;
      int32_t* best = argmax + s * hidden;
      if (count == 0) {
        std::fill_n(out, hidden, 0.0f);
        std::fill_n(best, hidden, -1);
      } else if constexpr (sizeof(T) == sizeof(float)) {
        HWY_DYNAMIC_DISPATCH(max_of_rows_float)(rows, count, hidden, offsets[s], out, best);
      } else {
        HWY_DYNAMIC_DISPATCH(max_of_rows_bf16)(rows, count, hidden, offsets[s], out, best);
      }
    }
  });
}

template <class T>
void max_pooling_backward(const float* d_pooled, const int32_t* argmax, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, T* d_x) {
  parallel_parts(padded_tokens, row_grain(hidden),
                 [&](int64_t begin, int64_t end, int) { zero_rows(d_x, begin, end, hidden); });
  parallel_parts(sequences, row_grain(hidden), [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin * hidden; i < end * hidden; ++i) {
      if (argmax[i] >= 0) d_x[argmax[i] * hidden + i % hidden] = from_float<T>(d_pooled[i]);
    }
  });
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses.
#define THAW_INSTANTIATE_POOLING(T)                                                                \
  template void cls_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t, float*);        \
  template void cls_pooling_backward<T>(const float*, const int32_t*, int64_t, int64_t, int64_t,   \
                                        T*);                                                       \
  template void last_token_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t, float*); \
  template void last_token_pooling_backward<T>(const float*, const int32_t*, int64_t, int64_t,     \
                                               int64_t, T*);                                       \
  template void mean_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t, float*);       \
  template void mean_pooling_backward<T>(const float*, const int32_t*, int64_t, int64_t, int64_t,  \
                                         T*);                                                      \
  template void mean_sqrt_length_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t,    \
                                                    float*);                                       \
  template void mean_sqrt_length_pooling_backward<T>(const float*, const int32_t*, int64_t,        \
                                                     int64_t, int64_t, T*);                        \
  template void weighted_mean_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t,       \
                                                 float*);                                          \
  template void weighted_mean_pooling_backward<T>(const float*, const int32_t*, int64_t, int64_t,  \
                                                  int64_t, T*);                                    \
  template void max_pooling_forward<T>(const T*, const int32_t*, int64_t, int64_t, float*,         \
                                       int32_t*);                                                  \
  template void max_pooling_backward<T>(const float*, const int32_t*, int64_t, int64_t, int64_t, T*)
// NOLINTEND(bugprone-macro-parentheses)
THAW_INSTANTIATE_POOLING(float);
THAW_INSTANTIATE_POOLING(Bf16);
#undef THAW_INSTANTIATE_POOLING

}  // namespace thaw
#endif  // HWY_ONCE
