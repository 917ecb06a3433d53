#pragma once  // Tests: tests/evaluation/bootstrap_slow_test.cc

#include <chrono>

namespace thaw {

// Time that passes, whatever is done to the clock on the wall.
using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace thaw
