#pragma once

#include <array>
#include <optional>
#include <vector>

namespace thaw {

// Learning curves: error(n) = a n^-b + c after training on n rows, with a, c >= 0 and b between
// kLeastExponent and kMostExponent (Hestness et al. 2017; Cortes et al. 1993). c is what no number
// of rows takes away.

struct LearningPoint {
  double rows = 0;
  double error = 0;  // 1 - metric, or the loss
};

inline constexpr double kLeastExponent = 0.01, kMostExponent = 3;

struct PowerLaw {
  double a = 0, b = 0, c = 0;
  int points = 0;
  int free_parameters = 0;  // those of a, b, c that no bound holds
  double residual_sd =
      0;  // sqrt(sum of squares / (points - free_parameters)); NaN if there is none
  // Of (a unit^-b, b, c): residual_sd^2 (J'J)^-1 over the free parameters, 0 for the others; NaN
  // without degrees of freedom. `unit` is the geometric mean of the rows, so that the first two do
  // not move together.
  std::array<double, 9> covariance{};
  double unit = 1;
};

// Least squares over the points, several seeds of one size being several points: the parameters and
// covariance of scipy.optimize.curve_fit within the bounds. For a given exponent the model is
// linear, so the search is over the exponent alone and finds the global optimum of its grid.
// Absent with fewer than three different numbers of rows, or where a number is not finite, rows are
// not positive or an error is negative.
std::optional<PowerLaw> fit_power_law(const std::vector<LearningPoint>& points);

struct Prediction {
  double value = 0, low = 0, high = 0;
};

// The curve at a number of rows, and its change between two: 95 % confidence intervals of the curve
// by the delta method, g' covariance g, with Student's t for points - free_parameters. They hold if
// the form holds, and do not contain the noise of one more training. NaN ends without degrees of
// freedom, or where the errors do not fall (a = 0), for then nothing is known of the exponent.
Prediction power_law_at(const PowerLaw& law, double rows);
Prediction power_law_change(const PowerLaw& law, double from_rows, double to_rows);

}  // namespace thaw
