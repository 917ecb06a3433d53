#pragma once

#include <cstdint>

namespace thaw {

// AdamW with decoupled decay (Loshchilov & Hutter 2019), in PyTorch's order of operations:
//   w *= 1 - lr * decay
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   w -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)
// Numbers are double because 1 - 0.999 is not what a float makes of it; they are rounded to float
// once, where PyTorch does.
struct AdamW {
  double learning_rate = 0;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0;
  int64_t step = 1;           // t, from 1
  double gradient_scale = 1;  // multiplies every gradient first (clipping)
};

// One pass over memory; the gradient is zeroed as it is read, ready for the next step's +=.
void adamw_update(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v);  // all [count]

// Sum of squares in double, for the global norm: the same bits whatever the thread count.
double sum_of_squares(const float* x, int64_t count);

}  // namespace thaw
