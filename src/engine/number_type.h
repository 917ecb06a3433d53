#pragma once  // Tests: tests/experiment/choose_precision_test.cc

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bf16.h"

namespace thaw {

// The name of what T holds, float or Bf16.
template <class T>
constexpr NumberType number_type() {
  return sizeof(T) == sizeof(Bf16) ? NumberType::kBf16 : NumberType::kFp32;
}

// "fp32", "bf16", "int8": as settings have it.
constexpr const char* name_of(NumberType number) {
  return number == NumberType::kFp32 ? "fp32" : number == NumberType::kBf16 ? "bf16" : "int8";
}

// The way back; nothing for any other text.
inline std::optional<NumberType> number_type_named(std::string_view name) {
  for (const NumberType number : {NumberType::kFp32, NumberType::kBf16, NumberType::kInt8}) {
    if (name == name_of(number)) return number;
  }
  return std::nullopt;
}

// Bytes of a kept activation or weight; what is multiplied in 8 bits is kept as one of the others.
constexpr int64_t bytes_of(NumberType number) {
  return number == NumberType::kBf16 ? sizeof(Bf16) : sizeof(float);
}

}  // namespace thaw
