// What both directions of attention are made of: panels of floats in scratch, one product of panels
// on register tiles, packing, and 2^x. Included once for each instruction set.
//
// Scores lie transposed, [keys, queries]: the lanes of a vector are neighbouring queries, so the
// softmax's maxima and sums over the keys are plain vector operations, and neither keys nor queries
// need masks (the lanes beyond the last query hold finite numbers which nothing reads).
#if defined(THAW_OPS_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef THAW_OPS_ATTENTION_INL_H_
#undef THAW_OPS_ATTENTION_INL_H_
#else
#define THAW_OPS_ATTENTION_INL_H_
#endif

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/cpu/ops/attention_plan.h"
#include "engine/cpu/ops/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thaw::HWY_NAMESPACE {

// Rows of floats, `stride` floats from one row to the next.
struct Panel {
  float* data;
  int64_t stride;
  float* row(int64_t i) const { return data + i * stride; }
};

inline int64_t vectors_of(int64_t count) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(Lanes()));
  return (count + lanes - 1) / lanes;
}

// ---- Products of panels.

// c[i, :] (+)= sum over k of a[i * a_row + k * a_step] * b[k, :], for whole vectors of columns.
struct Product {
  const float* a;
  int64_t a_row, a_step;
  const float* b;
  int64_t b_row;
  float* c;
  int64_t c_row;
  int64_t depth;    // how many k
  bool accumulate;  // += rather than =
};

// As many accumulators as the registers hold beside one row of b and one element of a.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
inline constexpr size_t kTileRows = 6, kTileVectors = 4;
#else
inline constexpr size_t kTileRows = 6, kTileVectors = 2;
#endif

template <size_t kVectors, size_t... kIndices>
HWY_INLINE void load_tile(Lanes d, const Product& p, Float* sums,
                          std::index_sequence<kIndices...>) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  if (p.accumulate) {
    ((sums[kIndices] =
          hn::LoadU(d, p.c + (kIndices / kVectors) * p.c_row + (kIndices % kVectors) * lanes)),
     ...);
  } else {
    ((sums[kIndices] = hn::Zero(d)), ...);
  }
}

template <size_t kVectors, size_t... kIndices>
HWY_INLINE void store_tile(Lanes d, const Product& p, const Float* sums,
                           std::index_sequence<kIndices...>) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  (hn::StoreU(sums[kIndices], d,
              p.c + (kIndices / kVectors) * p.c_row + (kIndices % kVectors) * lanes),
   ...);
}

template <size_t... kColumns>
HWY_INLINE void load_row(Lanes d, const float* b, Float* row, std::index_sequence<kColumns...>) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  ((row[kColumns] = hn::LoadU(d, b + kColumns * lanes)), ...);
}

template <size_t kVectors, size_t... kIndices>
HWY_INLINE void add_outer_product(Lanes d, const float* a, int64_t a_row, const Float* row,
                                  Float* sums, std::index_sequence<kIndices...>) {
  ((sums[kIndices] = hn::MulAdd(hn::Set(d, a[(kIndices / kVectors) * a_row]),
                                row[kIndices % kVectors], sums[kIndices])),
   ...);
}

// Index sequences rather than loops: every accumulator then has a constant index and a register.
template <size_t kRows, size_t kVectors>
HWY_NOINLINE void multiply_tile(const Product& p) {
  const Lanes d;
  constexpr auto kAll = std::make_index_sequence<kRows * kVectors>();
  Float sums[kRows * kVectors];
  load_tile<kVectors>(d, p, sums, kAll);
  const float* a = p.a;
  const float* b = p.b;
  const int64_t a_row = p.a_row, a_step = p.a_step, b_row = p.b_row;
  for (int64_t k = p.depth; k > 0; --k, a += a_step, b += b_row) {
    Float row[kVectors];
    load_row(d, b, row, std::make_index_sequence<kVectors>());
    add_outer_product<kVectors>(d, a, a_row, row, sums, kAll);
  }
  store_tile<kVectors>(d, p, sums, kAll);
}

using TileFunction = void (*)(const Product&);

