#pragma once

#include <cstdint>

#include "engine/cpu/ops/matrix_shape.h"
#include "model/activation_kind.h"

namespace thaw {

// y = f(x), element by element: GELU x * Phi(x) (Hendrycks & Gimpel 2016; Phi through erfc on the
// negative side, so nothing cancels), its tanh form, ReLU. x may be y. T is float or Bf16.
template <class T>
void activation_forward(Activation kind, const T* x, int64_t count, T* y);  // [count]

// d_x = d_y * f'(x), may overwrite d_y; x, d_y and d_x are of the shape. d_bias [columns] += column
// sums of d_x, may be null. scratch: [threads, columns].
template <class T>
void activation_backward(Activation kind, MatrixShape shape, const T* x, const T* d_y, T* d_x,
                         float* d_bias, float* scratch);

// d_bias [columns] += column sums of d_y [rows, columns]. scratch: [threads, columns].
template <class T>
void bias_backward(const T* d_y, int64_t rows, int64_t columns, float* d_bias, float* scratch);

// y = tanh(x) and d_x = d_y * (1 - y^2), for the pooler; float only.
void tanh_forward(const float* x, int64_t count, float* y);
void tanh_backward(const float* y, const float* d_y, int64_t count, float* d_x);

}  // namespace thaw
