#pragma once  // Tests: tests/engine/cpu/ops/activation_test.cc

#include <cstdint>

namespace thaw {

// Of an array [rows, columns]. Where a batch runs through a layer, the rows are its tokens.
struct MatrixShape {
  int64_t rows, columns;
};

}  // namespace thaw
