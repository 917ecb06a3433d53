#pragma once  // Tests: tests/engine/engine_test.cc

#include <string>

namespace thaw {

// The instruction set that vector kernels run in on this CPU, as Highway calls it: "AVX3_ZEN4".
std::string simd_target();

}  // namespace thaw
