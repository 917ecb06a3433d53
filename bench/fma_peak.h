#pragma once

namespace thaw::bench {

// GFLOP/s of fp32 fused multiply-adds on one core, with nothing but registers involved, at the
// widest vectors that the ops use on this CPU: what a kernel's speed is a share of. Measured at the
// first call (about 50 ms).
double fma_peak();

}  // namespace thaw::bench
