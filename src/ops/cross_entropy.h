#pragma once

#include <cstdint>

namespace thaw {

// Mean over rows of -log softmax(logits)[label], computed in double; returns the loss.
// d_logits = (softmax - onehot) / rows, may be null.
double cross_entropy(const float* logits /* [rows, labels] */, const int32_t* gold /* [rows] */,
                     int64_t rows, int64_t labels, float* d_logits /* [rows, labels] */);

}  // namespace thaw
