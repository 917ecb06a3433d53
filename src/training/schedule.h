#pragma once  // Tests: tests/training/golden_gradients_test.cc

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace thaw {

// Linear warm-up over ceil(warmup_ratio * total) steps, then linear to 0, as Transformers'
// get_linear_schedule_with_warmup. `step` counts optimizer steps already taken, from 0.
struct LinearSchedule {
  double peak = 0;
  int64_t warmup_steps = 0, total_steps = 0;

  LinearSchedule(double learning_rate, double warmup_ratio, int64_t steps)
      : peak(learning_rate),
        warmup_steps(static_cast<int64_t>(std::ceil(warmup_ratio * static_cast<double>(steps)))),
        total_steps(steps) {}

  double at(int64_t step) const {
    if (step < warmup_steps) {
      return peak * static_cast<double>(step) /
             static_cast<double>(std::max<int64_t>(1, warmup_steps));
    }
    return peak *
           std::max(0.0, static_cast<double>(total_steps - step) /
                             static_cast<double>(std::max<int64_t>(1, total_steps - warmup_steps)));
  }
};

}  // namespace thaw
