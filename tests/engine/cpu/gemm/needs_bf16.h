#pragma once

#include <gtest/gtest.h>

#include "engine/cpu/gemm/linear.h"

// For the body of a test that multiplies in bf16.
#define THAW_NEEDS_BF16() \
  if (!thaw::cpu_can_bf16()) GTEST_SKIP() << "this CPU has no AVX-512, so no bf16 to try"
