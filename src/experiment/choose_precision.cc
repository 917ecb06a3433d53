#include "experiment/choose_precision.h"

#include "base/error.h"

namespace thaw {

void check_has_bf16(const Setting& where) {
  if (cpu_can_bf16()) return;
  throw Error("this CPU has no AVX-512, without which bf16 cannot be multiplied", where,
              "use auto or fp32");
}

NumberType choose_precision(const std::string& wanted, std::string& why) {
  if (wanted == "fp32") {
    why = "fp32 (as asked)";
    return NumberType::kFp32;
  }
  if (wanted == "bf16") {
    check_has_bf16({"precision", "bf16"});
    why = cpu_has_bf16() ? "bf16 (as asked)" : "bf16 (as asked; this CPU emulates it, slowly)";
    return NumberType::kBf16;
  }
  if (cpu_has_bf16()) {
    why = "bf16 (auto: this CPU multiplies bf16 natively)";
    return NumberType::kBf16;
  }
  why = "fp32 (auto: this CPU has no native bf16)";
  return NumberType::kFp32;
}

}  // namespace thaw
