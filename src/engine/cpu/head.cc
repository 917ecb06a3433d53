#include "engine/cpu/head.h"

#include <algorithm>
#include <cstring>

#include "base/threads.h"
#include "engine/cpu/ops/activation.h"

namespace thaw {
namespace {

constexpr int kHeadSite = 4, kHeadInputSite = 5;

void activate(HeadTraits::Activation kind, const float* sum, int64_t count, float* result) {
  switch (kind) {
    case HeadTraits::Activation::kTanh:
      return tanh_forward(sum, count, result);
    case HeadTraits::Activation::kRelu:
      return activation_forward(Activation::kRelu, sum, count, result);
    case HeadTraits::Activation::kGelu:
      return activation_forward(Activation::kGelu, sum, count, result);
    case HeadTraits::Activation::kIdentity:
      std::memcpy(result, sum, count * sizeof(float));
  }
}

void activate_backward(HeadTraits::Activation kind, const float* sum, const float* result,
                       const float* d_result, int64_t rows, int64_t columns, float* d_sum) {
  const auto backward = [&](Activation own) {
    activation_backward<float>(own, {rows, columns}, sum, d_result, d_sum, nullptr, nullptr);
  };
  switch (kind) {
    case HeadTraits::Activation::kTanh:
      return tanh_backward(result, d_result, rows * columns, d_sum);
    case HeadTraits::Activation::kRelu:
      return backward(Activation::kRelu);
    case HeadTraits::Activation::kGelu:
      return backward(Activation::kGelu);
    case HeadTraits::Activation::kIdentity:
      std::memcpy(d_sum, d_result, rows * columns * sizeof(float));
  }
}

}  // namespace

Head::Head(const ModelConfig& config, const ParameterTable& table, const HeadShape& shape,
           bool dense_trained)
    : table_(table),
      sizes_{.hidden = config.hidden_size,
             .pooled = shape.pooled_size(config.hidden_size),
             .features = 0,  // known below
             .classifier_input = shape.classifier_input(config.hidden_size),
             .labels = shape.labels},
      pooling_(shape.native ? std::vector{Pooling::kCls} : shape.pooling),
      dropout_{.rate = config.classifier_dropout,
               .before_dense = shape.native && config.traits().head.dropout_first,
               .layer = table.layers},
      classifier_(shape.labels, sizes_.classifier_input, NumberType::kFp32, true) {
  if (shape.native) {
    add_dense(table_.find(Role::kDenseWeight, 0), table_.find(Role::kDenseBias, 0),
              config.traits().head.activation);
  }
  for (int i = 0; i < static_cast<int>(table_.list.size()); ++i) {
    if (table_.list[i].role != Role::kModuleWeight) continue;
    const bool has_bias = table_.list[i + 1].role == Role::kModuleBias;
    add_dense(i, has_bias ? i + 1 : -1, shape.dense.at(dense_.size()).activation);
  }
  dense_trained_ = dense_trained && !dense_.empty();
  sizes_.features = dense_trained_ ? sizes_.pooled : sizes_.classifier_input;
  classifier_.pack(table_.at(Role::kClassifierWeight, 0).value);
}

void Head::add_dense(int weight, int bias, HeadTraits::Activation activation) {
  const Parameter& parameter = table_.list.at(weight);
  const int64_t out = parameter.shape[0], in = parameter.shape[1];
  dense_.push_back({weight,
                    bias,
                    in,
                    out,
                    activation,
                    PackedWeight(out, in, NumberType::kFp32, true),
                    {},
                    {},
                    {}});
  dense_.back().packed.pack(parameter.value);
}

void Head::repack() {
  for (Dense& layer : dense_) {
    if (dense_trained_) layer.packed.pack(table_.list[layer.weight].value);
  }
  classifier_.pack(table_.at(Role::kClassifierWeight, 0).value);
}

void Head::reserve(int64_t rows) {
  if (rows <= buffers_.rows) return;
  int64_t widest = std::max({sizes_.pooled, sizes_.classifier_input, sizes_.labels});
  for (Dense& layer : dense_) {
    widest = std::max({widest, layer.in, layer.out});
    layer.sum = Buffer<float>(rows * layer.out);
    layer.result = Buffer<float>(rows * layer.out);
    layer.d_sum = Buffer<float>(rows * layer.out);
  }
  buffers_.column_sums.resize_discard(int64_t{thread_count()} * widest);
  buffers_.dense_input = Buffer<float>(rows * sizes_.pooled);
  buffers_.dropped = Buffer<float>(rows * sizes_.classifier_input);
  buffers_.logits = Buffer<float>(rows * sizes_.labels);
  buffers_.d_dropped = Buffer<float>(rows * sizes_.classifier_input);
  buffers_.d_between = Buffer<float>(rows * widest);
  buffers_.rows = rows;
}

const float* Head::dense_forward(const float* x, int64_t rows) {
  for (Dense& layer : dense_) {
    const float* bias = layer.bias < 0 ? nullptr : table_.list[layer.bias].value;
    linear_forward(layer.packed, bias, x, rows, layer.sum.data());
    activate(layer.activation, layer.sum.data(), rows * layer.out, layer.result.data());
    x = layer.result.data();
  }
  return x;
}

void Head::dense_backward(const float* x, const float* d_result, int64_t rows, bool gradients,
                          float* d_x) {
  for (size_t i = dense_.size(); i-- > 0;) {
    Dense& layer = dense_[i];
    activate_backward(layer.activation, layer.sum.data(), layer.result.data(), d_result, rows,
                      layer.out, layer.d_sum.data());
    const float* input = i > 0 ? dense_[i - 1].result.data() : x;
    if (float* d_weight = gradients ? table_.list[layer.weight].gradient : nullptr) {
      linear_backward_weight(layer.d_sum.data(), input, rows, layer.out, layer.in, d_weight);
    }
    float* d_bias = gradients && layer.bias >= 0 ? table_.list[layer.bias].gradient : nullptr;
    if (d_bias != nullptr) {
      bias_backward(layer.d_sum.data(), rows, layer.out, d_bias, buffers_.column_sums.data());
    }
    if (i > 0) {
      linear_backward_input(layer.packed, layer.d_sum.data(), rows, buffers_.d_between.data());
      d_result = buffers_.d_between.data();
    } else if (d_x != nullptr) {
      linear_backward_input(layer.packed, layer.d_sum.data(), rows, d_x);
    }
  }
}

void Head::features(const float* pooled, int64_t rows, float* features) {
  const float* from = pooled;
  if (!dense_.empty() && !dense_trained_) {
    reserve(rows);
    from = dense_forward(pooled, rows);
  }
  std::memcpy(features, from, rows * sizes_.features * sizeof(float));
}

Dropout Head::input_mask(const StepDropout& dropout) const {
  return dropout_.before_dense ? dropout.at(dropout_.rate, dropout_.layer, kHeadInputSite)
                               : Dropout{};
}

const float* Head::forward(const float* features, int64_t rows, const StepDropout& dropout) {
  reserve(rows);
  const float* x = features;
  if (dense_trained_) {
    const Dropout mask = input_mask(dropout);
    if (mask.on()) {
      dropout_forward(x, rows * sizes_.pooled, mask, buffers_.dense_input.data());
      x = buffers_.dense_input.data();
    }
    x = dense_forward(x, rows);
  }
  const Dropout mask = dropout.at(dropout_.rate, dropout_.layer, kHeadSite);
  if (mask.rate > 0) {
    dropout_forward(x, rows * sizes_.classifier_input, mask, buffers_.dropped.data());
  } else {
    std::memcpy(buffers_.dropped.data(), x, rows * sizes_.classifier_input * sizeof(float));
  }
  linear_forward(classifier_, table_.at(Role::kClassifierBias, 0).value, buffers_.dropped.data(),
                 rows, buffers_.logits.data());
  return buffers_.logits.data();
}

void Head::backward(const float* features, const float* d_logits, int64_t rows,
                    const StepDropout& dropout, float* d_features) {
  const auto gradient = [&](Role role) { return table_.at(role, 0).gradient; };
  if (float* d_weight = gradient(Role::kClassifierWeight)) {
    linear_backward_weight(d_logits, buffers_.dropped.data(), rows, sizes_.labels,
                           sizes_.classifier_input, d_weight);
  }
  if (float* d_bias = gradient(Role::kClassifierBias)) {
    bias_backward(d_logits, rows, sizes_.labels, d_bias, buffers_.column_sums.data());
  }
  if (d_features == nullptr && !dense_trained_) return;

  linear_backward_input(classifier_, d_logits, rows, buffers_.d_dropped.data());
  const Dropout mask = dropout.at(dropout_.rate, dropout_.layer, kHeadSite);
  if (mask.rate > 0) {
    dropout_forward(buffers_.d_dropped.data(), rows * sizes_.classifier_input, mask,
                    buffers_.d_dropped.data());
  }
  if (!dense_trained_) {
    std::memcpy(d_features, buffers_.d_dropped.data(),
                rows * sizes_.classifier_input * sizeof(float));
    return;
  }
  const Dropout first_mask = input_mask(dropout);
  dense_backward(first_mask.on() ? buffers_.dense_input.data() : features,
                 buffers_.d_dropped.data(), rows, true, d_features);
  if (d_features != nullptr && first_mask.on()) {
    dropout_forward(d_features, rows * sizes_.pooled, first_mask, d_features);
  }
}

void Head::features_backward(const float* d_features, int64_t rows, float* d_pooled) {
  if (!dense_.empty() && !dense_trained_) {
    dense_backward(nullptr, d_features, rows, false, d_pooled);
  } else {
    std::memcpy(d_pooled, d_features, rows * sizes_.pooled * sizeof(float));
  }
}

}  // namespace thaw
