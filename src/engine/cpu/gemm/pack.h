#pragma once

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

// Rounds rows [first_row, first_row + rows) of weight [out, in] to bf16 (nearest, ties to even) and
// writes them where the blocks of the transposed weight (k = in, n = out) and of the weight itself
// (k = out, n = in) have them; `backward` may be null. first_row is a multiple of 64, and so is
// `rows` unless they are the last. On the calling thread.
void pack_rows(const float* weight, int64_t out, int64_t in, int64_t first_row, int64_t rows,
               const PairBlocks& forward_blocks, Bf16* forward, const PairBlocks& backward_blocks,
               Bf16* backward);

}  // namespace thaw
