#pragma once

#include <cstdint>
#include <vector>

#include "base/listener.h"
#include "baseline/sparse_matrix.h"

namespace thaw {

// What training/logistic_regression.h minimises, over many features of which a row has few:
//
//   C * sum over rows of cross_entropy(softmax(W x + b), gold) + s/2 * ||W||^2
//
// with s = 2 where two labels occur, else 1; the bias is free. See there for s and for labels that
// no row has.
struct SparseLogisticFit {
  std::vector<double> weight;  // [columns, labels]; every row sums to zero
  std::vector<double> bias;    // [labels]
  double loss = 0;             // mean cross-entropy over the rows, without the penalty
  double objective = 0;        // loss + s / (2 C rows) * ||W||^2: what was minimised
  int iterations = 0;
  bool converged = false;  // false: stopped at the limit of iterations
};

struct SparseLogisticSettings {
  double inverse_regularization = 1;  // scikit-learn's C, above 0
  // See LbfgsSettings. What the objective is then above the lowest is of this order; 1.4e-8 of 0.54
  // was measured on 50,000 tweets.
  double tolerance = 1e-9;
};

// Equal columns are merged first (baseline/sparse_matrix.h). Then L-BFGS in double precision, whose
// inverse Hessian starts from the diagonal (v * (mean of x^2 in the column) + s / (C rows))^-1/2, v
// the mean of p (1 - p). The bits do not depend on the number of threads. Takes 12 bytes more for
// each entry of `features`, and some 210 for each label and column that is left.
//
// Throws Error as check_sparse_logistic() does, Interrupted as the listener says.
SparseLogisticFit fit_sparse_logistic(SparseMatrix features,
                                      const std::vector<int32_t>& gold /* [rows] */, int64_t labels,
                                      const SparseLogisticSettings& settings = {},
                                      const Listener& listener = {});

// Throws Error where there are no rows, or not as many as labels in `gold`, where all have one
// label, where a label is none of [0, labels), or where c is not above 0.
void check_sparse_logistic(int64_t rows, const std::vector<int32_t>& gold, int64_t labels,
                           double c);

// softmax(W x + b) of the rows.  // [rows, labels]
std::vector<double> sparse_logistic_probabilities(const SparseLogisticFit& fit,
                                                  const SparseMatrix& features);

// The objective over labels that all occur and its gradient; fit_sparse_logistic minimises it.
class SparseLogisticObjective {
 public:
  // `features` must outlive it; gold in [0, labels).
  SparseLogisticObjective(const SparseMatrix& features, std::vector<int32_t> gold, int64_t labels,
                          double penalty /* s / (C rows) */);

  struct Value {
    double loss, objective;
    double variance;        // mean over rows and labels of p (1 - p), as the Hessian has it
    double lowest_log_sum;  // over rows, of log(sum(exp(logits)))
  };
  // w and gradient: [columns + 1, labels], the bias last.
  Value evaluate(const std::vector<double>& w, std::vector<double>& gradient) const;

  // Of each column and of the bias: v * mean of x^2 + penalty (v alone for the bias).
  std::vector<double> diagonal(double variance) const;  // [columns + 1]
  int64_t size() const { return (features_.columns + 1) * labels_; }

 private:
  struct Sums;
  void forward(const std::vector<double>& w, std::vector<double>& d_logits,
               std::vector<Sums>& sums) const;

  const SparseMatrix& features_;
  std::vector<int32_t> gold_;
  int64_t labels_;
  double penalty_;
  SparseMatrix by_column_;            // transposed
  std::vector<int64_t> column_cuts_;  // parts of about as many entries each
};

}  // namespace thaw
