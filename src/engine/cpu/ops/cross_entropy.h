#pragma once

#include <cstdint>

namespace thaw {

// Mean over rows of -log softmax(logits)[label], computed in double; returns the loss.
// d_logits = (softmax - onehot) / rows, may be null.
double cross_entropy(const float* logits /* [rows, labels] */, const int32_t* gold /* [rows] */,
                     int64_t rows, int64_t labels, float* d_logits /* [rows, labels] */);

// torch.nn.CrossEntropyLoss(weight, label_smoothing): with L = -log softmax(logits), e = smoothing
//
//   sum over rows of ((1 - e) w[gold] L[gold] + e / labels * sum over l of w[l] L[l])
//   / sum over rows of w[gold]
//
// weights may be null: all are 1; else they must be above 0.
double weighted_cross_entropy(const float* logits /* [rows, labels] */,
                              const int32_t* gold /* [rows] */, int64_t rows, int64_t labels,
                              const double* weights /* [labels] */, double smoothing,
                              float* d_logits /* [rows, labels] */);

}  // namespace thaw
