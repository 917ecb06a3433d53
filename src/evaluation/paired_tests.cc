#include "evaluation/paired_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"

namespace thaw {
namespace {

// The error of Stirling's formula, log(n!) − [½·log(2πn) + n·log(n) − n]. (Loader, Fast and
// Accurate Computation of Binomial Probabilities, 2000.)
double stirling_error(double n) {
  if (n < 16) return std::lgamma(n + 1) - ((n + 0.5) * std::log(n) - n + 0.5 * std::log(2 * M_PI));
  const double square = n * n;
  const double inner = 1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square;
  return (1 / 12.0 - (1 / 360.0 - inner / square) / square) / n;
}

// x·log(x/m) + m − x, without cancellation where x is near m.
double deviance(double x, double m) {
  if (std::fabs(x - m) >= 0.1 * (x + m)) return x * std::log(x / m) + m - x;
  const double v = (x - m) / (x + m);
  double sum = (x - m) * v;
  double term = 2 * x * v;
  for (int j = 1; j < 1000; ++j) {
    term *= v * v;
    const double next = sum + term / (2 * j + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// P[X = k], X ~ B(n, 1/2).
double binomial_half(double k, double n) {
  if (k == 0 || k == n) return std::exp2(-n);
  const double exponent = stirling_error(n) - stirling_error(k) - stirling_error(n - k) -
                          deviance(k, n / 2) - deviance(n - k, n / 2);
  return std::exp(exponent) * std::sqrt(n / (2 * M_PI * k * (n - k)));
}

}  // namespace

PairedCounts paired_counts(const std::vector<int32_t>& first, const std::vector<int32_t>& second,
                           const std::vector<int32_t>& gold) {
  if (first.size() != gold.size() || second.size() != gold.size()) {
    throw Error(fmt::format("predictions of {} and {} rows do not belong to {} labels",
                            first.size(), second.size(), gold.size()));
  }
  PairedCounts counts;
  for (size_t row = 0; row < gold.size(); ++row) {
    const bool first_right = first[row] == gold[row];
    const bool second_right = second[row] == gold[row];
    if (first_right && second_right) {
      ++counts.both_right;
    } else if (first_right) {
      ++counts.first_only;
    } else if (second_right) {
      ++counts.second_only;
    } else {
      ++counts.neither;
    }
  }
  return counts;
}

double accuracy_difference(const PairedCounts& counts) {
  if (counts.rows() == 0) return 0;
  return static_cast<double>(counts.second_only - counts.first_only) /
         static_cast<double>(counts.rows());
}

double accuracy_difference_standard_error(const PairedCounts& counts) {
  if (counts.rows() == 0) return 0;
  const double rows = static_cast<double>(counts.rows());
  const double discordant = static_cast<double>(counts.first_only + counts.second_only);
  const double change = static_cast<double>(counts.second_only - counts.first_only);
  return std::sqrt(std::max(0.0, discordant - change * change / rows)) / rows;
}

double mcnemar_exact(int64_t first_only, int64_t second_only) {
  if (first_only < 0 || second_only < 0) throw Error("a count of rows cannot be negative");
  const int64_t least = std::min(first_only, second_only);
  const double discordant = static_cast<double>(first_only) + static_cast<double>(second_only);
  if (discordant == 0 || first_only == second_only) return 1;
  // From the largest term down: t(k−1) = t(k) · k / (n − k + 1).
  double term = binomial_half(static_cast<double>(least), discordant);
  double tail = term;
  for (double k = static_cast<double>(least); k > 0; --k) {
    term *= k / (discordant - k + 1);
    if (tail + term == tail) break;
    tail += term;
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace thaw
