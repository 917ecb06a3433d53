#pragma once  // Tests: tests/engine/cpu/ops/dropout_test.cc

#include <cstdint>

namespace thaw {

struct Dropout;

// Dropout of one training step: every mask follows from (seed, step, micro-batch, layer,
// site).
struct StepDropout {
  bool active = false;
  uint64_t seed = 0, step = 0;
  uint64_t micro_batch = 0;  // of a step whose rows are taken in several
  Dropout at(float rate, int layer, int site) const;
};

}  // namespace thaw
