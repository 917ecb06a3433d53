#pragma once  // Tests: tests/evaluation/bca_test.cc

namespace thaw {

// P[Z <= z] of the standard normal distribution, and the way back. The quantile is exact to a few
// last places; -inf at 0, +inf at 1, NaN outside 0…1.
double normal_cdf(double z);
double normal_quantile(double p);

// The p-quantile of Student's t distribution, 0 < p < 1; NaN for less than one degree of freedom.
// Series of Abramowitz and Stegun, 26.7.3 and 26.7.4.
double student_t_quantile(double p, int degrees_of_freedom);

}  // namespace thaw