template <size_t... kIndices>
HWY_INLINE TileFunction tile_function(size_t rows, size_t vectors,
                                      std::index_sequence<kIndices...>) {
  static constexpr TileFunction kTiles[] = {
      &multiply_tile<kIndices / kTileVectors + 1, kIndices % kTileVectors + 1>...};
  return kTiles[(rows - 1) * kTileVectors + vectors - 1];
}

// The whole product: `rows` rows of c by `vectors` vectors. Rows and columns are cut into tiles of
// nearly equal size, since a thin last tile would wait for its few sums instead of multiplying.
inline void multiply(const Product& whole, int64_t rows, int64_t vectors) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(Lanes()));
  const int64_t column_tiles = (vectors + kTileVectors - 1) / kTileVectors;
  const int64_t row_tiles = (rows + kTileRows - 1) / kTileRows;
  for (int64_t column = 0; column < column_tiles; ++column) {
    const int64_t first_vector = vectors * column / column_tiles;
    const int64_t tile_vectors = vectors * (column + 1) / column_tiles - first_vector;
    for (int64_t row = 0; row < row_tiles; ++row) {
      const int64_t first_row = rows * row / row_tiles;
      const int64_t tile_rows = rows * (row + 1) / row_tiles - first_row;
      Product tile = whole;
      tile.a += first_row * whole.a_row;
      tile.b += first_vector * lanes;
      tile.c += first_row * whole.c_row + first_vector * lanes;
      tile_function(static_cast<size_t>(tile_rows), static_cast<size_t>(tile_vectors),
                    std::make_index_sequence<kTileRows * kTileVectors>())(tile);
    }
  }
}

// c [rows, columns] (+)= a [rows, depth] * b [depth, columns]
inline void multiply_panels(Panel a, Panel b, Panel c, int64_t rows, int64_t depth, int64_t columns,
                            bool accumulate) {
  multiply({a.data, a.stride, 1, b.data, b.stride, c.data, c.stride, depth, accumulate}, rows,
           vectors_of(columns));
}

// c [rows, columns] (+)= transpose(a [depth, rows]) * b [depth, columns]
inline void multiply_transposed(Panel a, Panel b, Panel c, int64_t rows, int64_t depth,
                                int64_t columns, bool accumulate) {
  multiply({a.data, 1, a.stride, b.data, b.stride, c.data, c.stride, depth, accumulate}, rows,
           vectors_of(columns));
}

// ---- Packing.

// Rows of T as a panel of floats whose columns reach to whole vectors, zeros beyond `columns`.
template <class T>
void pack_rows(const T* from, int64_t stride, int64_t rows, int64_t columns, Panel to) {
  const Lanes d;
  for (int64_t i = 0; i < rows; ++i) {
    for_each_vector(d, columns, [&](int64_t k, auto part) THAW_VECTOR_LAMBDA {
      hn::StoreU(load(d, from + i * stride + k, part), d, to.row(i) + k);
    });
  }
}

// A panel over rows of T: the rows themselves where they are floats that whole vectors cover and
// `reused` is false; otherwise a copy in `room`, close together (rows of qkv lie kilobytes apart
// and compete for a few cache sets).
template <class T>
HWY_INLINE Panel rows_panel(const T* from, int64_t stride, int64_t rows, int64_t columns,
                            bool reused, Panel room) {
  if constexpr (std::is_same_v<T, float>) {
    if (!reused && columns % static_cast<int64_t>(hn::Lanes(Lanes())) == 0) {
      return {const_cast<float*>(from), stride};
    }
  }
  pack_rows(from, stride, rows, columns, room);
  return room;
}

#if HWY_TARGET == HWY_SCALAR

// to[k, i] = from[i, k] * factor, with zeros for the lanes beyond the last row.
template <class T>
void pack_transposed(const T* from, int64_t stride, int64_t rows, int64_t columns, float factor,
                     Panel to) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t k = 0; k < columns; ++k) to.row(k)[i] = to_float(from[i * stride + k]) * factor;
  }
}

// sums[i] = sum over k of a[i, k] * b[i, k]. Writes sums up to a multiple of four.
template <class T>
void dot_rows(const T* a, const T* b, int64_t stride, int64_t rows, int64_t columns, float* sums) {
  for (int64_t i = 0; i < rows; ++i) {
    sums[i] = 0;
    for (int64_t k = 0; k < columns; ++k) {
      sums[i] += to_float(a[i * stride + k]) * to_float(b[i * stride + k]);
    }
  }
}

