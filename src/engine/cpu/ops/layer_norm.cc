#include "engine/cpu/ops/layer_norm.h"

#include <cmath>

#include "base/bf16.h"
#include "engine/cpu/ops/row_parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/ops/layer_norm.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include "engine/cpu/ops/simd-inl.h"

namespace thaw {
#ifndef THAW_OPS_LAYER_NORM_ARGUMENTS
#define THAW_OPS_LAYER_NORM_ARGUMENTS

// What the kernels of every instruction set are called with.
template <class T>
struct NormForward {
  int64_t hidden;
  ResidualNormInput<T> input;
  LayerNormWeights weights;
  T* out;
  NormStatistics kept;
};

template <class T>
struct NormBackward {
  int64_t hidden;
  ResidualNormSaved<T> saved;
  LayerNormWeights weights;
  const T* d_out;
  ResidualNormGradients<T> gradients;
};

#endif
}  // namespace thaw

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

template <bool kResidual, bool kDropout, class T>
void norm_rows(const NormForward<T>& f, int64_t begin, int64_t end) {
  const Lanes d;
  const DropoutMask mask(f.input.dropout);
  const float share = 1.0f / static_cast<float>(f.hidden);
  for (int64_t t = begin; t < end; ++t) {
    const int64_t row = t * f.hidden;
    T* sum = f.input.branch + row;
    // What is stored, and so what the backward will read, is what is normalised.
    float total, unused;
    two_sums(
        d, f.hidden,
        [&](int64_t c, auto part, Float& total, Float&) THAW_VECTOR_LAMBDA {
          Float v = load(d, sum + c, part);
          if constexpr (kDropout) {
            v = keep_part(d, mask.apply(d, v, static_cast<uint32_t>(row + c)), part);
          }
          if constexpr (kResidual) v = hn::Add(v, load(d, f.input.residual + row + c, part));
          if constexpr (kResidual || kDropout) {
            v = as_stored<T>(d, v);
            store(v, d, sum + c, part);
          }
          total = hn::Add(total, v);
        },
        total, unused);
    // Corrected two-pass algorithm (Chan, Golub, LeVeque 1983): the sum of deviations, which would
    // be 0 without rounding, mends both the mean and the variance. A row of one value comes out as
    // exactly that mean and no variance, however small epsilon is.
    const Float rough_mean = hn::Set(d, total * share);
    float deviation, squares;
    two_sums(
        d, f.hidden,
        [&](int64_t c, auto part, Float& deviations, Float& squares) THAW_VECTOR_LAMBDA {
          const Float off = keep_part(d, hn::Sub(load(d, sum + c, part), rough_mean), part);
          deviations = hn::Add(deviations, off);
          squares = hn::MulAdd(off, off, squares);
        },
        deviation, squares);
    deviation *= share;
    const float mean = total * share + deviation;
    const float variance = squares * share - deviation * deviation;
    const float rstd = 1.0f / std::sqrt((variance < 0 ? 0 : variance) + f.weights.epsilon);
    const Float mean_lanes = hn::Set(d, mean), rstd_lanes = hn::Set(d, rstd);
    for_each_vector(d, f.hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
      const Float n = hn::Mul(hn::Sub(load(d, sum + c, part), mean_lanes), rstd_lanes);
      const Float gamma = load(d, f.weights.gamma + c, part);
      store(hn::MulAdd(n, gamma, load(d, f.weights.beta + c, part)), d, f.out + row + c, part);
    });
    if (f.kept.mean != nullptr) f.kept.mean[t] = mean;
    if (f.kept.rstd != nullptr) f.kept.rstd[t] = rstd;
  }
}

template <class T>
void forward(const NormForward<T>& f, int64_t begin, int64_t end) {
  if (f.input.dropout.on()) {
    if (f.input.residual != nullptr) return norm_rows<true, true>(f, begin, end);
    return norm_rows<false, true>(f, begin, end);
  }
  if (f.input.residual != nullptr) return norm_rows<true, false>(f, begin, end);
  return norm_rows<false, false>(f, begin, end);
}

