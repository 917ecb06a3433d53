#include "evaluation/distributions.h"

#include <cmath>
#include <limits>

namespace thaw {
namespace {

// Acklam's rational approximation, relative error below 1.2e-9, for p up to 1/2.
double rough_normal_quantile(double p) {
  constexpr double kCentre = 0.02425;
  if (p < kCentre) {
    const double q = std::sqrt(-2 * std::log(p));
    return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) *
                  q -
              2.549732539343734e+00) *
                 q +
             4.374664141464968e+00) *
                q +
            2.938163982698783e+00) /
           ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
             3.754408661907416e+00) *
                q +
            1);
  }
  const double q = p - 0.5;
  const double r = q * q;
  return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
            1.383577518672690e+02) *
               r -
           3.066479806614716e+01) *
              r +
          2.506628277459239e+00) *
         q /
         (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
            6.680131188771972e+01) *
               r -
           1.328068155288572e+01) *
              r +
          1);
}

// P[|T| <= sqrt(degrees) tan(angle)].
double student_t_within(double angle, int degrees) {
  const double cosine = std::cos(angle), square = cosine * cosine;
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= square * (power + 1) / (power + 2);
  }
  return odd ? 2 / M_PI * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
}

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p > 0.5) return -normal_quantile(1 - p);
  if (p == 0) return -std::numeric_limits<double>::infinity();
  double z = rough_normal_quantile(p);
  // Two steps of Halley's method end at the last places.
  for (int step = 0; step < 2; ++step) {
    const double error = normal_cdf(z) - p;
    const double u = error * std::sqrt(2 * M_PI) * std::exp(0.5 * z * z);
    z -= u / (1 + 0.5 * z * u);
  }
  return z;
}

double student_t_quantile(double p, int degrees_of_freedom) {
  if (degrees_of_freedom < 1 || !(p > 0 && p < 1)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (p < 0.5) return -student_t_quantile(1 - p, degrees_of_freedom);
  const double wanted = 2 * p - 1;
  double low = 0, high = M_PI_2;
  for (int step = 0; step < 80; ++step) {
    const double middle = 0.5 * (low + high);
    (student_t_within(middle, degrees_of_freedom) < wanted ? low : high) = middle;
  }
  return std::sqrt(static_cast<double>(degrees_of_freedom)) * std::tan(0.5 * (low + high));
}

}  // namespace thaw
