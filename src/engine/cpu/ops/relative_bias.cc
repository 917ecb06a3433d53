#include "engine/cpu/ops/relative_bias.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include "base/threads.h"

namespace thaw {
namespace {

constexpr int64_t kExact = 8;  // buckets of one distance each, in each direction

// The first distance of the buckets 8 … 15: 8 * 16^(k / 8) rounded up.
constexpr std::array<int64_t, 8> kFirstDistance = {8, 12, 16, 23, 32, 46, 64, 91};

}  // namespace

int64_t relative_position_bucket(int64_t distance) {
  const int64_t n = std::abs(distance);
  int64_t bucket = n;
  if (n >= kExact) {
    bucket = kExact - 1;
    for (const int64_t first : kFirstDistance) bucket += n >= first;
  }
  return distance < 0 ? bucket + kRelativeBuckets / 2 : bucket;
}

void relative_bias_forward(const float* table, int64_t heads, int64_t longest, float* values) {
  const int64_t span = DistanceBias::span(longest);
  std::memset(values, 0, heads * span * sizeof(float));
  for (int64_t d = 1 - longest; d < longest; ++d) {
    const float* row = table + relative_position_bucket(d) * heads;
    for (int64_t head = 0; head < heads; ++head) values[head * span + longest + d] = row[head];
  }
}

// Threads share the heads; each adds up its own in the order of the sequences.
void relative_bias_backward(const AttentionShape& shape, float* d_table) {
  const DistanceBias& bias = shape.bias;
  parallel_parts(shape.heads, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t head = begin; head < end; ++head) {
      std::array<double, kRelativeBuckets> sums{};
      for (int64_t i = 0; i < shape.sequences; ++i) {
        const int64_t length = shape.offsets[i + 1] - shape.offsets[i];
        const float* at_zero =
            bias.d_values + (i * shape.heads + head) * bias.span() + bias.longest;
        for (int64_t d = 1 - length; d < length; ++d) {
          sums[relative_position_bucket(d)] += double{at_zero[d]};
        }
      }
      for (int64_t bucket = 0; bucket < kRelativeBuckets; ++bucket) {
        d_table[bucket * shape.heads + head] += static_cast<float>(sums[bucket]);
      }
    }
  });
}

}  // namespace thaw
