#pragma once  // Tests: tests/engine/cpu/ops/pooling_test.cc

#include "base/buffer.h"
#include "engine/batch.h"
#include "engine/cpu/head.h"

namespace thaw {

// Makes one vector of a text's tokens, by the poolings of a head: of several the vectors stand one
// behind the other. T is float or Bf16.
template <class T>
class TokenPooling {
 public:
  explicit TokenPooling(const Head& head) : poolings_(head.pooling()), hidden_(head.hidden()) {}

  // x [tokens, hidden] -> pooled [sequences, pooled_size]; keeps what backward() needs.
  void forward(const Batch& batch, const T* x, float* pooled);
  // The gradient, to every row of d_x [padded_tokens, hidden]. Must follow its forward().
  void backward(const Batch& batch, const float* d_pooled, T* d_x);

 private:
  void forward_one(Pooling pooling, const Batch& batch, const T* x, float* pooled);
  void backward_one(Pooling pooling, const Batch& batch, const float* d_pooled, T* d_x);

  std::vector<Pooling> poolings_;
  int64_t hidden_;
  Buffer<int32_t> argmax_;  // [sequences, hidden], of the maximum
  Buffer<float> one_;       // [sequences, hidden], where there are several
  Buffer<T> d_one_;         // [padded_tokens, hidden]
};

}  // namespace thaw
