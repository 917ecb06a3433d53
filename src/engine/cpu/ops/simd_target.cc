#include "engine/cpu/ops/simd_target.h"

#include <hwy/targets.h>

namespace thaw {

std::string simd_target() {
  // The best one has the lowest bit.
  const int64_t supported = hwy::SupportedTargets();
  return hwy::TargetName(supported & -supported);
}

}  // namespace thaw
