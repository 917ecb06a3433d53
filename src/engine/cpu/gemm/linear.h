#pragma once

#include <cstdint>
#include <memory>

#include "base/bf16.h"

namespace thaw {

// The matrix products of a linear layer y = x W^T + b, on oneDNN. T is float or Bf16; sums are
// float. Plans (JIT-compiled kernels) are kept in a table of their own, so callers should round
// token counts up to few different values (kTokenMultiple). Not for concurrent callers: each call
// uses all threads of base/threads.h itself.

inline constexpr int64_t kTokenMultiple = 32;
inline int64_t padded_token_count(int64_t tokens) {
  return (tokens + kTokenMultiple - 1) / kTokenMultiple * kTokenMultiple;
}

// W [out, in] in the blocked layouts that the products read, made from fp32 once after loading and
// once after each optimizer step.
class PackedWeight {
 public:
  // `backward`: keep the layout for linear_backward_input as well.
  PackedWeight(int64_t out, int64_t in, NumberType precision, bool backward);
  PackedWeight(PackedWeight&&) noexcept;
  PackedWeight& operator=(PackedWeight&&) noexcept;
  ~PackedWeight();

  void pack(const float* weight /* [out, in] */);

  // True where both layouts are ones that thaw writes itself, which is several times faster than
  // oneDNN's reorder. Then any thread may take some rows of the weight [out, in] anew: from a
  // multiple of 64 on, and a multiple of 64 of them unless they are the last.
  bool packs_by_rows() const;
  void pack_rows(const float* weight, int64_t first_row, int64_t rows);

  // pack() by oneDNN's reorder, whatever the layout.
  void pack_by_reorder(const float* weight);
  // Whether both hold the same bytes, padding included.
  bool same_bytes(const PackedWeight& other) const;

  int64_t out() const;
  int64_t in() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// y [tokens, out] = x [tokens, in] W^T + bias [out]; bias may be null.
template <class T>
void linear_forward(const PackedWeight& weight, const float* bias, const T* x, int64_t tokens,
                    T* y);

// d_x [tokens, in] = d_y [tokens, out] W, or += where `accumulate`. The weight must have been made
// with `backward`.
template <class T>
void linear_backward_input(const PackedWeight& weight, const T* d_y, int64_t tokens, T* d_x,
                           bool accumulate = false);

// d_weight [out, in] += d_y^T x, summed over tokens in float. Rows of d_y beyond the batch's own
// tokens must be zero.
template <class T>
void linear_backward_weight(const T* d_y /* [tokens, out] */, const T* x /* [tokens, in] */,
                            int64_t tokens, int64_t out, int64_t in, float* d_weight);

// True where the CPU multiplies bf16 natively (AVX512-BF16, AMX): what --precision auto asks.
bool cpu_has_bf16();

// True where it multiplies bf16 at all: with AVX-512, slowly where not natively. Without it
// products of Bf16 throw dnnl::error.
bool cpu_can_bf16();

// "2.6.3", for the record of a run.
const char* gemm_library_version();

}  // namespace thaw
