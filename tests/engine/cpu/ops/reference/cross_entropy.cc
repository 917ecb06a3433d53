#include "tests/engine/cpu/ops/reference/cross_entropy.h"

#include <cmath>

namespace thaw::reference {

double cross_entropy(const double* logits, const int32_t* gold, int64_t rows, int64_t labels,
                     double* d_logits) {
  double loss = 0;
  for (int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (int64_t l = 0; l < labels; ++l) sum += std::exp(logits[r * labels + l]);
    for (int64_t l = 0; l < labels; ++l) {
      const double probability = std::exp(logits[r * labels + l]) / sum;
      if (l == gold[r]) loss -= std::log(probability) / static_cast<double>(rows);
      if (d_logits != nullptr) {
        d_logits[r * labels + l] = (probability - (l == gold[r])) / static_cast<double>(rows);
      }
    }
  }
  return loss;
}

double weighted_cross_entropy(const double* logits, const int32_t* gold, int64_t rows,
                              int64_t labels, const double* weights, double smoothing) {
  double own = 0, smooth = 0, total = 0;
  for (int64_t r = 0; r < rows; ++r) {
    double sum = 0;
    for (int64_t l = 0; l < labels; ++l) sum += std::exp(logits[r * labels + l]);
    total += weights[gold[r]];
    for (int64_t l = 0; l < labels; ++l) {
      const double term = -weights[l] * std::log(std::exp(logits[r * labels + l]) / sum);
      smooth += term;
      if (l == gold[r]) own += term;
    }
  }
  return (1 - smoothing) * own / total + smoothing / static_cast<double>(labels) * smooth / total;
}

}  // namespace thaw::reference
