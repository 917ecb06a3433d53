#include "experiment/choose_precision.h"

#include "base/error.h"
#include "base/setting_words.h"
#include "engine/number_type.h"

namespace thaw {

void check_precision(const DeviceTraits& device, WantedPrecision wanted, const std::string& key) {
  if (!wanted) return;
  const auto lacks = [&](const NumberSupport& support) {
    return "this " + device.name + " has no " + support.needs + ", without which ";
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
    why = device.bf16.fast ? "bf16 (auto: " + own + " multiplies bf16 natively)"
                           : "fp32 (auto: " + own + " has no native bf16)";
    return device.bf16.fast ? NumberType::kBf16 : NumberType::kFp32;
  }
  if (wanted == NumberType::kInt8) {
    throw Error("nothing is trained in int8", Setting{"precision", "int8"},
                "use auto, bf16 or fp32");
  }
  const bool slow = wanted == NumberType::kBf16 && !device.bf16.fast;
  why = std::string(name_of(*wanted)) +
        (slow ? " (as asked; " + own + " emulates it, slowly)" : " (as asked)");
  return *wanted;
}

}  // namespace thaw
