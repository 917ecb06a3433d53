#include "engine/cpu/ops/relative_bias.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/threads.h"

namespace thaw {
namespace {

// Where Transformers' MPNetEncoder.relative_position_bucket takes a new bucket, for distances up to
// 4095 in both directions (torch 2.15).
TEST(RelativePositionBucket, BeginsWhereItDoesInTransformers) {
  const std::vector<int64_t> first = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91};
  for (int64_t bucket = 0; bucket < 16; ++bucket) {
    const int64_t begin = first[bucket], end = bucket < 15 ? first[bucket + 1] : 4096;
    for (int64_t distance = begin; distance < end; ++distance) {
      ASSERT_EQ(relative_position_bucket(distance), bucket) << distance;
      if (distance == 0) continue;
      ASSERT_EQ(relative_position_bucket(-distance), bucket + 16) << distance;
    }
  }
}

TEST(RelativeBias, StandsAtEveryDistanceAndIsZeroWhereNoTokensAre) {
  const int64_t heads = 3, longest = 20, span = DistanceBias::span(longest);
  std::vector<float> table(kRelativeBuckets * heads), values(heads * span, 99);
  for (size_t i = 0; i < table.size(); ++i) table[i] = 1 + static_cast<float>(i);
  relative_bias_forward(table.data(), heads, longest, values.data());
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t at = 0; at < span; ++at) {
      const int64_t distance = at - longest;
      const bool present = distance > -longest && distance < longest;
      const float expected =
          present ? table[relative_position_bucket(distance) * heads + head] : 0.0f;
      ASSERT_EQ(values[head * span + at], expected) << head << " " << distance;
    }
  }
}

// The backward is the transpose of the forward: the same sums, whatever the number of threads, are
// added to what is there.
TEST(RelativeBias, GradientIsTheSumOverSequencesAndDistances) {
  const std::vector<int32_t> offsets = {0, 20, 20, 21, 33};
  const int64_t heads = 3, sequences = 4, longest = 20, span = DistanceBias::span(longest);
  std::vector<float> d_values(sequences * heads * span);
  std::vector<double> expected(kRelativeBuckets * heads, 0.5);
  for (size_t i = 0; i < d_values.size(); ++i) {
    d_values[i] = static_cast<float>((i * 2654435761u) % 1000) / 256;  // exact sums
  }
  for (int64_t i = 0; i < sequences; ++i) {
    const int64_t length = offsets[i + 1] - offsets[i];
    for (int64_t head = 0; head < heads; ++head) {
      for (int64_t query = 0; query < length; ++query) {
        // Each distance once: the first row and the first column of the square.
        for (const int64_t key : {int64_t{0}, length}) {
          const int64_t distance = query - key;
          if (distance == -length) continue;
          expected[relative_position_bucket(distance) * heads + head] +=
              double{d_values[(i * heads + head) * span + longest + distance]};
        }
      }
    }
  }
  for (const int threads : {1, 2, 5}) {
    set_thread_count(threads);
    std::vector<float> d_table(kRelativeBuckets * heads, 0.5f);
    AttentionShape shape{heads, 4, offsets.data(), sequences};
    shape.bias = {nullptr, d_values.data(), longest};
    relative_bias_backward(shape, d_table.data());
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(d_table[i], expected[i]) << i;
  }
  set_thread_count(0);
}

}  // namespace
}  // namespace thaw
