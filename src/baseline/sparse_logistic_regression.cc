#include "baseline/sparse_logistic_regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/threads.h"
#include "training/lbfgs.h"
#include "training/vector_math.h"

namespace thaw {
namespace {

constexpr int64_t kRowBlock = 128;          // rows whose sums are added first
constexpr int64_t kEntriesAPart = 1 << 14;  // of column parts, at least

// y[k] += sum over i of value[i] * table[index[i], k]
template <int kLabels>
void gather(const int32_t* index, const double* value, int64_t count, const double* table,
            double* y) {
  double sums[kLabels] = {};
  for (int64_t i = 0; i < count; ++i) {
    const double* row = table + int64_t{index[i]} * kLabels;
    for (int k = 0; k < kLabels; ++k) sums[k] += value[i] * row[k];
  }
  for (int k = 0; k < kLabels; ++k) y[k] += sums[k];
}

void gather(const int32_t* index, const double* value, int64_t count, const double* table,
            int64_t labels, double* y) {
  switch (labels) {
    case 2:
      return gather<2>(index, value, count, table, y);
    case 3:
      return gather<3>(index, value, count, table, y);
    case 4:
      return gather<4>(index, value, count, table, y);
    default:
      for (int64_t i = 0; i < count; ++i) add(value[i], table + index[i] * labels, labels, y);
  }
}

// Logits become probabilities; returns log(sum(exp(logits))).
double softmax(double* z, int64_t labels) {
  const double largest = *std::max_element(z, z + labels);
  double total = 0;
  for (int64_t k = 0; k < labels; ++k) total += z[k] = std::exp(z[k] - largest);
  for (int64_t k = 0; k < labels; ++k) z[k] /= total;
  return largest + std::log(total);
}

void add_logits(const SparseMatrix& features, int64_t row, const double* w, int64_t labels,
                double* z) {
  const int64_t begin = features.offsets[row];
  gather(features.column.data() + begin, features.value.data() + begin,
         features.offsets[row + 1] - begin, w, labels, z);
}

}  // namespace

struct SparseLogisticObjective::Sums {
  double loss = 0, squares = 0, lowest = INFINITY;
};

SparseLogisticObjective::SparseLogisticObjective(const SparseMatrix& features,
                                                 std::vector<int32_t> gold, int64_t labels,
                                                 double penalty)
    : features_(features),
      gold_(std::move(gold)),
      labels_(labels),
      penalty_(penalty),
      by_column_(transpose(features)) {
  column_cuts_ = {0};
  for (int64_t c = 1; c < features.columns; ++c) {
    // Columns count as an entry each: their gradient is written even where few rows have them.
    const int64_t before = column_cuts_.back();
    if (by_column_.offsets[c] - by_column_.offsets[before] + (c - before) >= kEntriesAPart) {
      column_cuts_.push_back(c);
    }
  }
  if (features.columns > 0) column_cuts_.push_back(features.columns);
}

void SparseLogisticObjective::forward(const std::vector<double>& w, std::vector<double>& d_logits,
                                      std::vector<Sums>& sums) const {
  const int64_t rows = features_.rows();
  const double* bias = w.data() + features_.columns * labels_;
  const double share = 1 / static_cast<double>(rows);
  parallel_parts(rows, kRowBlock, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      Sums& sum = sums[row / kRowBlock];
      double* z = d_logits.data() + row * labels_;
      std::copy_n(bias, labels_, z);
      add_logits(features_, row, w.data(), labels_, z);
      const double gold_logit = z[gold_[row]];
      const double log_sum = softmax(z, labels_);
      sum.loss += log_sum - gold_logit;
      sum.lowest = std::min(sum.lowest, log_sum);
      for (int64_t k = 0; k < labels_; ++k) sum.squares += z[k] * z[k];
      z[gold_[row]] -= 1;
      for (int64_t k = 0; k < labels_; ++k) z[k] *= share;
    }
  });
}

SparseLogisticObjective::Value SparseLogisticObjective::evaluate(
    const std::vector<double>& w, std::vector<double>& gradient) const {
  const int64_t rows = features_.rows();
  const double share = 1 / static_cast<double>(rows);
  std::vector<double> d_logits(rows * labels_);  // of the mean loss
  std::vector<Sums> sums((rows + kRowBlock - 1) / kRowBlock);
  forward(w, d_logits, sums);

  gradient.resize(size());
  const auto parts = static_cast<int64_t>(column_cuts_.size()) - 1;
  std::vector<double> norms(parts);  // of the weights, squared
  parallel_parts(parts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = column_cuts_[part] * labels_, last = column_cuts_[part + 1] * labels_;
      norms[part] = dot(w.data() + first, w.data() + first, last - first);
      for (int64_t i = first; i < last; ++i) gradient[i] = penalty_ * w[i];
      for (int64_t c = column_cuts_[part]; c < column_cuts_[part + 1]; ++c) {
        const int64_t at = by_column_.offsets[c];
        gather(by_column_.column.data() + at, by_column_.value.data() + at,
               by_column_.offsets[c + 1] - at, d_logits.data(), labels_,
               gradient.data() + c * labels_);
      }
    }
  });
  double* d_bias = gradient.data() + features_.columns * labels_;
  std::fill_n(d_bias, labels_, 0.0);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t k = 0; k < labels_; ++k) d_bias[k] += d_logits[row * labels_ + k];
  }

  Value value{0, 0, 0, INFINITY};
  double squares = 0, norm = 0;
  for (const Sums& sum : sums) {
    value.loss += sum.loss * share;
    squares += sum.squares;
    value.lowest_log_sum = std::min(value.lowest_log_sum, sum.lowest);
  }
  for (const double part : norms) norm += part;
  // diag(p) - p p' has this mean eigenvalue among shifts that sum to zero.
  value.variance = (1 - squares * share) / static_cast<double>(std::max<int64_t>(1, labels_ - 1));
  value.objective = value.loss + penalty_ / 2 * norm;
  return value;
}

