#include "tests/engine/cpu/ops/reference/pooling.h"

#include <algorithm>
#include <cmath>

namespace thaw::reference {

void cls_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         double* pooled) {
  for (int64_t s = 0; s < sequences; ++s) {
    for (int64_t c = 0; c < hidden; ++c) {
      const bool empty = offsets[s] == offsets[s + 1];
      pooled[s * hidden + c] = empty ? 0 : x[offsets[s] * hidden + c];
    }
  }
}

void cls_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, double* d_x) {
  std::fill_n(d_x, padded_tokens * hidden, 0.0);
  for (int64_t s = 0; s < sequences; ++s) {
    if (offsets[s] == offsets[s + 1]) continue;
    for (int64_t c = 0; c < hidden; ++c) d_x[offsets[s] * hidden + c] = d_pooled[s * hidden + c];
  }
}

void mean_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                          int64_t hidden, double* pooled) {
  std::fill_n(pooled, sequences * hidden, 0.0);
  for (int64_t s = 0; s < sequences; ++s) {
    for (int64_t t = offsets[s]; t < offsets[s + 1]; ++t) {
      for (int64_t c = 0; c < hidden; ++c) {
        pooled[s * hidden + c] += x[t * hidden + c] / (offsets[s + 1] - offsets[s]);
      }
    }
  }
}

void mean_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                           int64_t padded_tokens, int64_t hidden, double* d_x) {
  std::fill_n(d_x, padded_tokens * hidden, 0.0);
  for (int64_t s = 0; s < sequences; ++s) {
    for (int64_t t = offsets[s]; t < offsets[s + 1]; ++t) {
      for (int64_t c = 0; c < hidden; ++c) {
        d_x[t * hidden + c] = d_pooled[s * hidden + c] / (offsets[s + 1] - offsets[s]);
      }
    }
  }
}

namespace {

// weight(t, rows): of token t of a sequence of so many.
template <class Weight>
void weighted_forward(const double* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                      double* pooled, const Weight& weight) {
  std::fill_n(pooled, sequences * hidden, 0.0);
  for (int64_t s = 0; s < sequences; ++s) {
    const int64_t rows = offsets[s + 1] - offsets[s];
    for (int64_t t = 0; t < rows; ++t) {
      for (int64_t c = 0; c < hidden; ++c) {
        pooled[s * hidden + c] += weight(t, rows) * x[(offsets[s] + t) * hidden + c];
      }
    }
  }
}

template <class Weight>
void weighted_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                       int64_t padded_tokens, int64_t hidden, double* d_x, const Weight& weight) {
  std::fill_n(d_x, padded_tokens * hidden, 0.0);
  for (int64_t s = 0; s < sequences; ++s) {
    const int64_t rows = offsets[s + 1] - offsets[s];
    for (int64_t t = 0; t < rows; ++t) {
      for (int64_t c = 0; c < hidden; ++c) {
        d_x[(offsets[s] + t) * hidden + c] = weight(t, rows) * d_pooled[s * hidden + c];
      }
    }
  }
}

double is_last(int64_t t, int64_t rows) { return t + 1 == rows ? 1 : 0; }
double root(int64_t, int64_t rows) { return 1 / std::sqrt(static_cast<double>(rows)); }
double rising(int64_t t, int64_t rows) {
  return static_cast<double>(t + 1) /
         (static_cast<double>(rows) * static_cast<double>(rows + 1) / 2);
}

}  // namespace

void last_token_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                int64_t hidden, double* pooled) {
  weighted_forward(x, offsets, sequences, hidden, pooled, is_last);
}

void last_token_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                                 int64_t padded_tokens, int64_t hidden, double* d_x) {
  weighted_backward(d_pooled, offsets, sequences, padded_tokens, hidden, d_x, is_last);
}

void mean_sqrt_length_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                      int64_t hidden, double* pooled) {
  weighted_forward(x, offsets, sequences, hidden, pooled, root);
}

void mean_sqrt_length_pooling_backward(const double* d_pooled, const int32_t* offsets,
                                       int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                       double* d_x) {
  weighted_backward(d_pooled, offsets, sequences, padded_tokens, hidden, d_x, root);
}

void weighted_mean_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                   int64_t hidden, double* pooled) {
  weighted_forward(x, offsets, sequences, hidden, pooled, rising);
}

void weighted_mean_pooling_backward(const double* d_pooled, const int32_t* offsets,
                                    int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                    double* d_x) {
  weighted_backward(d_pooled, offsets, sequences, padded_tokens, hidden, d_x, rising);
}

void max_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         double* pooled, int32_t* argmax) {
  for (int64_t s = 0; s < sequences; ++s) {
    for (int64_t c = 0; c < hidden; ++c) {
      int32_t best = offsets[s] == offsets[s + 1] ? -1 : offsets[s];
      for (int32_t t = offsets[s]; t < offsets[s + 1]; ++t) {
        if (x[t * hidden + c] > x[best * hidden + c]) best = t;
      }
      argmax[s * hidden + c] = best;
      pooled[s * hidden + c] = best < 0 ? 0 : x[best * hidden + c];
    }
  }
}

void max_pooling_backward(const double* d_pooled, const int32_t* argmax, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, double* d_x) {
  std::fill_n(d_x, padded_tokens * hidden, 0.0);
  for (int64_t i = 0; i < sequences * hidden; ++i) {
    if (argmax[i] >= 0) d_x[argmax[i] * hidden + i % hidden] = d_pooled[i];
  }
}

}  // namespace thaw::reference
