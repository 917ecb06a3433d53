#pragma once

#include <cstdint>
#include <memory>

namespace thaw {

// The product of a linear layer in 8 bits with exact 32-bit sums, on oneDNN (VNNI, AMX). Rows come
// from quantize_rows (engine/cpu/ops/quantization.h), which also says how the sums become numbers
// again: the scales are applied in the pass that follows anyway. Not for concurrent callers.

// W [out, in] as q[o, i] * scale[o] with scale[o] = max |W[o]| / 127, packed for the product.
class QuantizedWeight {
 public:
  QuantizedWeight(int64_t out, int64_t in);
  QuantizedWeight(QuantizedWeight&&) noexcept;
  QuantizedWeight& operator=(QuantizedWeight&&) noexcept;
  ~QuantizedWeight();

  // W[o, i] * factor[i] in 8 bits; factor may be null.
  void pack(const float* weight /* [out, in] */, const float* factor /* [in] */);

  int64_t out() const;
  int64_t in() const;
  const float* scale() const;  // [out]
  const float* sum() const;    // [out] of q[o]

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// sums [tokens, out] = x [tokens, in] q^T
void quantized_product(const QuantizedWeight& weight, const uint8_t* x, int64_t tokens,
                       int32_t* sums);

// True where the CPU sums 8-bit products into 32 bits without saturating between (AVX512-VNNI,
// AMX). Others would give other numbers, so int8 is refused there.
bool cpu_has_int8();

}  // namespace thaw
