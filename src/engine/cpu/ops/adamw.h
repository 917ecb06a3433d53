#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

// The numbers that one step computes once, as floats.
struct AdamWFactors {
  explicit AdamWFactors(const AdamW& adamw);
  float scale;                      // gradient_scale
  float keep;                       // 1 - lr * decay
  float take1, beta2, take2;        // 1 - b1, b2, 1 - b2
  float step_size, root2, epsilon;  // lr / (1 - b1^t), sqrt(1 - b2^t)
};

// One pass over memory; the gradient is zeroed as it is read, ready for the next step's +=.
void adamw_update(const AdamW& adamw, int64_t count, float* weight, float* gradient, float* m,
                  float* v);  // all [count]
// The same on the calling thread alone, for callers that share their work out themselves.
void adamw_update_part(const AdamWFactors& factors, int64_t count, float* weight, float* gradient,
                       float* m, float* v);  // all [count]

// Steps that were taken while some parameters had no gradient, to be made up for later. All of one
// rule: beta1, beta2 and epsilon never change.
class AdamWHistory {
 public:
  void add(const AdamW& adamw);
  int64_t size() const { return static_cast<int64_t>(steps_.size()); }
  const AdamWFactors& operator[](int64_t i) const { return steps_[static_cast<size_t>(i)]; }
  float largest_step_size() const { return largest_step_size_; }
  float least_keep() const { return least_keep_; }
  bool decays() const { return decays_; }  // some step has keep != 1

 private:
  std::vector<AdamWFactors> steps_;
  float largest_step_size_ = 0, least_keep_ = 1;
  bool decays_ = false;
};

// Makes the steps history[from], ..., history[history.size() - 1] with a gradient of zero: the same
// bits as adamw_update at each of them. On the calling thread.
void adamw_catch_up(const AdamWHistory& history, int64_t from, int64_t count, float* weight,
                    float* m, float* v);  // all [count]

// Sum of squares in double, for the global norm: the same bits whatever the thread count.
double sum_of_squares(const float* x, int64_t count);
// The same on the calling thread alone, for a count of up to some ten thousands.
double sum_of_squares_part(const float* x, int64_t count);

}  // namespace thaw
