#pragma once

#include <cstdint>
#include <vector>

#include "base/buffer.h"
#include "engine/cpu/encoder.h"
#include "engine/cpu/gemm/linear.h"
#include "model/parameters.h"

namespace thaw {

// From one pooled vector a text to logits, in float:
//   BERT            dense -> tanh -> dropout -> linear
//   DistilBERT      dense -> ReLU -> dropout -> linear
//   RoBERTa, MPNet  dropout -> dense -> tanh -> dropout -> linear
//   ELECTRA         dropout -> dense -> GELU -> dropout -> linear
//   pooling         Dense modules, each dense -> activation -> dropout -> linear
// "Features" are what the first layer that may change reads: the pooled vectors, or, where the
// dense layers are frozen, what comes out of them; nothing is dropped before a frozen dense layer,
// as in frozen layers of the encoder.
class Head {
 public:
  // The table must outlive the head. `dense_trained`: the dense layers can be run backward; without
  // any it says nothing.
  Head(const ModelConfig& config, const ParameterTable& table, const HeadShape& shape,
       bool dense_trained);

  int64_t hidden() const { return sizes_.hidden; }
  int64_t pooled_size() const { return sizes_.pooled; }
  int64_t feature_size() const { return sizes_.features; }
  int64_t labels() const { return sizes_.labels; }
  const std::vector<Pooling>& pooling() const { return pooling_; }

  // Pooled vectors [rows, pooled_size] -> features [rows, feature_size]: through the dense layers
  // where there are some and they are frozen, a copy otherwise. The two must not be the same array.
  void features(const float* pooled, int64_t rows, float* features);
  // Features -> logits [rows, labels], valid until the next call; keeps what backward() needs.
  const float* forward(const float* features, int64_t rows, const StepDropout& dropout);
  // Adds to the gradients of the head; d_features [rows, feature_size] is null where it is not
  // wanted. Must follow its forward().
  void backward(const float* features, const float* d_logits, int64_t rows,
                const StepDropout& dropout, float* d_features);
  // Backward of features() where the dense layers are frozen but what lies below them is trained.
  // d_features [rows, feature_size], d_pooled [rows, pooled_size]. Must follow its features().
  void features_backward(const float* d_features, int64_t rows, float* d_pooled);
  void repack();

 private:
  // A linear layer and its activation, with what one pass keeps for the way back.
  struct Dense {
    int weight, bias;  // in the table; -1: no bias
    int64_t in, out;
    HeadTraits::Activation activation;
    PackedWeight packed;
    Buffer<float> sum, result, d_sum;  // [rows, out]
  };

  void add_dense(int weight, int bias, HeadTraits::Activation activation);
  // x [rows, in] -> the last layer's result.
  const float* dense_forward(const float* x, int64_t rows);
  // d_result [rows, out of the last] -> d_x [rows, in of the first], which may be null; with
  // `gradients` those of the weights are added. Must follow its dense_forward(x).
  void dense_backward(const float* x, const float* d_result, int64_t rows, bool gradients,
                      float* d_x);
  Dropout input_mask(const StepDropout& dropout) const;
  void reserve(int64_t rows);

  // Columns of what goes through.
  struct Sizes {
    int64_t hidden;            // of the encoder
    int64_t pooled, features;  // of a text's pooled vector, and of its features
    int64_t classifier_input;  // what the last linear layer reads
    int64_t labels;
  };
  struct HeadDropout {
    float rate;
    bool before_dense;  // too, not only before the last linear layer
    int layer;          // the number that its masks are drawn for
  };
  // What one pass keeps, beside the dense layers' own.
  struct Buffers {
    int64_t rows = 0;  // that there is memory for
    Buffer<float> dense_input, dropped, logits, d_dropped, d_between;
    Buffer<float> column_sums;
  };

  const ParameterTable& table_;
  Sizes sizes_;
  std::vector<Pooling> pooling_;
  HeadDropout dropout_;
  bool dense_trained_;
  std::vector<Dense> dense_;
  PackedWeight classifier_;
  Buffers buffers_;
};

}  // namespace thaw
