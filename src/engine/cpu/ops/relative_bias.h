#pragma once

#include <cstdint>

#include "engine/cpu/ops/attention.h"
#include "model/model_config.h"

namespace thaw {

// MPNet's relative position bias (Song et al. 2020), which is T5's (Raffel et al. 2020, section
// 2.1): distances between query and key fall into buckets, exact ones for the near and ever wider
// ones for the far (kRelativeBuckets in all), and each head adds its own number for the bucket to
// the score.

// The bucket of query - key: 0 … 15 where the key does not stand behind the query, 16 … 31 where it
// does. With n = |query - key| it is n below 8, then 8 + 8 log(n / 8) / log(16) rounded down, at
// most 15, with the logarithms that float arithmetic gives.
int64_t relative_position_bucket(int64_t distance);

// values[h, longest + d] = table[bucket(d), h] for all distances below `longest`, 0 in the columns
// that no two tokens have: what DistanceBias::values needs.
void relative_bias_forward(const float* table /* [buckets, heads] */, int64_t heads,
                           int64_t longest, float* values /* [heads, span(longest)] */);

// d_table += the sums of shape.bias.d_values over sequences, and over the distances of a bucket.
void relative_bias_backward(const AttentionShape& shape, float* d_table /* [buckets, heads] */);

}  // namespace thaw
