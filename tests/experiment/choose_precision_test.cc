#include "experiment/choose_precision.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

DeviceTraits device(bool possible, bool fast) {
  DeviceTraits traits;
  traits.name = "NPU";
  traits.bf16 = {possible, fast, "tensor cores"};
  traits.int8 = {possible, fast, "byte sums"};
  return traits;
}

TEST(ChoosePrecision, TakesWhatTheDeviceIsFastInUnlessAsked) {
  std::string why;
  EXPECT_EQ(choose_precision(device(true, true), {}, why), NumberType::kBf16);
  EXPECT_EQ(why, "bf16 (auto: this NPU multiplies bf16 natively)");
  EXPECT_EQ(choose_precision(device(true, false), {}, why), NumberType::kFp32);
  EXPECT_EQ(why, "fp32 (auto: this NPU has no native bf16)");
  EXPECT_EQ(choose_precision(device(true, true), NumberType::kFp32, why), NumberType::kFp32);
  EXPECT_EQ(why, "fp32 (as asked)");
  EXPECT_EQ(choose_precision(device(true, true), NumberType::kBf16, why), NumberType::kBf16);
  EXPECT_EQ(why, "bf16 (as asked)");
  EXPECT_EQ(choose_precision(device(true, false), NumberType::kBf16, why), NumberType::kBf16);
  EXPECT_EQ(why, "bf16 (as asked; this NPU emulates it, slowly)");
}

TEST(ChoosePrecision, RefusesWhatTheDeviceCannotDo) {
  const auto refusal = [](const auto& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.setting() + ": " + error.fact() + "; " + error.remedy();
    }
    return std::string("none");
  };
  std::string why;
  EXPECT_EQ(refusal([&] { choose_precision(device(false, false), NumberType::kBf16, why); }),
            "precision: this NPU has no tensor cores, without which bf16 cannot be multiplied; use "
            "auto or fp32");
  EXPECT_EQ(refusal([&] {
              check_precision(device(false, false), NumberType::kInt8, "frozen_precision");
            }),
            "frozen_precision: this NPU has no byte sums, without which int8 is neither exact nor "
            "fast; use auto, bf16 or fp32");
  EXPECT_EQ(refusal([&] { choose_precision(device(true, true), NumberType::kInt8, why); }),
            "precision: nothing is trained in int8; use auto, bf16 or fp32");
  EXPECT_EQ(refusal([&] { check_precision(device(false, false), {}, "precision"); }), "none");
}

}  // namespace
}  // namespace thaw
