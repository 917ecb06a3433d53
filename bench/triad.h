#pragma once

#include <cstdint>

namespace thaw::bench {

// GB/s of STREAM's triad a = b + s c over `bytes` in all three arrays together, on all threads of
// base/threads.h: the best of `repetitions`. As STREAM counts, what a store must first read is not
// counted.
double triad_speed(int64_t bytes, int repetitions);

}  // namespace thaw::bench
