#include "engine/cpu/ops/quantization.h"

#include <cmath>

#include "base/bf16.h"
#include "engine/cpu/ops/row_parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/quantization.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/activation-inl.h"

namespace thaw {
#ifndef THAW_OPS_QUANTIZATION_ARGUMENTS
#define THAW_OPS_QUANTIZATION_ARGUMENTS

// What dequantize_norm_quantize's kernels of every instruction set are called with.
template <class T>
struct QuantizedNorm {
  int64_t hidden;
  QuantizedProduct product;
  const T* residual;
  LayerNormWeights weights;
  T* out;
  ScaledRows next;
};

#endif
}  // namespace thaw

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

using Ints = hn::RebindToSigned<Lanes>;
using Bytes = hn::Rebind<uint8_t, Lanes>;  // as many 8-bit lanes

// ---- Loads and stores of whole or partial vectors of integers.

HWY_INLINE Float load_sums(Lanes d, const int32_t* sums, AllLanes) {
  return hn::ConvertTo(d, hn::LoadU(Ints(), sums));
}
HWY_INLINE Float load_sums(Lanes d, const int32_t* sums, FirstLanes part) {
  HWY_ALIGN int32_t copy[HWY_MAX_BYTES / sizeof(int32_t)] = {};
  std::memcpy(copy, sums, part.count * sizeof(int32_t));
  return hn::ConvertTo(d, hn::Load(Ints(), copy));
}

HWY_INLINE void store_bytes(Lanes, Float v, uint8_t* out, AllLanes) {
  hn::StoreU(hn::DemoteTo(Bytes(), hn::NearestInt(v)), Bytes(), out);
}
HWY_INLINE void store_bytes(Lanes, Float v, uint8_t* out, FirstLanes part) {
  HWY_ALIGN uint8_t copy[HWY_MAX_BYTES];
  hn::StoreU(hn::DemoteTo(Bytes(), hn::NearestInt(v)), Bytes(), copy);
  std::memcpy(out, copy, part.count);
}

// ----

// Scale and zero for elements from `least` <= 0 to `greatest` >= 0.
struct Grid {
  Grid(float least, float greatest) {
    const float reach = greatest - least;
    // A row of zeros, and one whose inverse would be infinite, is held as zeros.
    if (!(reach > 1e-30f)) return;
    scale = reach / 255.0f;
    inverse = 255.0f / reach;
    zero = std::nearbyint(-least * inverse);
  }
  float scale = 0, inverse = 0, zero = 0;
};

// `at(c, part)` gives the row's elements.
template <class Elements>
HWY_INLINE void quantize_row(int64_t columns, const Elements& at, const Grid& grid, uint8_t* out) {
  const Lanes d;
  const Float inverse = hn::Set(d, grid.inverse), zero = hn::Set(d, grid.zero);
  for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    store_bytes(d, hn::MulAdd(at(c, part), inverse, zero), out + c, part);
  });
}

template <bool kFactor, class T>
void quantize(const T* x, const float* factor, int64_t begin, int64_t end, int64_t columns,
              QuantizedRows out) {
  const Lanes d;
  for (int64_t t = begin; t < end; ++t) {
    const auto at = [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      const Float v = load(d, x + t * columns + c, part);
      if constexpr (kFactor) return hn::Mul(v, load(d, factor + c, part));
      return v;
    };
    Float least = hn::Zero(d), greatest = least;  // the lanes beyond a part are zero as well
    for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      const Float v = at(c, part);
      least = hn::Min(least, v);
      greatest = hn::Max(greatest, v);
    });
    const Grid grid(-max_of_lanes(d, hn::Neg(least)), max_of_lanes(d, greatest));
    quantize_row(columns, at, grid, out.values + t * columns);
    out.scale[t] = grid.scale;
    out.zero[t] = grid.zero;
  }
}

template <class T>
void quantize_any(const T* x, const float* factor, int64_t begin, int64_t end, int64_t columns,
                  QuantizedRows out) {
  if (factor != nullptr) return quantize<true>(x, factor, begin, end, columns, out);
  quantize<false>(x, factor, begin, end, columns, out);
}

// y[t, c...] of QuantizedProduct.
template <class Part>
HWY_INLINE Float dequantized(Lanes d, const QuantizedProduct& p, const int32_t* row, Float scale,
                             Float zero, int64_t c, Part part) {
  const Float sum =
      hn::NegMulAdd(zero, load(d, p.weight_sum + c, part), load_sums(d, row + c, part));
  const Float factor = hn::Mul(load(d, p.weight_scale + c, part), scale);
  return hn::MulAdd(sum, factor, load(d, p.bias + c, part));
}

template <class T>
void dequantize(const QuantizedProduct& p, int64_t begin, int64_t end, int64_t columns, T* y) {
  const Lanes d;
  for (int64_t t = begin; t < end; ++t) {
    const int32_t* row = p.sums + t * columns;
    const Float scale = hn::Set(d, p.scale[t]), zero = hn::Set(d, p.zero[t]);
    for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      store(dequantized(d, p, row, scale, zero, c, part), d, y + t * columns + c, part);
    });
  }
}