// With n = (sum - mean) rstd and g = d_out gamma: d_sum = rstd (g - mean(g) - n mean(g n)), the
// means over the row. A first sweep over some rows makes the means and the sums down the columns, a
// second one the gradients; both find the rows in the near caches. `sums` are the column sums of
// one part.
template <int kRows, bool kDropout, class T>
void backward_rows(const NormBackward<T>& b, const NormParameterGradients& sums, int64_t first) {
  static_assert(kRows == 1 || kRows == 2 || kRows == 4);
  const Lanes d;
  const int64_t hidden = b.hidden, start = first * hidden;
  // Row r's sums over g and over g n, in variables of their own so that they stay in registers.
  Float g0 = hn::Zero(d), g1 = g0, g2 = g0, g3 = g0;
  Float gn0 = g0, gn1 = g0, gn2 = g0, gn3 = g0;
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    const Float gamma = load(d, b.weights.gamma + c, part);
    Float d_gamma = hn::Zero(d), d_beta = hn::Zero(d);
    const auto add_row = [&](int64_t r, Float& row_g, Float& row_gn) THAW_VECTOR_LAMBDA {
      const int64_t i = start + r * hidden + c;
      const Float d_out = load(d, b.d_out + i, part);
      prefetch(b.d_out + i + kRows * hidden);
      prefetch(b.saved.sum + i + kRows * hidden);
      const Float mean = hn::Set(d, b.saved.mean[first + r]),
                  rstd = hn::Set(d, b.saved.rstd[first + r]);
      const Float n = hn::Mul(hn::Sub(load(d, b.saved.sum + i, part), mean), rstd);
      const Float g = hn::Mul(d_out, gamma);  // 0 beyond the part, as d_out is
      row_g = hn::Add(row_g, g);
      row_gn = hn::MulAdd(g, n, row_gn);
      d_gamma = hn::MulAdd(d_out, n, d_gamma);
      d_beta = hn::Add(d_beta, d_out);
    };
    add_row(0, g0, gn0);
    if constexpr (kRows > 1) add_row(1, g1, gn1);
    if constexpr (kRows > 2) {
      add_row(2, g2, gn2);
      add_row(3, g3, gn3);
    }
    if (sums.gamma != nullptr) {
      store(hn::Add(load(d, sums.gamma + c, part), d_gamma), d, sums.gamma + c, part);
    }
    if (sums.beta != nullptr) {
      store(hn::Add(load(d, sums.beta + c, part), d_beta), d, sums.beta + c, part);
    }
  });

  const float share = 1.0f / static_cast<float>(hidden);
  const float mean_g[4] = {sum_of_lanes(d, g0) * share, sum_of_lanes(d, g1) * share,
                           sum_of_lanes(d, g2) * share, sum_of_lanes(d, g3) * share};
  const float mean_gn[4] = {sum_of_lanes(d, gn0) * share, sum_of_lanes(d, gn1) * share,
                            sum_of_lanes(d, gn2) * share, sum_of_lanes(d, gn3) * share};
  const DropoutMask mask(b.saved.dropout);
  for_each_vector(d, hidden, [&](int64_t c, auto part) THAW_VECTOR_LAMBDA {
    const Float gamma = load(d, b.weights.gamma + c, part);
    Float d_bias = hn::Zero(d);
    for (int64_t r = 0; r < kRows; ++r) {
      const int64_t i = start + r * hidden + c;
      const Float mean = hn::Set(d, b.saved.mean[first + r]),
                  rstd = hn::Set(d, b.saved.rstd[first + r]);
      const Float n = hn::Mul(hn::Sub(load(d, b.saved.sum + i, part), mean), rstd);
      const Float g = hn::Mul(load(d, b.d_out + i, part), gamma);
      const Float centred = hn::Sub(g, hn::Set(d, mean_g[r]));
      const Float d_sum = hn::Mul(rstd, hn::NegMulAdd(n, hn::Set(d, mean_gn[r]), centred));
      store(d_sum, d, b.gradients.d_sum + i, part);
      prefetch(b.gradients.d_sum + i + kRows * hidden);
      Float d_branch = d_sum;
      if constexpr (kDropout) d_branch = mask.apply(d, d_sum, static_cast<uint32_t>(i));
      if (b.gradients.d_branch != nullptr && b.gradients.d_branch != b.gradients.d_sum) {
        store(d_branch, d, b.gradients.d_branch + i, part);
        prefetch(b.gradients.d_branch + i + kRows * hidden);
      }
      d_bias = hn::Add(d_bias, d_branch);
    }
    if (sums.branch_bias != nullptr) {
      store(hn::Add(load(d, sums.branch_bias + c, part), d_bias), d, sums.branch_bias + c, part);
    }
  });
}

