#include "engine/cpu/ops/activation.h"

#include "base/bf16.h"
#include "engine/cpu/ops/row_parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/activation.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/activation-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

template <class Function, class T>
void forward_elements(const T* x, int64_t count, T* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(Function::value(d, load(d, x + i, part)), d, y + i, part);
  });
}

template <class Function, class T>
void backward_elements(const T* x, const T* d_y, int64_t count, T* d_x) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float slope = Function::derivative(d, load(d, x + i, part));
    store(hn::Mul(load(d, d_y + i, part), slope), d, d_x + i, part);
  });
}

// Some rows at once, so that the column sums are read, rounded and written once for all of them.
template <int kRows, class Function, class T>
void backward_rows(const T* x, const T* d_y, int64_t columns, T* d_x, float* sums) {
  const Lanes d;
  for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float sum = hn::Zero(d);
    for (int64_t i = c; i < kRows * columns; i += columns) {
      const Float slope = Function::derivative(d, load(d, x + i, part));
      const Float d_element = hn::Mul(load(d, d_y + i, part), slope);
      store(d_element, d, d_x + i, part);
      prefetch(x + i + kRows * columns);
      prefetch(d_y + i + kRows * columns);
      prefetch(d_x + i + kRows * columns);
      sum = hn::Add(sum, d_element);
    }
    store(hn::Add(load(d, sums + c, part), sum), d, sums + c, part);
  });
}

template <class Function, class T>
void backward(const T* x, const T* d_y, int64_t rows, int64_t columns, T* d_x, float* sums) {
  if (sums == nullptr) return backward_elements<Function>(x, d_y, rows * columns, d_x);
  std::memset(sums, 0, columns * sizeof(float));
  int64_t i = 0;
  for (; i + 4 * columns <= rows * columns; i += 4 * columns) {
    backward_rows<4, Function>(x + i, d_y + i, columns, d_x + i, sums);
  }
  for (; i < rows * columns; i += columns) {
    backward_rows<1, Function>(x + i, d_y + i, columns, d_x + i, sums);
  }
}

template <int kRows, class T>
void add_rows(const T* d_y, int64_t columns, float* sums) {
  const Lanes d;
  for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    Float sum = hn::Zero(d);
    for (int64_t i = c; i < kRows * columns; i += columns) {
      sum = hn::Add(sum, load(d, d_y + i, part));
    }
    store(hn::Add(load(d, sums + c, part), sum), d, sums + c, part);
  });
}

template <class T>
void column_sums(const T* d_y, int64_t rows, int64_t columns, float* sums) {
  std::memset(sums, 0, columns * sizeof(float));
  int64_t i = 0;
  for (; i + 4 * columns <= rows * columns; i += 4 * columns) add_rows<4>(d_y + i, columns, sums);
  for (; i < rows * columns; i += columns) add_rows<1>(d_y + i, columns, sums);
}

template <class T>
void forward_kind(Activation kind, const T* x, int64_t count, T* y) {
  switch (kind) {
    case Activation::kGelu:
      return forward_elements<Gelu<T>>(x, count, y);
    case Activation::kGeluTanh:
      return forward_elements<GeluTanh<T>>(x, count, y);
    case Activation::kRelu:
      return forward_elements<Relu<T>>(x, count, y);
  }
}

template <class T>
void backward_kind(Activation kind, const T* x, const T* d_y, int64_t rows, int64_t columns, T* d_x,
                   float* sums) {
  switch (kind) {
    case Activation::kGelu:
      return backward<Gelu<T>>(x, d_y, rows, columns, d_x, sums);
    case Activation::kGeluTanh:
      return backward<GeluTanh<T>>(x, d_y, rows, columns, d_x, sums);
    case Activation::kRelu:
      return backward<Relu<T>>(x, d_y, rows, columns, d_x, sums);
  }
}

