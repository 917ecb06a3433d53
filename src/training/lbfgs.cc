#include "training/lbfgs.h"

#include <cmath>
#include <deque>
#include <utility>

#include "training/vector_math.h"

namespace thaw {
namespace {

constexpr int kMostTrials = 40;
// Changes of the objective below this share of it are rounding.
constexpr double kRounding = 1e-13;

// A step that was taken, and how the gradient changed over it.
struct Correction {
  std::vector<double> step, change;
  double product;  // step . change
};

}  // namespace

LbfgsOutcome minimize_by_lbfgs(const LbfgsProblem& problem, const LbfgsSettings& settings,
                               LbfgsPoint& point, const Listener& listener) {
  std::vector<double> direction, preconditioned, next, next_gradient;
  std::deque<Correction> history;
  std::vector<double> shares(settings.history);
  double scale = 1;
  LbfgsOutcome outcome;
  while (outcome.iterations < settings.iterations) {
    listener.check();
    // The two loops of L-BFGS: direction = -(inverse Hessian) gradient.
    next = point.gradient;
    for (size_t i = history.size(); i-- > 0;) {
      shares[i] = dot(history[i].step, next) / history[i].product;
      add(-shares[i], history[i].change, next);
    }
    problem.precondition(next, direction);
    for (double& d : direction) d *= scale;
    for (size_t i = 0; i < history.size(); ++i) {
      const double share = dot(history[i].change, direction) / history[i].product;
      add(shares[i] - share, history[i].step, direction);
    }
    for (double& d : direction) d = -d;
    const double slope = dot(point.gradient, direction);
    outcome.converged = -slope <= settings.tolerance;
    if (outcome.converged) break;

    // Weak Wolfe conditions by bisection; they can be met, since the objective is convex.
    double low = 0, high = INFINITY, t = 1, objective = 0;
    bool found = false;
    for (int trial = 0; trial < kMostTrials && !found; ++trial) {
      next = point.x;
      add(t, direction, next);
      objective = problem.evaluate(next, next_gradient);
      if (!(objective <=
            point.objective + 1e-4 * t * slope + kRounding * std::abs(point.objective))) {
        high = t;
      } else if (dot(next_gradient, direction) < 0.9 * slope) {
        low = t;
      } else {
        found = true;
      }
      if (!found) t = std::isinf(high) ? 2 * low : (low + high) / 2;
    }
    // Where rounding hides the way down, there is no more to gain.
    outcome.converged = !found;
    if (!found) break;
    ++outcome.iterations;

    Correction correction{direction, next_gradient, 0};
    for (double& s : correction.step) s *= t;
    add(-1, point.gradient, correction.change);
    correction.product = dot(correction.step, correction.change);
    if (correction.product > 0) {
      problem.precondition(correction.change, preconditioned);
      scale = correction.product / dot(correction.change, preconditioned);
      history.push_back(std::move(correction));
      if (history.size() > settings.history) history.pop_front();
    }
    point.x.swap(next);
    point.gradient.swap(next_gradient);
    point.objective = objective;
    if (problem.accepted) problem.accepted();
  }
  return outcome;
}

}  // namespace thaw
