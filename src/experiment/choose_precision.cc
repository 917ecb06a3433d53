#include "experiment/choose_precision.h"

namespace thaw {

Precision choose_precision(const std::string& wanted, std::string& why) {
  if (wanted == "fp32") {
    why = "fp32 (as asked)";
    return Precision::kFp32;
  }
  if (wanted == "bf16") {
    why = cpu_has_bf16() ? "bf16 (as asked)" : "bf16 (as asked; this CPU emulates it, slowly)";
    return Precision::kBf16;
  }
  if (cpu_has_bf16()) {
    why = "bf16 (auto: this CPU multiplies bf16 natively)";
    return Precision::kBf16;
  }
  why = "fp32 (auto: this CPU has no native bf16)";
  return Precision::kFp32;
}

}  // namespace thaw
