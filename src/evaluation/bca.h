#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

// The bias-corrected and accelerated bootstrap interval (Efron 1987; Efron and Tibshirani 1993,
// eq. 14.9 to 14.15), with the rules of scipy.stats.bootstrap(method="BCa").

struct Interval {
  double low = 0, high = 0;
};

// The share of values below `score`, ties by half.
double percentile_of_score(const std::vector<double>& values, double score);

// The quantile by linear interpolation between order statistics, as numpy.quantile. Reorders the
// values, of which there must be some; 0 <= p <= 1.
double quantile_in_place(std::vector<double>& values, double p);

// Acceleration: a sixth of sum(u^3) / sum(u^2)^1.5, with u the mean of the jackknife's values minus
// each. `multiplicity` says how many rows share each value; empty: one. NaN where all values are
// equal, as there.
double bca_acceleration(const std::vector<double>& leave_one_out,
                        const std::vector<int64_t>& multiplicity = {});

// NaN in both ends where SciPy has it: acceleration NaN, or all of the distribution on one side of
// the value. Reorders the distribution, of which there must be some.
Interval bca_interval(std::vector<double>& distribution, double value, double acceleration,
                      double level = 0.95);

// The same for those who need an answer. A NaN acceleration counts as 0: then the interval is bias
// corrected alone. Where the distribution lies on one side of the value, bias cannot be measured,
// and plain percentiles are taken. A distribution that is one point gives that point.
Interval bca_or_percentile_interval(std::vector<double>& distribution, double value,
                                    double acceleration, double level = 0.95);

}  // namespace thaw
