#pragma once

#include <optional>
#include <string>

#include "base/bf16.h"
#include "engine/engine.h"

namespace thaw {

// The numbers that a user asks for; nothing: "auto", what suits the device.
using WantedPrecision = std::optional<NumberType>;

// Throws Error of the setting `key` where the device cannot multiply in the wanted numbers: bf16 at
// all, int8 exactly and fast.
void check_precision(const DeviceTraits& device, WantedPrecision wanted, const std::string& key);

// In which numbers what is trained multiplies: bf16 where the device is fast in it and nothing is
// asked for; `why` says so. Throws Error of the setting precision where what is asked for cannot be
// done; nothing is trained in int8.
NumberType choose_precision(const DeviceTraits& device, WantedPrecision wanted, std::string& why);

}  // namespace thaw