// max(x, 0) - u Phi(-u) with u = |x|, the second by a polynomial: at most 1.5e-4 from x Phi(x), a
// hundredth of a step where the row reaches 4. Neither exp nor a quotient.
struct GeluForBytes {
  static HWY_INLINE Float value(Lanes d, Float x) {
    const Float u = at_most(d, hn::Abs(x), 4.25f);
    constexpr float kCoefficients[] = {-0.0019633162301033735f, 0.018509797751903534f,
                                       -0.08681760728359222f,   0.19562658667564392f,
                                       -0.1010102778673172f,    -0.36045578122138977f,
                                       0.4944228231906891f,     0.00013255883823148906f};
    Float p = hn::Set(d, 8.279439498437569e-05f);
    for (const float coefficient : kCoefficients) p = hn::MulAdd(p, u, hn::Set(d, coefficient));
    return hn::Sub(hn::ZeroIfNegative(x), p);
  }
};

template <class Function>
void activate(const QuantizedProduct& p, int64_t begin, int64_t end, int64_t columns,
              QuantizedRows out, float* scratch) {
  const Lanes d;
  for (int64_t t = begin; t < end; ++t) {
    const int32_t* row = p.sums + t * columns;
    const Float scale = hn::Set(d, p.scale[t]), zero = hn::Set(d, p.zero[t]);
    Float least = hn::Zero(d), greatest = least;
    for_each_vector(d, columns, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      const Float v =
          keep_part(d, Function::value(d, dequantized(d, p, row, scale, zero, c, part)), part);
      store(v, d, scratch + c, part);
      least = hn::Min(least, v);
      greatest = hn::Max(greatest, v);
    });
    const Grid grid(-max_of_lanes(d, hn::Neg(least)), max_of_lanes(d, greatest));
    const auto at = [&](int64_t c, auto part)
                        THAW_VECTOR_LAMBDA { return load(d, scratch + c, part); };
    quantize_row(columns, at, grid, out.values + t * columns);
    out.scale[t] = grid.scale;
    out.zero[t] = grid.zero;
  }
}

// Mean and variance as norm_rows in layer_norm.cc has them.
template <class T>
void norm(const QuantizedNorm<T>& call, int64_t begin, int64_t end, float* scratch) {
  const Lanes d;
  const QuantizedProduct& p = call.product;
  const LayerNormWeights& weights = call.weights;
  const int64_t hidden = call.hidden;
  const T* residual = call.residual;
  T* out = call.out;
  const float* factor = call.next.factor;
  const QuantizedRows next = call.next.rows;
  const float share = 1.0f / static_cast<float>(hidden);
  for (int64_t t = begin; t < end; ++t) {
    const int64_t start = t * hidden;
    const Float scale = hn::Set(d, p.scale[t]), zero = hn::Set(d, p.zero[t]);
    float total, unused;
    two_sums(
        d, hidden,
        [&](int64_t c, auto part, Float& total, Float&) THAW_VECTOR_LAMBDA {
          const Float y = dequantized(d, p, p.sums + start, scale, zero, c, part);
          const Float v = hn::Add(y, load(d, residual + start + c, part));
          store(v, d, scratch + c, part);
          total = hn::Add(total, v);
        },
        total, unused);
    const Float rough_mean = hn::Set(d, total * share);
    float deviation, squares;
    two_sums(
        d, hidden,
        [&](int64_t c, auto part, Float& deviations, Float& squares) THAW_VECTOR_LAMBDA {
          const Float off = keep_part(d, hn::Sub(load(d, scratch + c, part), rough_mean), part);
          deviations = hn::Add(deviations, off);
          squares = hn::MulAdd(off, off, squares);
        },
        deviation, squares);
    deviation *= share;
    const Float mean = hn::Set(d, total * share + deviation);
    const float variance = squares * share - deviation * deviation;
    const Float rstd =
        hn::Set(d, 1.0f / std::sqrt((variance < 0 ? 0 : variance) + weights.epsilon));
    Float least = hn::Zero(d), greatest = least;
    for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      const Float n = hn::Mul(hn::Sub(load(d, scratch + c, part), mean), rstd);
      const Float v =
          hn::MulAdd(n, load(d, weights.gamma + c, part), load(d, weights.beta + c, part));
      store(v, d, out + start + c, part);
      if (factor == nullptr) return;
      const Float smooth = hn::Mul(v, load(d, factor + c, part));  // 0 beyond the part
      store(smooth, d, scratch + c, part);
      least = hn::Min(least, smooth);
      greatest = hn::Max(greatest, smooth);
    });
    if (factor == nullptr) continue;
    const Grid grid(-max_of_lanes(d, hn::Neg(least)), max_of_lanes(d, greatest));
    const auto at = [&](int64_t c, auto part)
                        THAW_VECTOR_LAMBDA { return load(d, scratch + c, part); };
    quantize_row(hidden, at, grid, next.values + start);
    next.scale[t] = grid.scale;
    next.zero[t] = grid.zero;
  }
}

