#pragma once  // Tests: tests/training/logistic_regression_test.cc

#include <cstddef>
#include <functional>
#include <vector>

#include "base/listener.h"

namespace thaw {

// A convex function to minimise, with what speeds it up.
struct LbfgsProblem {
  // Returns the objective at `x` and writes its gradient, of the size of x.
  std::function<double(const std::vector<double>& x, std::vector<double>& gradient)> evaluate;
  // y = an approximation of the inverse Hessian times x; symmetric and positive definite.
  std::function<void(const std::vector<double>& x, std::vector<double>& y)> precondition;
  // The point that was evaluated last has become the current one. May be empty.
  std::function<void()> accepted;
};

struct LbfgsSettings {
  int iterations = 1000;  // at most
  size_t history = 10;    // steps remembered: two vectors each
  // Stops where -(gradient . direction) is at most this, which near the end is twice the distance
  // from the lowest objective. 1e-20: the point is then right beyond the digits of a float.
  double tolerance = 1e-20;
};

// Where the search stands, before and after.
struct LbfgsPoint {
  std::vector<double> x, gradient;
  double objective = 0;
};

struct LbfgsOutcome {
  int iterations = 0;
  bool converged = false;  // false: stopped at the limit of iterations
};

// Minimises from `point`, whose gradient and objective are those of its x, by L-BFGS (Liu and
// Nocedal 1989) with weak Wolfe conditions found by bisection. Same bits for any number of threads
// if evaluate() and precondition() have them. Throws Interrupted as the listener says.
LbfgsOutcome minimize_by_lbfgs(const LbfgsProblem& problem, const LbfgsSettings& settings,
                               LbfgsPoint& point, const Listener& listener = {});

}  // namespace thaw
