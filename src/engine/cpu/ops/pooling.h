#pragma once

#include <cstdint>

namespace thaw {

// One vector a sequence from its tokens. offsets: [sequences + 1], from 0. T is float or Bf16. The
// pooled row of a sequence without tokens is zero.

// The first token's row ([CLS]).
template <class T>
void cls_pooling_forward(const T* x /* [tokens, hidden] */, const int32_t* offsets,
                         int64_t sequences, int64_t hidden,
                         float* pooled /* [sequences, hidden] */);
template <class T>
void cls_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden,
                          T* d_x /* [padded_tokens, hidden] */);

// The mean over all tokens of the sequence, special tokens included, as sentence-transformers does.
template <class T>
void mean_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                          float* pooled);
template <class T>
void mean_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                           int64_t padded_tokens, int64_t hidden, T* d_x);

// The sum over all tokens divided by the square root of their number, as sentence-transformers'
// mean_sqrt_len_tokens.
template <class T>
void mean_sqrt_length_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                      int64_t hidden, float* pooled);
template <class T>
void mean_sqrt_length_pooling_backward(const float* d_pooled, const int32_t* offsets,
                                       int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                       T* d_x);

// The mean with weights 1, 2, 3, … from the first token on (SGPT, Muennighoff 2022), as
// sentence-transformers' weightedmean.
template <class T>
void weighted_mean_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                   int64_t hidden, float* pooled);
template <class T>
void weighted_mean_pooling_backward(const float* d_pooled, const int32_t* offsets,
                                    int64_t sequences, int64_t padded_tokens, int64_t hidden,
                                    T* d_x);

// The last token's row, as sentence-transformers' lasttoken.
template <class T>
void last_token_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences,
                                int64_t hidden, float* pooled);
template <class T>
void last_token_pooling_backward(const float* d_pooled, const int32_t* offsets, int64_t sequences,
                                 int64_t padded_tokens, int64_t hidden, T* d_x);

// The maximum over tokens, column by column; argmax [sequences, hidden] holds the token's row
// (the first of equals; -1 where there is none) for the backward. NaN counts as the largest.
template <class T>
void max_pooling_forward(const T* x, const int32_t* offsets, int64_t sequences, int64_t hidden,
                         float* pooled, int32_t* argmax);
template <class T>
void max_pooling_backward(const float* d_pooled, const int32_t* argmax, int64_t sequences,
                          int64_t padded_tokens, int64_t hidden, T* d_x);
// All backwards write d_x = (also the rows that get no gradient, as zeros).

}  // namespace thaw
