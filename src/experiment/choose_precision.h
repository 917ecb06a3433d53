#pragma once

#include <string>

#include "base/setting_words.h"
#include "engine/cpu/gemm/linear.h"

namespace thaw {

// Throws Error where this CPU cannot multiply bf16 at all.
void check_has_bf16(const Setting& where);

// "bf16" where the CPU multiplies it natively and the user did not ask otherwise; `why` says so.
// Throws Error where the user asked for what it cannot do.
NumberType choose_precision(const std::string& wanted, std::string& why);

}  // namespace thaw
