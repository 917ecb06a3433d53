#pragma once

#include <cstdint>

namespace thaw {

// AdamW with decoupled decay (Loshchilov & Hutter 2019), in PyTorch's order of operations:
//   w *= 1 - lr * decay
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   w -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)
struct AdamW {
  float learning_rate = 0;
  float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  float weight_decay = 0;
  int64_t step = 1;         // t, from 1
  float gradient_scale = 1; // multiplies every gradient first (clipping)
};

// One pass over memory; the gradient is zeroed as it is read, ready for the next step's +=.
void adamw_update(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v);  // all [count]

// Sum of squares in double, the same bits for a given thread count.
double sum_of_squares(const float* x, int64_t count);

}  // namespace thaw
