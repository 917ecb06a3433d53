#pragma once

#include <cstdint>

namespace thaw::reference {

void cls_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         double* pooled);
void cls_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, double* d_x);

void mean_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                          int64_t hidden, double* pooled);
void mean_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                           int64_t padded_tokens, int64_t hidden, double* d_x);

void last_token_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                int64_t hidden, double* pooled);
void last_token_pooling_backward(const double* d_pooled, const int32_t* offsets, int64_t sequences,
                                 int64_t padded_tokens, int64_t hidden, double* d_x);

void mean_sqrt_length_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                      int64_t hidden, double* pooled);
void mean_sqrt_length_pooling_backward(const double* d_pooled, const int32_t* offsets,
                                       int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                       double* d_x);

void weighted_mean_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences,
                                   int64_t hidden, double* pooled);
void weighted_mean_pooling_backward(const double* d_pooled, const int32_t* offsets,
                                    int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                    double* d_x);

void max_pooling_forward(const double* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         double* pooled, int32_t* argmax);
void max_pooling_backward(const double* d_pooled, const int32_t* argmax, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, double* d_x);

}  // namespace thaw::reference