template <bool kDropout, class T>
void backward_range(const NormBackward<T>& b, const NormParameterGradients& sums, int64_t begin,
                    int64_t end) {
  constexpr int kRows = HWY_TARGET <= HWY_AVX3 ? 4 : 2;  // as many as the registers hold sums for
  int64_t t = begin;
  for (; t + kRows <= end; t += kRows) backward_rows<kRows, kDropout>(b, sums, t);
  for (; t < end; ++t) backward_rows<1, kDropout>(b, sums, t);
}

template <class T>
void backward(const NormBackward<T>& b, const NormParameterGradients& sums, int64_t begin,
              int64_t end) {
  for (float* sum : {sums.gamma, sums.beta, sums.branch_bias}) {
    if (sum != nullptr) std::memset(sum, 0, b.hidden * sizeof(float));
  }
  if (b.saved.dropout.on()) return backward_range<true>(b, sums, begin, end);
  return backward_range<false>(b, sums, begin, end);
}

void forward_float(const NormForward<float>& f, int64_t begin, int64_t end) {
  forward(f, begin, end);
}
void forward_bf16(const NormForward<Bf16>& f, int64_t begin, int64_t end) {
  forward(f, begin, end);
}
void backward_float(const NormBackward<float>& b, const NormParameterGradients& sums, int64_t begin,
                    int64_t end) {
  backward(b, sums, begin, end);
}
void backward_bf16(const NormBackward<Bf16>& b, const NormParameterGradients& sums, int64_t begin,
                   int64_t end) {
  backward(b, sums, begin, end);
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

}  // namespace

template <class T>
void residual_norm_forward(MatrixShape shape, const ResidualNormInput<T>& input,
                           const LayerNormWeights& weights, T* out, const NormStatistics& kept) {
  const NormForward<T> f = {shape.columns, input, weights, out, kept};
  parallel_parts(shape.rows, row_grain(shape.columns), [&](int64_t begin, int64_t end, int) {
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(forward_float)(f, begin, end);
    } else {
      HWY_DYNAMIC_DISPATCH(forward_bf16)(f, begin, end);
    }
  });
}

template <class T>
void residual_norm_backward(MatrixShape shape, const ResidualNormSaved<T>& saved,
                            const LayerNormWeights& weights, const T* d_out,
                            const ResidualNormGradients<T>& gradients,
                            const NormParameterGradients& parameters, float* scratch) {
  const NormBackward<T> b = {shape.columns, saved, weights, d_out, gradients};
  const int64_t hidden = shape.columns, grain = row_grain(hidden), stride = 3 * hidden;
  parallel_parts(shape.rows, grain, [&](int64_t begin, int64_t end, int part) {
    float* own = scratch + part * stride;
    const NormParameterGradients sums = {
        .gamma = parameters.gamma == nullptr ? nullptr : own,
        .beta = parameters.beta == nullptr ? nullptr : own + hidden,
        .branch_bias = parameters.branch_bias == nullptr ? nullptr : own + 2 * hidden};
    if constexpr (sizeof(T) == sizeof(float)) {
      HWY_DYNAMIC_DISPATCH(backward_float)(b, sums, begin, end);
    } else {
      HWY_DYNAMIC_DISPATCH(backward_bf16)(b, sums, begin, end);
    }
  });
  const int64_t parts = part_count(shape.rows, grain);
  add_parts(scratch, parts, stride, hidden, parameters.gamma);
  add_parts(scratch + hidden, parts, stride, hidden, parameters.beta);
  add_parts(scratch + 2 * hidden, parts, stride, hidden, parameters.branch_bias);
}

template void residual_norm_forward(MatrixShape, const ResidualNormInput<float>&,
                                    const LayerNormWeights&, float*, const NormStatistics&);
template void residual_norm_forward(MatrixShape, const ResidualNormInput<Bf16>&,
                                    const LayerNormWeights&, Bf16*, const NormStatistics&);
template void residual_norm_backward(MatrixShape, const ResidualNormSaved<float>&,
                                     const LayerNormWeights&, const float*,
                                     const ResidualNormGradients<float>&,
                                     const NormParameterGradients&, float*);
template void residual_norm_backward(MatrixShape, const ResidualNormSaved<Bf16>&,
                                     const LayerNormWeights&, const Bf16*,
                                     const ResidualNormGradients<Bf16>&,
                                     const NormParameterGradients&, float*);

}  // namespace thaw
#endif  // HWY_ONCE
