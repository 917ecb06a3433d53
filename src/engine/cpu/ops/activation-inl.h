// The activations and their derivatives, one vector at a time. See simd-inl.h for the toggled
// guard.
#if defined(THAW_OPS_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef THAW_OPS_ACTIVATION_INL_H_
#undef THAW_OPS_ACTIVATION_INL_H_
#else
#define THAW_OPS_ACTIVATION_INL_H_
#endif

#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {

// The Gaussian at -u = -|x|: Phi(-u) = erfc(u / sqrt(2)) / 2, and exp(-u^2 / 2).
struct GaussianTail {
  Float u;        // |x|, at most kFarthest
  Float tail;     // Phi(-u)
  Float density;  // sqrt(2 pi) phi(u)
};

// Phi(-u) = exp(-u^2 / 2) R(u), where R = exp(u^2 / 2) erfc(u / sqrt(2)) / 2 falls smoothly from
// 1/2 to about 0.4 / u and is a quotient of polynomials with positive coefficients, so that nothing
// cancels: its largest relative error on [0, 14.6] is 6e-9 (fitted for float) and 2.5e-5 (for
// bfloat16, which itself rounds by up to 4e-3). The square's rounding error is passed on to exp,
// which would otherwise magnify it in the tail to 4e-6.
template <class T>
HWY_INLINE GaussianTail gaussian_tail(Lanes d, Float x) {
  constexpr float kFarthest = 14.49f;  // beyond, exp(-u^2 / 2) is 0 in float
  const Float u = at_most(d, hn::Abs(x), kFarthest);
  const Float half = hn::Mul(u, hn::Set(d, -0.5f));
  const Float square = hn::Mul(half, u);
  if constexpr (sizeof(T) == sizeof(float)) {
    const Float density = exp_in_range(d, square, hn::MulSub(half, u, square));
    Float p = hn::MulAdd(hn::Set(d, 0.004123818129301071f), u, hn::Set(d, 0.04068370535969734f));
    p = hn::MulAdd(p, u, hn::Set(d, 0.1833847165107727f));
    p = hn::MulAdd(p, u, hn::Set(d, 0.43849658966064453f));
    p = hn::MulAdd(p, u, hn::Set(d, 0.5f));
    Float q = hn::MulAdd(hn::Set(d, 0.010336760431528091f), u, hn::Set(d, 0.10198530554771423f));
    q = hn::MulAdd(q, u, hn::Set(d, 0.4698655605316162f));
    q = hn::MulAdd(q, u, hn::Set(d, 1.2031240463256836f));
    q = hn::MulAdd(q, u, hn::Set(d, 1.6748781204223633f));
    q = hn::MulAdd(q, u, hn::Set(d, 1.0f));
    return {u, hn::Mul(density, hn::Div(p, q)), density};
  } else {
    const Float density = rough_exp_in_range(d, square);
    Float p = hn::MulAdd(hn::Set(d, 0.06288894265890121f), u, hn::Set(d, 0.27912965416908264f));
    p = hn::MulAdd(p, u, hn::Set(d, 0.5000125765800476f));
    Float q = hn::MulAdd(hn::Set(d, 0.1574714481830597f), u, hn::Set(d, 0.7046096920967102f));
    q = hn::MulAdd(q, u, hn::Set(d, 1.3569200038909912f));
    q = hn::MulAdd(q, u, hn::Set(d, 1.0f));
    return {u, hn::Mul(density, hn::Div(p, q)), density};
  }
}

// x Phi(x). T is what x is stored as.
template <class T>
struct Gelu {
  static HWY_INLINE Float value(Lanes d, Float x) {
    const GaussianTail g = gaussian_tail<T>(d, x);
    const Float phi = hn::IfNegativeThenElse(x, g.tail, hn::Sub(hn::Set(d, 1.0f), g.tail));
    return hn::Mul(x, phi);
  }
  // Phi(x) + x phi(x), which is s = Phi(-u) - u phi(u) on the left and 1 - s on the right.
  static HWY_INLINE Float derivative(Lanes d, Float x) {
    const GaussianTail g = gaussian_tail<T>(d, x);
    const Float u_phi = hn::Mul(hn::Mul(g.u, hn::Set(d, 0.3989422804014327f)), g.density);
    const Float s = hn::Sub(g.tail, u_phi);
    return hn::IfNegativeThenElse(x, s, hn::Sub(hn::Set(d, 1.0f), s));
  }
};

// x sigmoid(2 w), w = sqrt(2 / pi) (x + 0.044715 x^3), which equals x (1 + tanh w) / 2 and does not
// cancel on the left.
template <class T>
struct GeluTanh {
  static constexpr float kLinear = 1.5957691216057308f;   // 2 sqrt(2 / pi)
  static constexpr float kCubic = 0.071354816272600249f;  // 0.044715 times that

  static HWY_INLINE Float value(Lanes d, Float x) {
    const Float slope = hn::MulAdd(hn::Mul(x, x), hn::Set(d, -kCubic), hn::Set(d, -kLinear));
    const Float e = exp(d, hn::Mul(x, slope));
    return hn::Div(x, hn::Add(e, hn::Set(d, 1.0f)));
  }
  static HWY_INLINE Float derivative(Lanes d, Float x) {
    const Float one = hn::Set(d, 1.0f);
    x = at_most(d, at_least(d, x, -10.0f),
                10.0f);  // beyond, it is 0 or 1; here exp neither overflows nor underflows
    const Float square = hn::Mul(x, x);
    const Float argument =
        hn::Mul(x, hn::MulAdd(square, hn::Set(d, -kCubic), hn::Set(d, -kLinear)));
    const Float e = exp_in_range(d, argument, hn::Zero(d));
    const Float sigmoid = hn::Div(one, hn::Add(one, e));
    const Float slope = hn::MulAdd(square, hn::Set(d, 3 * kCubic), hn::Set(d, kLinear));
    const Float complement = hn::Mul(e, sigmoid);  // 1 - sigmoid
    return hn::MulAdd(hn::Mul(hn::Mul(x, slope), complement), sigmoid, sigmoid);
  }
};

// max(x, 0), of NaN NaN.
template <class T>
struct Relu {
  static HWY_INLINE Float value(Lanes d, Float x) {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x);
  }
  static HWY_INLINE Float derivative(Lanes d, Float x) {
    return hn::IfThenElse(hn::Le(x, hn::Zero(d)), hn::Zero(d), hn::Set(d, 1.0f));
  }
};

// tanh(x) within a few ulp: Cephes' odd polynomial near 0, where (1 - e) / (1 + e) would cancel.
HWY_INLINE Float tanh(Lanes d, Float x) {
  const Float u = hn::Abs(x);
  const Float z = hn::Mul(x, x);
  Float p = hn::MulAdd(hn::Set(d, -5.70498872745e-3f), z, hn::Set(d, 2.06390887954e-2f));
  p = hn::MulAdd(p, z, hn::Set(d, -5.37397155531e-2f));
  p = hn::MulAdd(p, z, hn::Set(d, 1.33314422036e-1f));
  p = hn::MulAdd(p, z, hn::Set(d, -3.33332819422e-1f));
  const Float near = hn::MulAdd(hn::Mul(p, z), x, x);
  const Float one = hn::Set(d, 1.0f);
  const Float e = exp_of_negative(d, hn::Mul(u, hn::Set(d, -2.0f)));
  const Float far = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
  return hn::IfThenElse(hn::Lt(u, hn::Set(d, 0.625f)), near, far);
}

}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#endif  // THAW_OPS_ACTIVATION_INL_H_
