#include "evaluation/bca.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "evaluation/distributions.h"

namespace thaw {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Metrics are ratios of counts, and equal ones are met in many roundings.
bool equal(double a, double b) { return std::fabs(a - b) <= 1e-13 * std::max(1.0, std::fabs(b)); }

}  // namespace

double percentile_of_score(const std::vector<double>& values, double score) {
  int64_t twice = 0;
  for (const double value : values) twice += equal(value, score) ? 1 : value < score ? 2 : 0;
  return static_cast<double>(twice) / (2 * static_cast<double>(values.size()));
}

double quantile_in_place(std::vector<double>& values, double p) {
  if (values.empty()) throw Error("there is no value to take a quantile of");
  const double place = std::clamp(p, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(place);
  std::nth_element(values.begin(), values.begin() + below, values.end());
  const double low = values[below];
  const double share = place - static_cast<double>(below);
  if (share == 0 || below + 1 == static_cast<std::ptrdiff_t>(values.size())) return low;
  const double high = *std::min_element(values.begin() + below + 1, values.end());
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

double bca_acceleration(const std::vector<double>& leave_one_out,
                        const std::vector<int64_t>& multiplicity) {
  const auto weight = [&](size_t i) {
    return multiplicity.empty() ? 1.0 : static_cast<double>(multiplicity[i]);
  };
  double rows = 0, mean = 0;
  for (size_t i = 0; i < leave_one_out.size(); ++i) {
    rows += weight(i);
    mean += weight(i) * leave_one_out[i];
  }
  mean /= rows;
  double squares = 0, cubes = 0, furthest = 0;
  for (size_t i = 0; i < leave_one_out.size(); ++i) {
    const double u = (rows - 1) * (mean - leave_one_out[i]);
    squares += weight(i) * u * u;
    cubes += weight(i) * u * u * u;
    furthest = std::max(furthest, std::fabs(u));
  }
  // Equal values differ by their last place, which (rows - 1) has made larger.
  if (!(furthest > 1e-14 * rows * std::max(1.0, std::fabs(mean)))) return kUnknown;
  return cubes / (6 * squares * std::sqrt(squares));
}

Interval bca_interval(std::vector<double>& distribution, double value, double acceleration,
                      double level) {
  const double bias = normal_quantile(percentile_of_score(distribution, value));
  const double z = normal_quantile(0.5 * (1 - level));
  const auto corrected = [&](double normal) {
    const double shifted = bias + normal;
    return normal_cdf(bias + shifted / (1 - acceleration * shifted));
  };
  const double low = corrected(z), high = corrected(-z);
  if (!std::isfinite(low) || !std::isfinite(high)) return {kUnknown, kUnknown};
  return {quantile_in_place(distribution, low), quantile_in_place(distribution, high)};
}

Interval bca_or_percentile_interval(std::vector<double>& distribution, double value,
                                    double acceleration, double level) {
  const Interval found =
      bca_interval(distribution, value, std::isfinite(acceleration) ? acceleration : 0, level);
  if (std::isfinite(found.low)) return found;
  return {quantile_in_place(distribution, 0.5 * (1 - level)),
          quantile_in_place(distribution, 0.5 * (1 + level))};
}

}  // namespace thaw
