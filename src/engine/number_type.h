#pragma once

#include <cstdint>

#include "base/bf16.h"

namespace thaw {

// The name of what T holds, float or Bf16.
template <class T>
constexpr NumberType number_type() {
  return sizeof(T) == sizeof(Bf16) ? NumberType::kBf16 : NumberType::kFp32;
}

// Bytes of a kept activation or weight; what is multiplied in 8 bits is kept as one of the others.
constexpr int64_t bytes_of(NumberType number) {
  return number == NumberType::kBf16 ? sizeof(Bf16) : sizeof(float);
}

}  // namespace thaw
