#pragma once

#include <cstdint>
#include <memory>

#include "encoder/encoder.h"
#include "encoder/parameters.h"
#include "gemm/linear.h"
#include "tensor/buffer.h"

namespace thaw {

// From one pooled vector a text to logits, in float:
//   BERT            dense -> tanh -> dropout -> linear
//   DistilBERT      dense -> ReLU -> dropout -> linear
//   RoBERTa, MPNet  dropout -> dense -> tanh -> dropout -> linear
//   ELECTRA         dropout -> dense -> GELU -> dropout -> linear
//   pooling         dropout -> linear
// "Features" are what the first layer that may change reads: the pooled vectors, or, where the
// dense layer is frozen, what comes out of it; nothing is dropped before a frozen dense layer, as
// in frozen layers of the encoder.
class Head {
 public:
  // The table must outlive the head. `dense_trained`: the dense layer can be run backward.
  Head(const ModelConfig& config, const ParameterTable& table, const HeadShape& shape,
       bool dense_trained);

  int64_t hidden() const { return hidden_; }
  int64_t labels() const { return labels_; }
  Pooling pooling() const { return pooling_; }

  // Pooled vectors -> features: through the dense layer where there is one and it is frozen, a copy
  // otherwise. The two must not be the same array.  // both [rows, hidden]
  void features(const float* pooled, int64_t rows, float* features);
  // Features -> logits [rows, labels], valid until the next call; keeps what backward() needs.
  const float* forward(const float* features, int64_t rows, const StepDropout& dropout);
  // Adds to the gradients of the head; d_features [rows, hidden] is null where it is not wanted.
  // Must follow its forward().
  void backward(const float* features, const float* d_logits, int64_t rows,
                const StepDropout& dropout, float* d_features);
  // Backward of features() where the dense layer is frozen but what lies below it is trained. Must
  // follow its features().
  void features_backward(const float* features, const float* d_features, int64_t rows,
                         float* d_pooled);
  void repack();

 private:
  void dense_forward(const float* x, int64_t rows, float* y);
  // y is the activation's result.
  void dense_activation_backward(const float* y, const float* d_y, int64_t rows, float* d_x);
  Dropout input_mask(const StepDropout& dropout) const;
  void reserve(int64_t rows);

  const ParameterTable& table_;
  int64_t hidden_, labels_;
  Pooling pooling_;
  float dropout_rate_;
  HeadTraits traits_;
  bool dense_trained_;
  int layers_;
  std::unique_ptr<PackedWeight> dense_;  // null: there is none
  PackedWeight classifier_;
  int64_t rows_ = 0;
  Buffer<float> dense_input_, dense_sum_, activated_, dropped_, logits_, d_dropped_, d_dense_;
  Buffer<float> column_sums_;
};

}  // namespace thaw
