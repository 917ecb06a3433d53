#pragma once

#include <string>

#include "model/freeze_plan.h"
#include "model/parameters.h"

namespace thaw {

// SHA-256, in hexadecimal digits, over the names and the bytes of all parameters that the plan
// leaves frozen, in the table's order: equal before and after training if and only if none of them
// moved. "" where nothing is frozen.
//   hash = SHA-256(concatenation of SHA-256(name, NUL, float32 values) as hexadecimal digits)
std::string frozen_hash(const ParameterTable& table, const FreezePlan& plan);

}  // namespace thaw
