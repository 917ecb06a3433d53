#pragma once

#include <cstdint>
#include <vector>

#include "base/listener.h"

namespace thaw {

// The linear classifier that minimises
//
//   C * sum over rows of cross_entropy(softmax(W x + b), gold) + s/2 * ||W||^2
//
// scikit-learn's LogisticRegression(C=...) on the features as they are; the bias is free.
//
// s is 1, and 2 where two labels occur. There scikit-learn has one vector w for the difference of
// the logits, with the penalty ||w||^2 / 2. Of all W with W_1 - W_0 = w the shortest has
// W_1 = -W_0 = w/2 and ||W||^2 = ||w||^2 / 2, so twice the penalty on W is its penalty on w.
//
// A label that no row has would send its bias to minus infinity. It takes no part; its weights are
// zero, and its bias is such that no training row gives it more than one in (rows + 1).
struct LogisticFit {
  std::vector<double> weight;  // [labels, hidden]; every column sums to zero
  std::vector<double> bias;    // [labels]
  double loss = 0;             // mean cross-entropy over the rows, without the penalty
  double objective = 0;        // loss + s / (2 C rows) * ||W||^2: what was minimised
  int iterations = 0;
  bool converged = false;  // false: stopped at the limit of iterations
};

// Solves the problem by L-BFGS (Liu and Nocedal 1989) in double precision, from the solution of the
// fit before: a row of rising C costs little more than its last. Its inverse Hessian starts from
// (v X'X / rows + s / (C rows) I)^-1 for each label alike, with the mean v of p (1 - p): what scale
// the features have, and how they correlate, does not slow it down. Same bits for the same number
// of threads.
class LogisticRegression {
 public:
  // The arrays must outlive it. `class_weights` multiply the losses of their labels' rows, as
  // scikit-learn's class_weight; empty: all are 1. Throws Error where there are no rows.
  LogisticRegression(const float* features /* [rows, hidden] */, const int32_t* gold /* [rows] */,
                     int64_t rows, int64_t hidden, int64_t labels,
                     const std::vector<double>& class_weights /* [labels] */ = {});

  // c > 0. Throws Error where a feature is not a finite number, Interrupted as the listener says.
  LogisticFit fit(double c, const Listener& listener = {});

 private:
  struct Value {
    double loss, objective;
    double variance;        // mean over rows and labels of p (1 - p), as the Hessian has it
    double lowest_log_sum;  // over rows, of log(sum(exp(logits)))
  };
  // The objective at `w` and its gradient.  // both [present, width]
  Value evaluate(const std::vector<double>& w, double penalty, std::vector<double>& gradient) const;
  // X'X of some of the rows, each with the 1 of the bias, over their number.  // [width, width]
  void make_gram();
  // Cholesky factor of variance * gram + penalty * I.
  void factorize(double variance, double penalty);
  // y = (L L')^-1 x for each label.  // both [present, width]
  void precondition(const std::vector<double>& x, std::vector<double>& y) const;
  LogisticFit expand(const Value& value) const;

  const float* features_;
  int64_t rows_, hidden_, labels_;
  int64_t width_;                      // hidden, the bias, and zeros up to whole vectors
  std::vector<int32_t> gold_;          // [rows] by place in present_
  std::vector<int32_t> present_;       // labels that occur
  std::vector<double> weights_;        // [present] of their rows; empty: 1
  std::vector<double> w_;              // [present, width]
  std::vector<double> gram_, factor_;  // [width, width]
};

}  // namespace thaw
