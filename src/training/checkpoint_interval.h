#pragma once  // Tests: tests/experiment/resume/resume_test.cc

#include <cstdint>
#include <string>

namespace thaw {

// How often the state of a training is kept.
struct CheckpointInterval {
  double seconds = 60;  // stretched until keeping it costs less than kCheckpointCost of the time
  int64_t steps = 0;    // above 0: after so many steps instead, whatever that costs
  bool never = false;
};
inline constexpr double kCheckpointCost = 0.02;

// "60s", "5m", "20steps", "1step", "never". Throws Error that names `where`.
CheckpointInterval parse_checkpoint_interval(const std::string& text, const std::string& where);

}  // namespace thaw