#else

// Transposes the 4 x 4 floats that the four vectors hold in each 128-bit block.
HWY_INLINE void transpose_blocks(Lanes d, Float& v0, Float& v1, Float& v2, Float& v3) {
  const hn::Repartition<double, Lanes> dd;
  const auto low01 = hn::BitCast(dd, hn::InterleaveLower(d, v0, v1));
  const auto high01 = hn::BitCast(dd, hn::InterleaveUpper(d, v0, v1));
  const auto low23 = hn::BitCast(dd, hn::InterleaveLower(d, v2, v3));
  const auto high23 = hn::BitCast(dd, hn::InterleaveUpper(d, v2, v3));
  v0 = hn::BitCast(d, hn::InterleaveLower(dd, low01, low23));
  v1 = hn::BitCast(d, hn::InterleaveUpper(dd, low01, low23));
  v2 = hn::BitCast(d, hn::InterleaveLower(dd, high01, high23));
  v3 = hn::BitCast(d, hn::InterleaveUpper(dd, high01, high23));
}

// Stores the vector's 128-bit blocks `step` floats apart.
template <class D, class V>
HWY_INLINE void store_blocks(D d, V v, float* to, int64_t step) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    store_blocks(half, hn::LowerHalf(half, v), to, step);
    store_blocks(half, hn::UpperHalf(half, v),
                 to + static_cast<int64_t>(hn::Lanes(half)) / 4 * step, step);
  } else {
    hn::StoreU(v, d, to);
  }
}

// Sum of each vector's lanes, the four sums side by side.
template <class D, class V>
HWY_INLINE void store_block_sum(D d, V v, float* to) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    store_block_sum(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)), to);
  } else {
    hn::StoreU(v, d, to);
  }
}

// to[k, i] = from[i, k] * factor, with zeros for the lanes beyond the last row.
template <class T>
void pack_transposed(const T* from, int64_t stride, int64_t rows, int64_t columns, float factor,
                     Panel to) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Float factors = hn::Set(d, factor);
  const int64_t padded_rows = vectors_of(rows) * lanes;
  for (int64_t i = 0; i < padded_rows; i += 4) {
    const int64_t present = std::clamp<int64_t>(rows - i, 0, 4);
    const T* r0 = from + i * stride;
    for_each_vector(d, columns, [&](int64_t k, auto part) THAW_VECTOR_LAMBDA {
      Float v0 = hn::Zero(d), v1 = v0, v2 = v0, v3 = v0;
      if (present > 0) v0 = hn::Mul(load(d, r0 + k, part), factors);
      if (present > 1) v1 = hn::Mul(load(d, r0 + stride + k, part), factors);
      if (present > 2) v2 = hn::Mul(load(d, r0 + 2 * stride + k, part), factors);
      if (present > 3) v3 = hn::Mul(load(d, r0 + 3 * stride + k, part), factors);
      transpose_blocks(d, v0, v1, v2, v3);
      // Block b of vector c is column k + 4 b + c. The panel has room for whole vectors of columns.
      float* out = to.row(k) + i;
      store_blocks(d, v0, out, 4 * to.stride);
      store_blocks(d, v1, out + to.stride, 4 * to.stride);
      store_blocks(d, v2, out + 2 * to.stride, 4 * to.stride);
      store_blocks(d, v3, out + 3 * to.stride, 4 * to.stride);
    });
  }
}

