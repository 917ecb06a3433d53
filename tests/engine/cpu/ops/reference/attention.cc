#include "tests/engine/cpu/ops/reference/attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace thaw::reference {
namespace {

// One head of one sequence: rows of queries, keys and values, `stride` doubles apart.
struct Head {
  const double *query, *key, *value;  // [length, head_size]
  int64_t length, head_size, stride;
  const double* bias;  // at distance 0; null: there is none
};

Head head_of(const AttentionShape& shape, const double* qkv, const double* bias, int64_t sequence,
             int64_t head) {
  const int64_t hidden = shape.heads * shape.head_size;
  const int64_t first = shape.offsets[sequence];
  const double* row = qkv + first * 3 * hidden + head * shape.head_size;
  return {row,
          row + hidden,
          row + 2 * hidden,
          shape.offsets[sequence + 1] - first,
          shape.head_size,
          3 * hidden,
          bias == nullptr ? nullptr : bias + head * shape.bias.span() + shape.bias.longest};
}

double dot(const double* a, const double* b, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

// 0 for a dropped pair of query row and key, 1 / (1 - rate) for a kept one.
double mask(Dropout dropout, int64_t heads, int64_t row, int64_t head, int64_t key) {
  if (dropout.rate == 0) return 1;
  const auto counter = static_cast<uint32_t>((row * heads + head) * 4096 + key);
  const bool kept = random_bits(dropout.key, counter) >= double{dropout.rate} * 4294967296.0;
  return kept ? 1 / (1 - double{dropout.rate}) : 0;
}

// softmax(q_i . k / sqrt(head_size) + bias) over all keys; returns log(sum(exp(scores))).
double probabilities_of(const Head& head, int64_t i, std::vector<double>& probabilities) {
  probabilities.resize(static_cast<size_t>(head.length));
  for (int64_t j = 0; j < head.length; ++j) {
    const double score =
        dot(head.query + i * head.stride, head.key + j * head.stride, head.head_size);
    probabilities[j] = score / std::sqrt(static_cast<double>(head.head_size));
    if (head.bias != nullptr) probabilities[j] += head.bias[i - j];
  }
  const double largest = *std::max_element(probabilities.begin(), probabilities.end());
  double sum = 0;
  for (double& p : probabilities) sum += p = std::exp(p - largest);
  for (double& p : probabilities) p /= sum;
  return largest + std::log(sum);
}

}  // namespace

void attention_forward(const AttentionShape& shape, const double* qkv, Dropout dropout,
                       double* context, double* log_sum_exp, const double* bias) {
  const int64_t hidden = shape.heads * shape.head_size;
  std::vector<double> probabilities;
  for (int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
    for (int64_t h = 0; h < shape.heads; ++h) {
      const Head head = head_of(shape, qkv, bias, sequence, h);
      for (int64_t i = 0; i < head.length; ++i) {
        const int64_t row = shape.offsets[sequence] + i;
        const double statistic = probabilities_of(head, i, probabilities);
        if (log_sum_exp != nullptr) log_sum_exp[row * shape.heads + h] = statistic;
        double* out = context + row * hidden + h * head.head_size;
        std::fill_n(out, head.head_size, 0.0);
        for (int64_t j = 0; j < head.length; ++j) {
          const double weight = probabilities[j] * mask(dropout, shape.heads, row, h, j);
          for (int64_t d = 0; d < head.head_size; ++d) {
            out[d] += weight * head.value[j * head.stride + d];
          }
        }
      }
    }
  }
}

void attention_backward(const AttentionShape& shape, const double* qkv, const double* d_context,
                        Dropout dropout, double* d_qkv, const double* bias, double* d_bias) {
  const int64_t hidden = shape.heads * shape.head_size;
  const double scale = 1 / std::sqrt(static_cast<double>(shape.head_size));
  if (shape.sequences > 0) {
    const int64_t begin = shape.offsets[0] * 3 * hidden;
    std::fill(d_qkv + begin, d_qkv + shape.offsets[shape.sequences] * 3 * hidden, 0.0);
  }
  const int64_t span = shape.bias.span();
  if (d_bias != nullptr) std::fill_n(d_bias, shape.sequences * shape.heads * span, 0.0);
  std::vector<double> probabilities, d_probabilities;
  for (int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
    for (int64_t h = 0; h < shape.heads; ++h) {
      const Head head = head_of(shape, qkv, bias, sequence, h);
      double* d_query = d_qkv + shape.offsets[sequence] * 3 * hidden + h * head.head_size;
      double* d_key = d_query + hidden;
      double* d_value = d_key + hidden;
      for (int64_t i = 0; i < head.length; ++i) {
        const int64_t row = shape.offsets[sequence] + i;
        const double* d_out = d_context + row * hidden + h * head.head_size;
        probabilities_of(head, i, probabilities);
        d_probabilities.resize(probabilities.size());
        double mean = 0;  // of d_probabilities under the probabilities: the softmax's own term
        for (int64_t j = 0; j < head.length; ++j) {
          const double kept = mask(dropout, shape.heads, row, h, j);
          const double* value = head.value + j * head.stride;
          d_probabilities[j] = kept * dot(d_out, value, head.head_size);
          mean += probabilities[j] * d_probabilities[j];
          for (int64_t d = 0; d < head.head_size; ++d) {
            d_value[j * head.stride + d] += probabilities[j] * kept * d_out[d];
          }
        }
        for (int64_t j = 0; j < head.length; ++j) {
          const double d_biased = probabilities[j] * (d_probabilities[j] - mean);
          if (d_bias != nullptr) {
            d_bias[(sequence * shape.heads + h) * span + shape.bias.longest + i - j] += d_biased;
          }
          const double d_score = d_biased * scale;
          for (int64_t d = 0; d < head.head_size; ++d) {
            d_query[i * head.stride + d] += d_score * head.key[j * head.stride + d];
            d_key[j * head.stride + d] += d_score * head.query[i * head.stride + d];
          }
        }
      }
    }
  }
}

}  // namespace thaw::reference
