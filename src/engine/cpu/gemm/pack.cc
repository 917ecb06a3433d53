#include "engine/cpu/gemm/pack.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/gemm/pack.cc"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thaw {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<float, 64>;
using BitLanes = hn::RebindToUnsigned<Lanes>;
using Bits = hn::Vec<BitLanes>;

// Tiles are read into the cache, turned there, and written past it: nobody reads them before the
// next step has gone through as much other memory.
constexpr int64_t kTile = 64;

// bf16 in the upper halves, zeros in the lower ones. As to_bf16, NaN stays NaN.
HWY_INLINE Bits rounded(hn::Vec<Lanes> v) {
  const BitLanes db;
  const Bits bits = hn::BitCast(db, v);
  const Bits odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(db, 1u));
  const Bits nearest = hn::Add(hn::Add(bits, hn::Set(db, 0x7FFFu)), odd);
  const Bits either = hn::IfThenElse(hn::RebindMask(db, hn::IsNaN(v)),
                                     hn::Or(bits, hn::Set(db, 0x400000u)), nearest);
  return hn::And(either, hn::Set(db, 0xFFFF0000u));
}

// A tile of at most 64 x 64 numbers of the weight, zeros beyond it, rounded.  // bits [64, 64]
void read_tile(const float* weight, int64_t stride, int64_t rows, int64_t columns, uint32_t* bits) {
  const Lanes d;
  const BitLanes db;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t r = 0; r < kTile; ++r) {
    HWY_ALIGN float copy[kTile] = {};
    const float* row = weight + r * stride;
    // The tile to the right is the next to be read.
    for (int64_t c = 0; c < kTile; c += 16) __builtin_prefetch(row + kTile + c);
    if (r >= rows || columns < kTile) {
      if (r < rows) std::copy(row, row + columns, copy);
      row = copy;
    }
    for (int64_t c = 0; c < kTile; c += lanes) {
      hn::Store(rounded(hn::LoadU(d, row + c)), db, bits + r * kTile + c);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

// Element (k, n) of the blocks; the wider targets below never need it, for they go along them.
int64_t place(const PairBlocks& blocks, int64_t k, int64_t n) {
  return k / PairBlocks::kRows * blocks.row_stride +
         n / PairBlocks::kColumns * blocks.column_stride +
         k % PairBlocks::kRows / 2 * 2 * PairBlocks::kColumns + n % PairBlocks::kColumns * 2 +
         k % 2;
}

int64_t padded_rows(const PairBlocks& blocks) {
  return (blocks.k + PairBlocks::kRows - 1) / PairBlocks::kRows * PairBlocks::kRows;
}

void write_backward(const uint32_t* bits, const PairBlocks& blocks, int64_t row, int64_t column,
                    Bf16* packed) {
  for (int64_t r = 0; r < kTile && row + r < padded_rows(blocks); ++r) {
    for (int64_t c = 0; c < kTile; ++c) {
      packed[place(blocks, row + r, column + c)].bits =
          static_cast<uint16_t>(bits[r * kTile + c] >> 16);
    }
  }
}

void write_forward(const uint32_t* bits, const PairBlocks& blocks, int64_t row, int64_t column,
                   Bf16* packed) {
  for (int64_t c = 0; c < kTile && column + c < padded_rows(blocks); ++c) {
    for (int64_t r = 0; r < kTile; ++r) {
      packed[place(blocks, column + c, row + r)].bits =
          static_cast<uint16_t>(bits[r * kTile + c] >> 16);
    }
  }
}

#else

HWY_INLINE Bits pair(Bits first, Bits second) { return hn::Or(hn::ShiftRight<16>(first), second); }

// The weight's own blocks: pairs are numbers of neighbouring rows.
void write_backward(const uint32_t* bits, const PairBlocks& blocks, int64_t row, int64_t column,
                    Bf16* packed) {
  const BitLanes db;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(db));
  for (int64_t r = 0; r < kTile && row + r < blocks.k; r += PairBlocks::kRows) {
    auto* block =
        reinterpret_cast<uint32_t*>(packed + (row + r) / PairBlocks::kRows * blocks.row_stride +
                                    column / PairBlocks::kColumns * blocks.column_stride);
    for (int64_t p = 0; p < PairBlocks::kRows; p += 2) {
      const uint32_t* from = bits + (r + p) * kTile;
      for (int64_t c = 0; c < kTile; c += lanes) {
        hn::Stream(pair(hn::Load(db, from + c), hn::Load(db, from + kTile + c)), db,
                   block + p / 2 * kTile + c);
      }
    }
  }
}

// The transposed weight's blocks: pairs are neighbours in a row, and rows become columns.
void write_forward(const uint32_t* bits, const PairBlocks& blocks, int64_t row, int64_t column,
                   Bf16* packed) {
  constexpr int64_t kPairs = kTile / 2;
  HWY_ALIGN uint32_t pairs[kTile * kPairs];  // [row, pair]
  const BitLanes db;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(db));
  for (int64_t r = 0; r < kTile; ++r) {
    for (int64_t c = 0; c < kTile; c += 2 * lanes) {
      const Bits low = hn::Load(db, bits + r * kTile + c);
      const Bits high = hn::Load(db, bits + r * kTile + c + lanes);
      hn::Store(pair(hn::ConcatEven(db, high, low), hn::ConcatOdd(db, high, low)), db,
                pairs + r * kPairs + c / 2);
    }
  }
  const hn::FixedTag<uint32_t, 4> d4;
  const hn::FixedTag<uint64_t, 2> d2;
  HWY_ALIGN uint32_t lines[4 * kTile];  // [pair, row]
  for (int64_t q = 0; q < kPairs; q += 4) {
    const int64_t k = column + 2 * q;
    const int64_t block_row = k / PairBlocks::kRows;
    if (block_row * PairBlocks::kRows >= blocks.k) return;
    for (int64_t r = 0; r < kTile; r += 4) {
      const uint32_t* from = pairs + r * kPairs + q;
      const auto a = hn::Load(d4, from), b = hn::Load(d4, from + kPairs);
      const auto c = hn::Load(d4, from + 2 * kPairs), d = hn::Load(d4, from + 3 * kPairs);
      const auto ab_low = hn::BitCast(d2, hn::InterleaveLower(d4, a, b));
      const auto ab_high = hn::BitCast(d2, hn::InterleaveUpper(d4, a, b));
      const auto cd_low = hn::BitCast(d2, hn::InterleaveLower(d4, c, d));
      const auto cd_high = hn::BitCast(d2, hn::InterleaveUpper(d4, c, d));
      const auto put = [&](auto v, int64_t line) HWY_ATTR {
        hn::Store(hn::BitCast(d4, v), d4, lines + line * kTile + r);
      };
      put(hn::InterleaveLower(d2, ab_low, cd_low), 0);
      put(hn::InterleaveUpper(d2, ab_low, cd_low), 1);
      put(hn::InterleaveLower(d2, ab_high, cd_high), 2);
      put(hn::InterleaveUpper(d2, ab_high, cd_high), 3);
    }
    auto* block = reinterpret_cast<uint32_t*>(packed + block_row * blocks.row_stride +
                                              row / PairBlocks::kColumns * blocks.column_stride);
    uint32_t* to = block + k % PairBlocks::kRows / 2 * kTile;
    for (int64_t i = 0; i < 4 * kTile; i += lanes) hn::Stream(hn::Load(db, lines + i), db, to + i);
  }
}

#endif

void pack_range(const WeightRows& from, const PackedBlocks& forward, const PackedBlocks& backward) {
  HWY_ALIGN uint32_t bits[kTile * kTile];
  const int64_t in = from.in, end = std::min(from.out, from.first_row + from.rows);
  for (int64_t row = from.first_row; row < end; row += kTile) {
    for (int64_t column = 0; column < in; column += kTile) {
      read_tile(from.weight + row * in + column, in, std::min(kTile, end - row),
                std::min(kTile, in - column), bits);
      write_forward(bits, forward.layout, row, column, forward.values);
      if (backward.values != nullptr) {
        write_backward(bits, backward.layout, row, column, backward.values);
      }
    }
  }
  hwy::FlushStream();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace thaw
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thaw {
namespace {
HWY_EXPORT(pack_range);
}

void pack_rows(const WeightRows& from, const PackedBlocks& forward, const PackedBlocks& backward) {
  HWY_DYNAMIC_DISPATCH(pack_range)(from, forward, backward);
}

}  // namespace thaw
#endif  // HWY_ONCE