// sums[i] = sum over k of a[i, k] * b[i, k]. Writes sums up to a multiple of four.
template <class T>
void dot_rows(const T* a, const T* b, int64_t stride, int64_t rows, int64_t columns, float* sums) {
  const Lanes d;
  for (int64_t i = 0; i < rows; i += 4) {
    Float v[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    const int64_t present = std::min<int64_t>(rows - i, 4);
    for (int64_t r = 0; r < present; ++r) {
      Float sum = hn::Zero(d);
      for_each_vector(d, columns, [&](int64_t k, auto part) THAW_VECTOR_LAMBDA {
        const int64_t at = (i + r) * stride + k;
        sum = hn::MulAdd(load(d, a + at, part), load(d, b + at, part), sum);
      });
      v[r] = sum;
    }
    transpose_blocks(d, v[0], v[1], v[2], v[3]);
    store_block_sum(d, hn::Add(hn::Add(v[0], v[1]), hn::Add(v[2], v[3])), sums + i);
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

// to[i, :] = from[i, :] * factor
template <class T>
HWY_INLINE void store_row(Lanes d, const float* from, Float factor, int64_t columns, T* to) {
  for_each_vector(d, columns, [&](int64_t k, auto part) THAW_VECTOR_LAMBDA {
    store(hn::Mul(hn::LoadU(d, from + k), factor), d, to + k, part);
  });
}

// ---- The bias by distance.

// The biases of the block's queries and keys, for the product with `accumulate` to add to: scores
// are in units of log2. `bias` stands at the distance of the first query and the first key.
inline void fill_with_bias(const float* bias, int64_t keys, int64_t queries, Panel scores) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Float log2_e = hn::Set(d, 1.44269504f);
  for (int64_t j = 0; j < keys; ++j) {
    for (int64_t i = 0; i < queries; i += lanes) {
      hn::StoreU(hn::Mul(hn::LoadU(d, bias + i - j), log2_e), d, scores.row(j) + i);
    }
  }
}

// Its gradient: d_bias[i - j] += d_scores[j, i].
inline void add_to_distances(Panel d_scores, int64_t keys, int64_t queries, float* d_bias) {
  const Lanes d;
  for (int64_t j = 0; j < keys; ++j) {
    for_each_vector(d, queries, [&](int64_t i, auto part) THAW_VECTOR_LAMBDA {
      float* at = d_bias + i - j;
      store(hn::Add(load(d, at, part), hn::LoadU(d, d_scores.row(j) + i)), d, at, part);
    });
  }
}

// ---- Softmax.

// 2^x for x <= 0, within 2 ulp; exactly 0 below -100, where products with it could become
// subnormal, which is slow; NaN stays NaN. Adding 1.5 * 2^23 rounds x to the nearest whole number n
// and leaves n in the low bits; 2^(x - n) is its minimax polynomial with p(0) = 1, off by 1e-7.
HWY_INLINE Float exp2_of_negative(Lanes d, Float x) {
  const BitLanes db;
  const Float magic = hn::Set(d, 12582912.0f);
  const Float shifted = hn::Add(x, magic);
  const Float r = hn::Sub(x, hn::Sub(shifted, magic));
  Float p = hn::Set(d, 0.00132647273f);
  p = hn::MulAdd(p, r, hn::Set(d, 0.00967151299f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.0555073358f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.240222424f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.693147004f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  const Bits power = hn::ShiftLeft<23>(hn::BitCast(db, shifted));
  const Float scaled = hn::BitCast(d, hn::Add(hn::BitCast(db, p), power));
  return hn::IfThenZeroElse(hn::Lt(x, hn::Set(d, -100.0f)), scaled);
}

// The dropout masks of one block of queries: lanes are queries, see engine/cpu/ops/attention.h for
// the counter.
struct AttentionMask {
  AttentionMask(const Dropout& dropout, int64_t heads, int64_t first_row, int64_t head)
      : key(dropout.key),
        threshold(dropout.threshold()),
        step(static_cast<uint32_t>(heads * 4096)),
        first(static_cast<uint32_t>((first_row * heads + head) * 4096)) {}

  // The counters of the queries [i, i + lanes) and key 0.
  HWY_INLINE Bits counters(int64_t i) const {
    const BitLanes db;
    const Bits rows = hn::Add(hn::Iota(db, 0), hn::Set(db, static_cast<uint32_t>(i)));
    return hn::Add(hn::Mul(rows, hn::Set(db, step)), hn::Set(db, first));
  }

  // Which pairs of query and key are dropped.
  HWY_INLINE hn::Mask<Lanes> dropped(Lanes d, Bits counter) const {
    const BitLanes db;
    return hn::RebindMask(d, hn::Lt(random_bits(db, key, counter), hn::Set(db, threshold)));
  }

  uint64_t key;
  uint32_t threshold, step, first;
};

}  // namespace thaw::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // THAW_OPS_ATTENTION_INL_H_
