#include "engine/cpu/ops/cross_entropy.h"

#include <cmath>

namespace thaw {

double cross_entropy(const float* logits, const int32_t* gold, int64_t rows, int64_t labels,
                     float* d_logits) {
  if (rows <= 0) return 0;
  double loss = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = logits + r * labels;
    // Shifted by the largest, no exponential overflows and one of them is 1.
    double largest = row[0];
    for (int64_t l = 1; l < labels; ++l) largest = std::fmax(largest, row[l]);
    double sum = 0;
    for (int64_t l = 0; l < labels; ++l) sum += std::exp(row[l] - largest);
    const double log_sum = std::log(sum);
    loss += log_sum - (row[gold[r]] - largest);
    if (d_logits == nullptr) continue;
    for (int64_t l = 0; l < labels; ++l) {
      const double probability = std::exp(row[l] - largest - log_sum);
      const double gradient = l == gold[r] ? probability - 1 : probability;
      d_logits[r * labels + l] = static_cast<float>(gradient / static_cast<double>(rows));
    }
  }
  return loss / static_cast<double>(rows);
}

double weighted_cross_entropy(const float* logits, const int32_t* gold, int64_t rows,
                              int64_t labels, const double* weights, double smoothing,
                              float* d_logits) {
  if (rows <= 0) return 0;
  const auto weight = [&](int64_t label) { return weights == nullptr ? 1.0 : weights[label]; };
  double all_weights = 0, gold_weights = 0;
  for (int64_t l = 0; l < labels; ++l) all_weights += weight(l);
  for (int64_t r = 0; r < rows; ++r) gold_weights += weight(gold[r]);
  const double share = smoothing / static_cast<double>(labels);
  double loss = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = logits + r * labels;
    double largest = row[0];
    for (int64_t l = 1; l < labels; ++l) largest = std::fmax(largest, row[l]);
    double sum = 0;
    for (int64_t l = 0; l < labels; ++l) sum += std::exp(row[l] - largest);
    const double log_sum = std::log(sum);
    const double own = (1 - smoothing) * weight(gold[r]);
    loss += own * (log_sum - (row[gold[r]] - largest));
    // With no share, a label that the logits rule out would be 0 times infinity.
    for (int64_t l = 0; l < labels && share > 0; ++l) {
      loss += share * weight(l) * (log_sum - (row[l] - largest));
    }
    if (d_logits == nullptr) continue;
    for (int64_t l = 0; l < labels; ++l) {
      const double probability = std::exp(row[l] - largest - log_sum);
      const double gradient = (own + share * all_weights) * probability -
                              (l == gold[r] ? own : 0.0) - share * weight(l);
      d_logits[r * labels + l] = static_cast<float>(gradient / gold_weights);
    }
  }
  return loss / gold_weights;
}

}  // namespace thaw
