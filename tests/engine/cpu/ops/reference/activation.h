#pragma once

#include <cstdint>

#include "engine/cpu/ops/matrix_shape.h"
#include "model/activation_kind.h"

namespace thaw::reference {

// f(x) and f'(x) of one number.
double activation(Activation kind, double x);
double activation_derivative(Activation kind, double x);

void activation_forward(Activation kind, const double* x, int64_t count, double* y);

// d_bias +=, may be null.
void activation_backward(Activation kind, MatrixShape shape, const double* x, const double* d_y,
                         double* d_x, double* d_bias);

void bias_backward(const double* d_y, int64_t rows, int64_t columns, double* d_bias);

void tanh_forward(const double* x, int64_t count, double* y);
void tanh_backward(const double* y, const double* d_y, int64_t count, double* d_x);

}  // namespace thaw::reference
