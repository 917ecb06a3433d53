#pragma once

#include <cmath>
#include <cstdint>

#include "base/random.h"

namespace thaw {

// Inverted dropout (Srivastava et al. 2014) whose mask is never stored: element i of a stream is
// kept when random_bits(key, i mod 2^32) >= rate * 2^32 (base/random.h), and then scaled by
// 1 / (1 - rate).
struct Dropout {
  float rate = 0;    // in [0, 1]; 0: off, and the key is ignored; 1: everything is dropped
  uint64_t key = 0;  // random_key(seed, step, layer, site)

  bool on() const { return rate > 0; }
  // What a kept element is multiplied by.
  float scale() const { return rate < 1 ? 1 / (1 - rate) : 0; }
  // Element i is kept when its random bits are at least this.
  uint32_t threshold() const {
    return static_cast<uint32_t>(std::fmin(std::ceil(rate * 0x1p32), 0xFFFFFFFFp0));
  }
  bool keeps(uint32_t i) const { return random_bits(key, i) >= threshold(); }
};

// y = x * mask / (1 - rate), element by element; x may be y. The backward is the same function on
// the gradient. T is float or Bf16.
template <class T>
void dropout_forward(const T* x, int64_t count, Dropout dropout, T* y);  // [count]

}  // namespace thaw