void forward_float(Activation kind, const float* x, int64_t count, float* y) {
  forward_kind(kind, x, count, y);
}
void forward_bf16(Activation kind, const Bf16* x, int64_t count, Bf16* y) {
  forward_kind(kind, x, count, y);
}
void backward_float(Activation kind, const float* x, const float* d_y, int64_t rows,
                    int64_t columns, float* d_x, float* sums) {
  backward_kind(kind, x, d_y, rows, columns, d_x, sums);
}
void backward_bf16(Activation kind, const Bf16* x, const Bf16* d_y, int64_t rows, int64_t columns,
                   Bf16* d_x, float* sums) {
  backward_kind(kind, x, d_y, rows, columns, d_x, sums);
}
void sums_float(const float* d_y, int64_t rows, int64_t columns, float* sums) {
  column_sums(d_y, rows, columns, sums);
}
void sums_bf16(const Bf16* d_y, int64_t rows, int64_t columns, float* sums) {
  column_sums(d_y, rows, columns, sums);
}

void tanh_elements(const float* x, int64_t count, float* y) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    store(tanh(d, load(d, x + i, part)), d, y + i, part);
  });
}

void tanh_backward_elements(const float* y, const float* d_y, int64_t count, float* d_x) {
  const Lanes d;
  for_each_vector(d, count, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
    const Float value = load(d, y + i, part);
    const Float slope = hn::NegMulAdd(value, value, hn::Set(d, 1.0f));
    store(hn::Mul(load(d, d_y + i, part), slope), d, d_x + i, part);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(forward_float);
HWY_EXPORT(forward_bf16);
HWY_EXPORT(backward_float);
HWY_EXPORT(backward_bf16);
HWY_EXPORT(sums_float);
HWY_EXPORT(sums_bf16);
HWY_EXPORT(tanh_elements);
HWY_EXPORT(tanh_backward_elements);

constexpr int64_t kGrain = 2048;  // elements below which a thread is not worth waking

}  // namespace

template <class T>
void activation_forward(Activation kind, const T* x, int64_t count, T* y) {
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(forward_float)(kind, x + begin, end - begin, y + begin);
    } else {
      HWY_DYNAMIC_DISPATCH(forward_bf16)(kind, x + begin, end - begin, y + begin);
    }
  });
}

template <class T>
void activation_backward(Activation kind, MatrixShape shape, const T* x, const T* d_y, T* d_x,
                         float* d_bias, float* scratch) {
  const int64_t rows = shape.rows, columns = shape.columns, grain = row_grain(columns);
  parallel_parts(rows, grain, [&](int64_t begin, int64_t end, int part) {
    float* sums = d_bias == nullptr ? nullptr : scratch + part * columns;
    const int64_t first = begin * columns;
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(backward_float)
      (kind, x + first, d_y + first, end - begin, columns, d_x + first, sums);
    } else {
      HWY_DYNAMIC_DISPATCH(backward_bf16)
      (kind, x + first, d_y + first, end - begin, columns, d_x + first, sums);
    }
  });
  add_parts(scratch, part_count(rows, grain), columns, columns, d_bias);
}

template <class T>
void bias_backward(const T* d_y, int64_t rows, int64_t columns, float* d_bias, float* scratch) {
  const int64_t grain = row_grain(columns);
  parallel_parts(rows, grain, [&](int64_t begin, int64_t end, int part) {
    float* sums = scratch + part * columns;
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(sums_float)(d_y + begin * columns, end - begin, columns, sums);
    } else {
      HWY_DYNAMIC_DISPATCH(sums_bf16)(d_y + begin * columns, end - begin, columns, sums);
    }
  });
  add_parts(scratch, part_count(rows, grain), columns, columns, d_bias);
}

void tanh_forward(const float* x, int64_t count, float* y) {
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(tanh_elements)(x + begin, end - begin, y + begin);
  });
}

void tanh_backward(const float* y, const float* d_y, int64_t count, float* d_x) {
  parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(tanh_backward_elements)
    (y + begin, d_y + begin, end - begin, d_x + begin);
  });
}

template void activation_forward<float>(Activation, const float*, int64_t, float*);
template void activation_forward<Bf16>(Activation, const Bf16*, int64_t, Bf16*);
template void activation_backward<float>(Activation, MatrixShape, const float*, const float*,
                                         float*, float*, float*);
template void activation_backward<Bf16>(Activation, MatrixShape, const Bf16*, const Bf16*, Bf16*,
                                        float*, float*);
template void bias_backward<float>(const float*, int64_t, int64_t, float*, float*);
template void bias_backward<Bf16>(const Bf16*, int64_t, int64_t, float*, float*);

}  // namespace thaw
#endif  // HWY_ONCE
