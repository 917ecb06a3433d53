#include "classifier/head.h"

#include <algorithm>
#include <cstring>

#include "base/threads.h"
#include "ops/activation.h"

namespace thaw {
namespace {

constexpr int kHeadSite = 4, kHeadInputSite = 5;

}  // namespace

Head::Head(const ModelConfig& config, const ParameterTable& table, const HeadShape& shape,
           bool dense_trained)
    : table_(table),
      hidden_(config.hidden_size),
      labels_(shape.labels),
      pooling_(shape.native ? Pooling::kCls : shape.pooling),
      dropout_rate_(config.classifier_dropout),
      traits_(config.traits().head),
      dense_trained_(dense_trained && shape.native),
      layers_(table.layers),
      classifier_(shape.labels, config.hidden_size, Precision::kFp32, true) {
  if (shape.native) {
    dense_ = std::make_unique<PackedWeight>(hidden_, hidden_, Precision::kFp32, true);
    dense_->pack(table_.at(Role::kDenseWeight, 0).value);
  }
  classifier_.pack(table_.at(Role::kClassifierWeight, 0).value);
}

void Head::repack() {
  if (dense_trained_) dense_->pack(table_.at(Role::kDenseWeight, 0).value);
  classifier_.pack(table_.at(Role::kClassifierWeight, 0).value);
}

void Head::reserve(int64_t rows) {
  column_sums_.reserve(int64_t{thread_count()} * std::max(hidden_, labels_));
  if (rows <= rows_) return;
  dense_input_ = Buffer<float>(rows * hidden_);
  dense_sum_ = Buffer<float>(rows * hidden_);
  activated_ = Buffer<float>(rows * hidden_);
  dropped_ = Buffer<float>(rows * hidden_);
  logits_ = Buffer<float>(rows * labels_);
  d_dropped_ = Buffer<float>(rows * hidden_);
  d_dense_ = Buffer<float>(rows * hidden_);
  rows_ = rows;
}

void Head::dense_forward(const float* x, int64_t rows, float* y) {
  reserve(rows);
  linear_forward(*dense_, table_.at(Role::kDenseBias, 0).value, x, rows, dense_sum_.data());
  switch (traits_.activation) {
    case HeadTraits::Activation::kTanh:
      return tanh_forward(dense_sum_.data(), rows * hidden_, y);
    case HeadTraits::Activation::kRelu:
      return activation_forward(Activation::kRelu, dense_sum_.data(), rows * hidden_, y);
    case HeadTraits::Activation::kGelu:
      return activation_forward(Activation::kGelu, dense_sum_.data(), rows * hidden_, y);
  }
}

void Head::dense_activation_backward(const float* y, const float* d_y, int64_t rows, float* d_x) {
  const auto backward = [&](Activation kind) {
    activation_backward<float>(kind, dense_sum_.data(), d_y, rows, hidden_, d_x, nullptr, nullptr);
  };
  switch (traits_.activation) {
    case HeadTraits::Activation::kTanh:
      return tanh_backward(y, d_y, rows * hidden_, d_x);
    case HeadTraits::Activation::kRelu:
      return backward(Activation::kRelu);
    case HeadTraits::Activation::kGelu:
      return backward(Activation::kGelu);
  }
}

void Head::features(const float* pooled, int64_t rows, float* features) {
  if (dense_ && !dense_trained_) {
    dense_forward(pooled, rows, features);
  } else {
    std::memcpy(features, pooled, rows * hidden_ * sizeof(float));
  }
}

Dropout Head::input_mask(const StepDropout& dropout) const {
  return traits_.dropout_first ? dropout.at(dropout_rate_, layers_, kHeadInputSite) : Dropout{};
}

const float* Head::forward(const float* features, int64_t rows, const StepDropout& dropout) {
  reserve(rows);
  const float* x = features;
  if (dense_trained_) {
    const Dropout mask = input_mask(dropout);
    if (mask.on()) {
      dropout_forward(x, rows * hidden_, mask, dense_input_.data());
      x = dense_input_.data();
    }
    dense_forward(x, rows, activated_.data());
    x = activated_.data();
  }
  const Dropout mask = dropout.at(dropout_rate_, layers_, kHeadSite);
  if (mask.rate > 0) {
    dropout_forward(x, rows * hidden_, mask, dropped_.data());
  } else {
    std::memcpy(dropped_.data(), x, rows * hidden_ * sizeof(float));
  }
  linear_forward(classifier_, table_.at(Role::kClassifierBias, 0).value, dropped_.data(), rows,
                 logits_.data());
  return logits_.data();
}

void Head::backward(const float* features, const float* d_logits, int64_t rows,
                    const StepDropout& dropout, float* d_features) {
  const auto gradient = [&](Role role) { return table_.at(role, 0).gradient; };
  if (float* d_weight = gradient(Role::kClassifierWeight)) {
    linear_backward_weight(d_logits, dropped_.data(), rows, labels_, hidden_, d_weight);
  }
  if (float* d_bias = gradient(Role::kClassifierBias)) {
    bias_backward(d_logits, rows, labels_, d_bias, column_sums_.data());
  }
  if (d_features == nullptr && !dense_trained_) return;

  linear_backward_input(classifier_, d_logits, rows, d_dropped_.data());
  const Dropout mask = dropout.at(dropout_rate_, layers_, kHeadSite);
  if (mask.rate > 0) dropout_forward(d_dropped_.data(), rows * hidden_, mask, d_dropped_.data());
  if (!dense_trained_) {
    std::memcpy(d_features, d_dropped_.data(), rows * hidden_ * sizeof(float));
    return;
  }
  dense_activation_backward(activated_.data(), d_dropped_.data(), rows, d_dense_.data());
  const Dropout first_mask = input_mask(dropout);
  if (float* d_weight = gradient(Role::kDenseWeight)) {
    linear_backward_weight(d_dense_.data(), first_mask.on() ? dense_input_.data() : features, rows,
                           hidden_, hidden_, d_weight);
  }
  if (float* d_bias = gradient(Role::kDenseBias)) {
    bias_backward(d_dense_.data(), rows, hidden_, d_bias, column_sums_.data());
  }
  if (d_features == nullptr) return;
  linear_backward_input(*dense_, d_dense_.data(), rows, d_features);
  if (first_mask.on()) dropout_forward(d_features, rows * hidden_, first_mask, d_features);
}

void Head::features_backward(const float* features, const float* d_features, int64_t rows,
                             float* d_pooled) {
  if (dense_ && !dense_trained_) {
    dense_activation_backward(features, d_features, rows, d_dense_.data());
    linear_backward_input(*dense_, d_dense_.data(), rows, d_pooled);
  } else {
    std::memcpy(d_pooled, d_features, rows * hidden_ * sizeof(float));
  }
}

}  // namespace thaw
