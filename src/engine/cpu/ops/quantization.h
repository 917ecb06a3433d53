#pragma once

#include <cstdint>

#include "engine/cpu/ops/layer_norm.h"
#include "engine/cpu/ops/matrix_shape.h"
#include "model/activation_kind.h"

namespace thaw {

// Rows of 8-bit numbers for the products of engine/cpu/gemm/quantized_linear.h, and the passes
// before and after them. Frozen work only: nothing here has a backward. T is float or Bf16.
//
// A row x is held as x[c] ~ (values[c] - zero) * scale, where 0 … 255 reach from the least to the
// greatest element (and 0, which is held exactly). A row of zeros has scale 0.
struct QuantizedRows {
  uint8_t* values;  // [tokens, columns]
  float* scale;     // [tokens]
  float* zero;      // [tokens] a whole number
};

// What a product of quantized rows with a quantized weight leaves to be done:
//   y[t, o] = (sums[t, o] - zero[t] * weight_sum[o]) * weight_scale[o] * scale[t] + bias[o]
struct QuantizedProduct {
  const int32_t* sums;        // [tokens, columns]
  const float* scale;         // [tokens] of the rows
  const float* zero;          // [tokens]
  const float* weight_scale;  // [columns]
  const float* weight_sum;    // [columns] of the quantized weight's rows
  const float* bias;          // [columns]
};

// x[t, c] * factor[c], or x itself where factor is null, in 8 bits.
template <class T>
void quantize_rows(const T* x /* [tokens, columns] */, const float* factor /* [columns] */,
                   int64_t tokens, int64_t columns, QuantizedRows out);

// y as above.  // [tokens, columns]
template <class T>
void dequantize_rows(const QuantizedProduct& product, int64_t tokens, int64_t columns, T* y);

// f(y) in 8 bits again, without y ever standing in memory. scratch: [threads, columns].
void dequantize_activate_quantize(Activation kind, const QuantizedProduct& product, int64_t tokens,
                                  int64_t columns, QuantizedRows out, float* scratch);

// Rows that go on in 8 bits, each column multiplied by its factor before; without a factor nothing
// is written.
struct ScaledRows {
  const float* factor = nullptr;  // [columns]
  QuantizedRows rows{};
};

// out = norm(residual + y), as residual_norm_forward() in evaluation mode, and `next` from the same
// numbers, not rounded to T before. The shape is [tokens, hidden]. scratch: [threads, hidden].
template <class T>
void dequantize_norm_quantize(MatrixShape shape, const QuantizedProduct& product,
                              const T* residual /* [tokens, hidden] */,
                              const LayerNormWeights& weights, T* out /* [tokens, hidden] */,
                              const ScaledRows& next, float* scratch);

}  // namespace thaw
