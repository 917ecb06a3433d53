#pragma once  // Tests: tests/engine/cpu/ops/simd_test.cc

#include <bit>
#include <cstdint>

namespace thaw {

// bfloat16: the upper half of an IEEE float. Storage only; all arithmetic is in float.
struct Bf16 {
  uint16_t bits = 0;
};

inline float to_float(Bf16 x) { return std::bit_cast<float>(static_cast<uint32_t>(x.bits) << 16); }
inline float to_float(float x) { return x; }

// Round to nearest, ties to even; NaN stays NaN (quiet).
inline Bf16 to_bf16(float x) {
  uint32_t bits = std::bit_cast<uint32_t>(x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return {static_cast<uint16_t>((bits >> 16) | 0x40u)};
  bits += 0x7FFFu + ((bits >> 16) & 1u);
  return {static_cast<uint16_t>(bits >> 16)};
}

template <class T>
T from_float(float x);
template <>
inline float from_float<float>(float x) {
  return x;
}
template <>
inline Bf16 from_float<Bf16>(float x) {
  return to_bf16(x);
}

// What products multiply. kInt8 is for frozen work alone (engine/cpu/gemm/quantized_linear.h).
enum class NumberType { kFp32, kBf16, kInt8 };

}  // namespace thaw
