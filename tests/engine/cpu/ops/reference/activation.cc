#include "tests/engine/cpu/ops/reference/activation.h"

#include <cmath>
#include <numbers>

namespace thaw::reference {
namespace {

// Hendrycks & Gimpel 2016: the tanh form is x * sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3).
constexpr double kCubic = 0.044715;
const double kTwiceRoot = 2 * std::sqrt(2 / std::numbers::pi);

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double activation(Activation kind, double x) {
  switch (kind) {
    case Activation::kGelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case Activation::kGeluTanh:
      return x * sigmoid(kTwiceRoot * (x + kCubic * x * x * x));
    case Activation::kRelu:
      return x < 0 ? 0 : x;
  }
  return x;
}

double activation_derivative(Activation kind, double x) {
  switch (kind) {
    case Activation::kGelu: {
      const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
      return 0.5 * std::erfc(-x / std::numbers::sqrt2) + x * density;
    }
    case Activation::kGeluTanh: {
      const double u = kTwiceRoot * (x + kCubic * x * x * x);
      const double slope = kTwiceRoot * (1 + 3 * kCubic * x * x);
      return sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * slope;
    }
    case Activation::kRelu:
      return x > 0 ? 1 : 0;
  }
  return 1;
}

void activation_forward(Activation kind, const double* x, int64_t count, double* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = activation(kind, x[i]);
}

void activation_backward(Activation kind, MatrixShape shape, const double* x, const double* d_y,
                         double* d_x, double* d_bias) {
  for (int64_t i = 0; i < shape.rows * shape.columns; ++i) {
    d_x[i] = d_y[i] * activation_derivative(kind, x[i]);
  }
  if (d_bias != nullptr) bias_backward(d_x, shape.rows, shape.columns, d_bias);
}

void bias_backward(const double* d_y, int64_t rows, int64_t columns, double* d_bias) {
  for (int64_t i = 0; i < rows * columns; ++i) d_bias[i % columns] += d_y[i];
}

void tanh_forward(const double* x, int64_t count, double* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = std::tanh(x[i]);
}

void tanh_backward(const double* y, const double* d_y, int64_t count, double* d_x) {
  for (int64_t i = 0; i < count; ++i) d_x[i] = d_y[i] * (1 - y[i] * y[i]);
}

}  // namespace thaw::reference
