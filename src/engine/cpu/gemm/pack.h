#pragma once  // Tests: tests/engine/cpu/gemm/linear_test.cc

#include <cstdint>

#include "base/bf16.h"

namespace thaw {

// The blocked layout in which oneDNN reads the second operand [k, n] of a bf16 product on AVX-512:
// blocks of 32 x 64, in which two numbers below each other are neighbours in memory, so that one
// instruction multiplies and adds both (oneDNN's name: BA16a64b2a). Beyond k and n zeros fill the
// last blocks.
struct PairBlocks {
  static constexpr int64_t kRows = 32, kColumns = 64;
  int64_t k = 0, n = 0;
  int64_t row_stride = 0, column_stride = 0;  // elements from a block to the one below, beside it
};

// Rows [first_row, first_row + rows) of a weight [out, in]. first_row is a multiple of 64, and so
// is `rows` unless they are the last.
struct WeightRows {
  const float* weight;
  int64_t out, in;
  int64_t first_row, rows;
};

// Blocks in memory; null: not wanted.
struct PackedBlocks {
  PairBlocks layout{};
  Bf16* values = nullptr;
};

// Rounds the rows to bf16 (nearest, ties to even) and writes them where the blocks of the
// transposed weight (`forward`: k = in, n = out) and of the weight itself (`backward`: k = out,
// n = in; may be null) have them. On the calling thread.
void pack_rows(const WeightRows& from, const PackedBlocks& forward, const PackedBlocks& backward);

}  // namespace thaw
