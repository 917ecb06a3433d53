#pragma once

#include <cstdint>

namespace thaw {

// Inverted dropout (Srivastava et al. 2014) whose mask is never stored: element i of a stream is
// kept when random_bits(key, i) >= rate * 2^32 (base/random.h), and then scaled by 1/(1 - rate).
struct Dropout {
  float rate = 0;    // 0: off, and the key is ignored
  uint64_t key = 0;  // random_key(seed, step, layer, site)
};

// y = x * mask / (1 - rate), element by element; x may be y. The backward is the same function on
// the gradient. T is float or Bf16.
template <class T>
void dropout_forward(const T* x, int64_t count, Dropout dropout, T* y);  // [count]

}  // namespace thaw
