#pragma once

#include <string>

#include "gemm/linear.h"

namespace thaw {

// "bf16" where the CPU multiplies it natively and the user did not ask otherwise; `why` says so.
Precision choose_precision(const std::string& wanted, std::string& why);

}  // namespace thaw
