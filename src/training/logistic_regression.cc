#include "training/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/setting_words.h"
#include "base/threads.h"
#include "training/lbfgs.h"
#include "training/vector_math.h"

namespace thaw {
namespace {

constexpr int64_t kRows = 4;              // that a kernel takes at once
constexpr int64_t kGrain = 64;            // rows below which a thread is not worth waking
constexpr int64_t kGramRowsAColumn = 16;  // rows of X'X for each column: enough to precondition

// Rows first, first + stride, … in double with the 1 of the bias; zeros after the last.
void load_rows(const float* features, int64_t first, int64_t stride, int64_t count, int64_t hidden,
               int64_t width, double* x /* [kRows, width] */) {
  for (int64_t r = 0; r < kRows; ++r, x += width) {
    if (r >= count) {
      std::fill_n(x, width, 0.0);
      continue;
    }
    std::copy_n(features + (first + r * stride) * hidden, hidden, x);
    x[hidden] = 1;
    std::fill(x + hidden + 1, x + width, 0.0);
  }
}

// products[r] = x[r] . w
void dot_rows(const double* x, const double* w, int64_t width, double* products /* [kRows] */) {
  Four a{}, b{}, c{}, d{};
  for (int64_t i = 0; i < width; i += kLanes) {
    const Four v = load(w + i);
    a += load(x + i) * v;
    b += load(x + width + i) * v;
    c += load(x + 2 * width + i) * v;
    d += load(x + 3 * width + i) * v;
  }
  products[0] = sum(a);
  products[1] = sum(b);
  products[2] = sum(c);
  products[3] = sum(d);
}

// y += sum over r of factor[r] * x[r], from column `begin` (a multiple of kLanes) on
void add_rows(const double* factor, const double* x, int64_t begin, int64_t width, double* y) {
  const double a = factor[0], b = factor[1], c = factor[2], d = factor[3];
  for (int64_t i = begin; i < width; i += kLanes) {
    store(load(y + i) + ((a * load(x + i) + b * load(x + width + i)) +
                         (c * load(x + 2 * width + i) + d * load(x + 3 * width + i))),
          y + i);
  }
}

}  // namespace

LogisticRegression::LogisticRegression(const float* features, const int32_t* gold, int64_t rows,
                                       int64_t hidden, int64_t labels,
                                       const std::vector<double>& class_weights)
    : features_(features),
      rows_(rows),
      hidden_(hidden),
      labels_(labels),
      width_((hidden + 1 + kLanes - 1) / kLanes * kLanes) {
  if (rows <= 0) {
    throw Error("there are no training rows to solve for", "solver",
                "name a file that has some with " + setting("train"));
  }
  std::vector<int32_t> place(labels, -1);
  for (int64_t r = 0; r < rows; ++r) place[gold[r]] = 0;
  for (int32_t label = 0; label < labels; ++label) {
    if (place[label] < 0) continue;
    place[label] = static_cast<int32_t>(present_.size());
    present_.push_back(label);
    if (!class_weights.empty()) weights_.push_back(class_weights[label]);
  }
  gold_.resize(rows);
  for (int64_t r = 0; r < rows; ++r) gold_[r] = place[gold[r]];
  w_.resize(present_.size() * width_);
  make_gram();
}

void LogisticRegression::make_gram() {
  const int64_t stride = std::max<int64_t>(1, rows_ / (kGramRowsAColumn * width_));
  const int64_t count = (rows_ + stride - 1) / stride;
  gram_.assign(width_ * width_, 0.0);
  // The threads share the rows of the product; that of a thread stays in its cache. Row i has its
  // entries from the diagonal on, so the cut gives each thread rows from both ends.
  parallel_parts((width_ + 1) / 2, 1, [&](int64_t begin, int64_t end, int) {
    std::vector<double> x(kRows * width_);
    for (int64_t at = 0; at < count; at += kRows) {
      load_rows(features_, at * stride, stride, std::min(kRows, count - at), hidden_, width_,
                x.data());
      const auto add_row = [&](int64_t i) {
        const double factor[kRows] = {x[i], x[width_ + i], x[2 * width_ + i], x[3 * width_ + i]};
        add_rows(factor, x.data(), i / kLanes * kLanes, width_, gram_.data() + i * width_);
      };
      for (int64_t i = begin; i < end; ++i) {
        add_row(i);
        if (width_ - 1 - i != i) add_row(width_ - 1 - i);
      }
    }
  });
  for (int64_t i = 0; i < width_; ++i) {
    for (int64_t j = i; j < width_; ++j) {
      gram_[i * width_ + j] /= static_cast<double>(count);
      gram_[j * width_ + i] = gram_[i * width_ + j];
    }
  }
}

LogisticRegression::Value LogisticRegression::evaluate(const std::vector<double>& w, double penalty,
                                                       std::vector<double>& gradient) const {
  const auto present = static_cast<int64_t>(present_.size());
  const int64_t size = present * width_;
  struct Part {
    double loss = 0, squares = 0, lowest = INFINITY, weights = 0;
    std::vector<double> gradient;
  };
  std::vector<Part> parts(thread_count());
  parallel_parts(rows_, kGrain, [&](int64_t begin, int64_t end, int number) {
    Part part;
    part.gradient.resize(size);
    std::vector<double> x(kRows * width_), logits(present * kRows);  // [present, kRows]
    for (int64_t at = begin; at < end; at += kRows) {
      const int64_t count = std::min(kRows, end - at);
      load_rows(features_, at, 1, count, hidden_, width_, x.data());
      for (int64_t k = 0; k < present; ++k) {
        dot_rows(x.data(), w.data() + k * width_, width_, logits.data() + k * kRows);
      }
      // Logits become the gradient's factors, p - 1 at the gold label and p elsewhere.
      for (int64_t r = 0; r < kRows; ++r) {
        double* z = logits.data() + r;
        if (r >= count) {
          for (int64_t k = 0; k < present; ++k) z[k * kRows] = 0;
          continue;
        }
        double largest = z[0], total = 0;
        for (int64_t k = 1; k < present; ++k) largest = std::max(largest, z[k * kRows]);
        const double gold_logit = z[gold_[at + r] * kRows];
        for (int64_t k = 0; k < present; ++k) {
          z[k * kRows] = std::exp(z[k * kRows] - largest);
          total += z[k * kRows];
        }
        const double log_sum = largest + std::log(total);
        const double weight = weights_.empty() ? 1 : weights_[gold_[at + r]];
        part.loss += weight * (log_sum - gold_logit);
        part.weights += weight;
        part.lowest = std::min(part.lowest, log_sum);
        for (int64_t k = 0; k < present; ++k) {
          z[k * kRows] /= total;
          part.squares += weight * z[k * kRows] * z[k * kRows];
        }
        z[gold_[at + r] * kRows] -= 1;
        for (int64_t k = 0; k < present && !weights_.empty(); ++k) z[k * kRows] *= weight;
      }
      for (int64_t k = 0; k < present; ++k) {
        add_rows(logits.data() + k * kRows, x.data(), 0, width_, part.gradient.data() + k * width_);
      }
    }
    parts[number] = std::move(part);
  });

  const double share = 1 / static_cast<double>(rows_);
  Value value{0, 0, 0, INFINITY};
  double squares = 0, weights = 0;
  gradient.assign(size, 0.0);
  for (const Part& part : parts) {
    if (part.gradient.empty()) continue;
    value.loss += part.loss;
    squares += part.squares;
    weights += part.weights;
    value.lowest_log_sum = std::min(value.lowest_log_sum, part.lowest);
    add(share, part.gradient, gradient);
  }
  value.loss *= share;
  // diag(p) - p p' has this mean eigenvalue among shifts that sum to zero.
  value.variance =
      (weights - squares) * share / static_cast<double>(std::max<int64_t>(1, present - 1));
  double norm = 0;
  for (int64_t k = 0; k < present; ++k) {
    const double* row = w.data() + k * width_;
    norm += dot(row, row, hidden_);
    add(penalty, row, hidden_, gradient.data() + k * width_);
  }
  value.objective = value.loss + penalty / 2 * norm;
  return value;
}

void LogisticRegression::factorize(double variance, double penalty) {
  factor_.resize(gram_.size());
  for (int64_t i = 0; i < width_; ++i) {
    double* row = factor_.data() + i * width_;
    for (int64_t j = 0; j <= i; ++j) {
      const double* other = factor_.data() + j * width_;
      double entry = variance * gram_[i * width_ + j];
      if (i == j && i != hidden_) entry += penalty;
      const double left = entry - dot(row, other, j);
      // Rounding may leave nothing of a pivot; any positive one preconditions.
      row[j] = i == j ? std::sqrt(std::max(left, 1e-14 * entry + 1e-300)) : left / other[j];
    }
  }
}

void LogisticRegression::precondition(const std::vector<double>& x, std::vector<double>& y) const {
  y.resize(x.size());
  parallel_parts(static_cast<int64_t>(present_.size()), 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t k = begin; k < end; ++k) {
      double* v = y.data() + k * width_;
      std::copy_n(x.data() + k * width_, width_, v);
      for (int64_t i = 0; i < width_; ++i) {
        const double* row = factor_.data() + i * width_;
        v[i] = (v[i] - dot(row, v, i)) / row[i];
      }
      for (int64_t i = width_ - 1; i >= 0; --i) {
        const double* row = factor_.data() + i * width_;
        v[i] /= row[i];
        add(-v[i], row, i, v);
      }
    }
  });
}

