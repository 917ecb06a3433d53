#include "experiment/choose_precision.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/setting_words.h"
#include "engine/number_type.h"

namespace thaw {

void check_precision(const DeviceTraits& device, WantedPrecision wanted, const std::string& key) {
  if (!wanted) return;
  const auto lacks = [&](const NumberSupport& support) {
    return fmt::format("this {} has no {}, without which ", device.name, support.needs);
  };
  const Setting where{key, name_of(*wanted)};
  if (wanted == NumberType::kBf16 && !device.bf16.possible) {
    throw Error(lacks(device.bf16) + "bf16 cannot be multiplied", where, "use auto or fp32");
  }
  if (wanted == NumberType::kInt8 && !device.int8.possible) {
    throw Error(lacks(device.int8) + "int8 is neither exact nor fast", where,
                "use auto, bf16 or fp32");
  }
}

NumberType choose_precision(const DeviceTraits& device, WantedPrecision wanted, std::string& why) {
  check_precision(device, wanted, "precision");
  const std::string own = "this " + device.name;
  if (!wanted) {
    why = device.bf16.fast ? fmt::format("bf16 (auto: {} multiplies bf16 natively)", own)
                           : fmt::format("fp32 (auto: {} has no native bf16)", own);
    return device.bf16.fast ? NumberType::kBf16 : NumberType::kFp32;
  }
  if (wanted == NumberType::kInt8) {
    throw Error("nothing is trained in int8", Setting{"precision", "int8"},
                "use auto, bf16 or fp32");
  }
  const bool slow = wanted == NumberType::kBf16 && !device.bf16.fast;
  why = std::string(name_of(*wanted)) +
        (slow ? fmt::format(" (as asked; {} emulates it, slowly)", own) : " (as asked)");
  return *wanted;
}

}  // namespace thaw