void norm_float(const QuantizedNorm<float>& call, int64_t begin, int64_t end, float* scratch) {
  norm(call, begin, end, scratch);
}
void norm_bf16(const QuantizedNorm<Bf16>& call, int64_t begin, int64_t end, float* scratch) {
  norm(call, begin, end, scratch);
}
void quantize_float(const float* x, const float* factor, int64_t begin, int64_t end,
                    int64_t columns, QuantizedRows out) {
  quantize_any(x, factor, begin, end, columns, out);
}
void quantize_bf16(const Bf16* x, const float* factor, int64_t begin, int64_t end, int64_t columns,
                   QuantizedRows out) {
  quantize_any(x, factor, begin, end, columns, out);
}
void dequantize_float(const QuantizedProduct& p, int64_t begin, int64_t end, int64_t columns,
                      float* y) {
  dequantize(p, begin, end, columns, y);
}
void dequantize_bf16(const QuantizedProduct& p, int64_t begin, int64_t end, int64_t columns,
                     Bf16* y) {
  dequantize(p, begin, end, columns, y);
}
// The activations' errors are far below the rounding to 8 bits.
void activate_rows(Activation kind, const QuantizedProduct& p, int64_t begin, int64_t end,
                   int64_t columns, QuantizedRows out, float* scratch) {
  switch (kind) {
    case Activation::kGelu:
      return activate<GeluForBytes>(p, begin, end, columns, out, scratch);
    case Activation::kGeluTanh:
      return activate<GeluTanh<Bf16>>(p, begin, end, columns, out, scratch);
    case Activation::kRelu:
      return activate<Relu<Bf16>>(p, begin, end, columns, out, scratch);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {

HWY_EXPORT(quantize_float);
HWY_EXPORT(quantize_bf16);
HWY_EXPORT(dequantize_float);
HWY_EXPORT(dequantize_bf16);
HWY_EXPORT(activate_rows);
HWY_EXPORT(norm_float);
HWY_EXPORT(norm_bf16);

}  // namespace

template <class T>
void quantize_rows(const T* x, const float* factor, int64_t tokens, int64_t columns,
                   QuantizedRows out) {
  parallel_parts(tokens, row_grain(columns), [&](int64_t begin, int64_t end, int) {
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(quantize_float)(x, factor, begin, end, columns, out);
    } else {
      HWY_DYNAMIC_DISPATCH(quantize_bf16)(x, factor, begin, end, columns, out);
    }
  });
}

template <class T>
void dequantize_rows(const QuantizedProduct& product, int64_t tokens, int64_t columns, T* y) {
  parallel_parts(tokens, row_grain(columns), [&](int64_t begin, int64_t end, int) {
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(dequantize_float)(product, begin, end, columns, y);
    } else {
      HWY_DYNAMIC_DISPATCH(dequantize_bf16)(product, begin, end, columns, y);
    }
  });
}

void dequantize_activate_quantize(Activation kind, const QuantizedProduct& product, int64_t tokens,
                                  int64_t columns, QuantizedRows out, float* scratch) {
  parallel_parts(tokens, row_grain(columns), [&](int64_t begin, int64_t end, int part) {
    HWY_DYNAMIC_DISPATCH(activate_rows)
    (kind, product, begin, end, columns, out, scratch + part * columns);
  });
}

template <class T>
void dequantize_norm_quantize(MatrixShape shape, const QuantizedProduct& product, const T* residual,
                              const LayerNormWeights& weights, T* out, const ScaledRows& next,
                              float* scratch) {
  const int64_t hidden = shape.columns;
  const QuantizedNorm<T> call = {hidden, product, residual, weights, out, next};
  parallel_parts(shape.rows, row_grain(hidden), [&](int64_t begin, int64_t end, int part) {
    float* row = scratch + part * hidden;
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(norm_float)(call, begin, end, row);
    } else {
      HWY_DYNAMIC_DISPATCH(norm_bf16)(call, begin, end, row);
    }
  });
}

template void quantize_rows<float>(const float*, const float*, int64_t, int64_t, QuantizedRows);
template void quantize_rows<Bf16>(const Bf16*, const float*, int64_t, int64_t, QuantizedRows);
template void dequantize_rows<float>(const QuantizedProduct&, int64_t, int64_t, float*);
template void dequantize_rows<Bf16>(const QuantizedProduct&, int64_t, int64_t, Bf16*);
template void dequantize_norm_quantize(MatrixShape, const QuantizedProduct&, const float*,
                                       const LayerNormWeights&, float*, const ScaledRows&, float*);
template void dequantize_norm_quantize(MatrixShape, const QuantizedProduct&, const Bf16*,
                                       const LayerNormWeights&, Bf16*, const ScaledRows&, float*);

}  // namespace thaw
#endif  // HWY_ONCE