LogisticFit LogisticRegression::expand(const Value& value) const {
  LogisticFit fit;
  fit.loss = value.loss;
  fit.objective = value.objective;
  fit.weight.resize(labels_ * hidden_);
  fit.bias.assign(labels_, value.lowest_log_sum - std::log(static_cast<double>(rows_)));
  for (size_t k = 0; k < present_.size(); ++k) {
    const double* row = w_.data() + k * width_;
    std::copy_n(row, hidden_, fit.weight.data() + present_[k] * hidden_);
    fit.bias[present_[k]] = row[hidden_];
  }
  return fit;
}

LogisticFit LogisticRegression::fit(double c, const Listener& listener) {
  // All is divided by C * rows: the loss is a mean.
  const double penalty = (present_.size() == 2 ? 2 : 1) / (c * static_cast<double>(rows_));
  LbfgsPoint point{w_, {}, 0};
  Value value = evaluate(point.x, penalty, point.gradient), trial = value;
  point.objective = value.objective;
  if (!std::isfinite(value.objective) || !std::isfinite(dot(point.gradient, point.gradient))) {
    throw Error("a feature of the training rows is not a finite number", "solver",
                "check the weights of the model");
  }
  factorize(value.variance, penalty);

  LbfgsProblem problem;
  problem.evaluate = [&](const std::vector<double>& w, std::vector<double>& gradient) {
    trial = evaluate(w, penalty, gradient);
    return trial.objective;
  };
  problem.precondition = [&](const std::vector<double>& x, std::vector<double>& y) {
    precondition(x, y);
  };
  problem.accepted = [&] { value = trial; };
  const LbfgsOutcome outcome = minimize_by_lbfgs(problem, {}, point, listener);
  w_ = std::move(point.x);
  LogisticFit fit = expand(value);
  fit.iterations = outcome.iterations;
  fit.converged = outcome.converged;
  return fit;
}

}  // namespace thaw