std::vector<double> SparseLogisticObjective::diagonal(double variance) const {
  std::vector<double> diagonal(features_.columns + 1, variance);
  for (int64_t c = 0; c < features_.columns; ++c) {
    double squares = 0;
    for (int64_t i = by_column_.offsets[c]; i < by_column_.offsets[c + 1]; ++i) {
      squares += by_column_.value[i] * by_column_.value[i];
    }
    diagonal[c] = variance * squares / static_cast<double>(features_.rows()) + penalty_;
  }
  return diagonal;
}

void check_sparse_logistic(int64_t rows, const std::vector<int32_t>& gold, int64_t labels,
                           double c) {
  const std::string remedy = "name training data with rows of at least two labels";
  if (rows != static_cast<int64_t>(gold.size())) {
    throw Error(fmt::format("there are {} labels for {} training rows", gold.size(), rows),
                "tf-idf", "give a label to each row");
  }
  if (gold.empty()) throw Error("there are no training rows to solve for", "tf-idf", remedy);
  if (!(c > 0) || std::isinf(c)) {
    throw Error("the inverse regularization C is not a number above 0", "tf-idf", "set it to 1");
  }
  for (const int32_t label : gold) {
    if (label < 0 || label >= labels) {
      throw Error(
          fmt::format("a training row has label number {} of {}, counted from 0", label, labels),
          "tf-idf", "leave out rows without a label");
    }
  }
  if (std::all_of(gold.begin(), gold.end(), [&](int32_t label) { return label == gold[0]; })) {
    throw Error("all training rows have one label", "tf-idf", remedy);
  }
}

SparseLogisticFit fit_sparse_logistic(SparseMatrix features, const std::vector<int32_t>& gold,
                                      int64_t labels, const SparseLogisticSettings& settings,
                                      const Listener& listener) {
  check_sparse_logistic(features.rows(), gold, labels, settings.inverse_regularization);
  const MergedColumns merged = merge_equal_columns(features);
  // Labels that no row has take no part.
  std::vector<int32_t> place(labels, -1), present, present_gold;
  for (const int32_t label : gold) place[label] = 0;
  for (int32_t label = 0; label < labels; ++label) {
    if (place[label] < 0) continue;
    place[label] = static_cast<int32_t>(present.size());
    present.push_back(label);
  }
  for (const int32_t label : gold) present_gold.push_back(place[label]);

  const auto count = static_cast<int64_t>(present.size());
  const double penalty = (count == 2 ? 2 : 1) /
                         (settings.inverse_regularization * static_cast<double>(features.rows()));
  const SparseLogisticObjective objective(features, std::move(present_gold), count, penalty);
  LbfgsPoint point{std::vector<double>(objective.size()), {}, 0};
  auto value = objective.evaluate(point.x, point.gradient), trial = value;
  point.objective = value.objective;
  // Its square root serves better than the diagonal itself: half of the iterations on tweets. The
  // n-grams of a text move together, and the more rows have them, the more others move as well.
  std::vector<double> diagonal = objective.diagonal(value.variance);
  for (double& entry : diagonal) entry = std::sqrt(entry);

  LbfgsProblem problem;
  problem.evaluate = [&](const std::vector<double>& w, std::vector<double>& gradient) {
    trial = objective.evaluate(w, gradient);
    return trial.objective;
  };
  problem.precondition = [&](const std::vector<double>& x, std::vector<double>& y) {
    y.resize(x.size());
    for (size_t c = 0, i = 0; c < diagonal.size(); ++c) {
      for (int64_t k = 0; k < count; ++k, ++i) y[i] = x[i] / diagonal[c];
    }
  };
  problem.accepted = [&] { value = trial; };
  LbfgsSettings lbfgs;
  lbfgs.tolerance = settings.tolerance;
  const LbfgsOutcome outcome = minimize_by_lbfgs(problem, lbfgs, point, listener);

  SparseLogisticFit fit;
  fit.loss = value.loss;
  fit.objective = value.objective;
  fit.iterations = outcome.iterations;
  fit.converged = outcome.converged;
  fit.bias.assign(labels, value.lowest_log_sum - std::log(static_cast<double>(features.rows())));
  const double* bias = point.x.data() + features.columns * count;
  for (int64_t k = 0; k < count; ++k) fit.bias[present[k]] = bias[k];
  fit.weight.resize(merged.column.size() * labels);
  for (size_t c = 0; c < merged.column.size(); ++c) {
    const double* weight = point.x.data() + merged.column[c] * count;
    for (int64_t k = 0; k < count; ++k) {
      fit.weight[c * labels + present[k]] = weight[k] / merged.root_size[merged.column[c]];
    }
  }
  return fit;
}

std::vector<double> sparse_logistic_probabilities(const SparseLogisticFit& fit,
                                                  const SparseMatrix& features) {
  const auto labels = static_cast<int64_t>(fit.bias.size());
  std::vector<double> probabilities(features.rows() * labels);
  for (int64_t row = 0; row < features.rows(); ++row) {
    double* z = probabilities.data() + row * labels;
    std::copy(fit.bias.begin(), fit.bias.end(), z);
    add_logits(features, row, fit.weight.data(), labels, z);
    softmax(z, labels);
  }
  return probabilities;
}

}  // namespace thaw
