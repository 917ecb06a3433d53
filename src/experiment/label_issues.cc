#include "experiment/label_issues.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "data/audit/audit.h"
#include "engine/classify.h"
#include "evaluation/confident_learning.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

constexpr double kPenalties[] = {0.0003, 0.001, 0.003, 0.01, 0.03, 0.1};
constexpr int64_t kSample = 4000;  // rows to choose C by
constexpr int64_t kGrain = 256;    // rows a thread takes at least

double spread_of(const float* features, int64_t count) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    sum += features[i];
    squares += static_cast<double>(features[i]) * features[i];
  }
  const auto n = static_cast<double>(std::max<int64_t>(1, count));
  const double spread = std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
  return spread > 0 ? spread : 1;
}

// Rows that take part, with labels without gaps.
class Folds {
 public:
  Folds(const float* features, const int32_t* given, int64_t rows, int64_t hidden, int64_t labels,
        const LabelIssueOptions& options)
      : features_(features), hidden_(hidden), options_(options) {
    std::vector<int64_t> counts(labels);
    for (int64_t row = 0; row < rows; ++row) ++counts.at(given[row]);
    places_.assign(labels, -1);
    for (int64_t label = 0; label < labels; ++label) {
      if (counts[label] < options.folds) continue;
      places_[label] = static_cast<int32_t>(present_.size());
      present_.push_back(static_cast<int32_t>(label));
    }
    for (int64_t row = 0; row < rows; ++row) {
      if (places_[given[row]] >= 0) rows_.push_back(row);
    }
    // By label, within a label at random: dealt out in turn, folds have equal shares of each.
    std::vector<int64_t> order = rows_;
    const auto key = [&](int64_t row) { return random_key(options_.seed, row); };
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return given[a] != given[b] ? given[a] < given[b] : key(a) < key(b);
    });
    fold_of_.assign(rows, -1);
    given_.assign(rows, -1);
    for (size_t i = 0; i < order.size(); ++i) {
      fold_of_[order[i]] = static_cast<int>(i % static_cast<size_t>(options_.folds));
      given_[order[i]] = places_[given[order[i]]];
    }
    // And all in a random order, of which the first few are a sample.
    shuffled_ = rows_;
    std::sort(shuffled_.begin(), shuffled_.end(),
              [&](int64_t a, int64_t b) { return key(a) < key(b); });
    spread_ = spread_of(features, rows * hidden);
  }

  bool can_compare() const { return present_.size() >= 2; }
  int64_t present() const { return static_cast<int64_t>(present_.size()); }
  const std::vector<int32_t>& labels() const { return present_; }
  const std::vector<int64_t>& rows() const { return rows_; }
  const std::vector<int32_t>& given() const { return given_; }
  int fold_of(int64_t row) const { return fold_of_[row]; }

  // Some rows as a problem of their own.
  struct Problem {
    std::vector<float> features;  // [rows, hidden]
    std::vector<int32_t> given;   // [rows]
  };
  // At most `most` of the first `limit` shuffled rows, those for which `wanted` holds.
  template <class Wanted>
  Problem take(size_t limit, int64_t most, const Wanted& wanted) const {
    Problem problem;
    for (size_t i = 0; i < std::min(limit, shuffled_.size()); ++i) {
      const int64_t row = shuffled_[i];
      if (!wanted(row)) continue;
      if (static_cast<int64_t>(problem.given.size()) == most) break;
      const float* own = features_ + row * hidden_;
      for (int64_t c = 0; c < hidden_; ++c) {
        problem.features.push_back(static_cast<float>(own[c] / spread_));
      }
      problem.given.push_back(given_[row]);
    }
    return problem;
  }

  LogisticRegression regression(const Problem& problem) const {
    return {problem.features.data(), problem.given.data(),
            static_cast<int64_t>(problem.given.size()), hidden_, present()};
  }

  void predict(const LogisticFit& fit, const float* features, double scale,
               double* p /* [present] */) const {
    for (int64_t label = 0; label < present(); ++label) {
      const double* weight = fit.weight.data() + label * hidden_;
      double sum = 0;
      for (int64_t c = 0; c < hidden_; ++c) sum += weight[c] * features[c];
      p[label] = fit.bias[label] + sum * scale;
    }
    const double most = *std::max_element(p, p + present());
    double total = 0;
    for (int64_t label = 0; label < present(); ++label)
      total += p[label] = std::exp(p[label] - most);
    for (int64_t label = 0; label < present(); ++label) p[label] /= total;
  }

  void predict_row(const LogisticFit& fit, int64_t row, double* p) const {
    predict(fit, features_ + row * hidden_, 1 / spread_, p);
  }

  double choose_penalty(const Listener& listener) const {
    // Fitted on two thirds of the sample, judged by the rest.
    const auto is_judge = [&](int64_t row) { return random_key(options_.seed, row, 1) % 3 == 0; };
    const Problem fitted = take(kSample, kSample, [&](int64_t row) { return !is_judge(row); });
    const Problem judges = take(kSample, kSample, is_judge);
    double best = kPenalties[2], lowest = std::numeric_limits<double>::infinity();
    if (fitted.given.empty() || judges.given.empty()) return best;
    LogisticRegression problem = regression(fitted);
    for (const double c : kPenalties) {
      const LogisticFit fit = problem.fit(c, listener);
      double loss = 0;
      std::vector<double> p(present());
      for (size_t i = 0; i < judges.given.size(); ++i) {
        predict(fit, judges.features.data() + static_cast<int64_t>(i) * hidden_, 1, p.data());
        loss -= std::log(std::max(p[judges.given[i]], 1e-300));
      }
      if (loss >= lowest) break;
      lowest = loss;
      best = c;
    }
    return best;
  }

 private:
  const float* features_;
  int64_t hidden_;
  const LabelIssueOptions& options_;
  std::vector<int32_t> places_;   // [labels] in present_, or -1
  std::vector<int32_t> present_;  // labels with enough rows
  std::vector<int64_t> rows_, shuffled_;
  std::vector<int> fold_of_;    // [rows]
  std::vector<int32_t> given_;  // [rows] places in present_
  double spread_ = 1;
};

// [rows that take part, present]
std::vector<double> predict_out_of_fold(const Folds& folds, const LabelIssueOptions& options,
                                        const Listener& listener) {
  const auto start = Clock::now();
  const std::vector<int64_t>& rows = folds.rows();
  const auto count = static_cast<int64_t>(rows.size());
  std::vector<double> probabilities(count * folds.present());
  Progress progress{"suspects: folds", 0, count};
  listener.report(progress);
  const double c = folds.choose_penalty(listener);
  for (int fold = 0; fold < options.folds; ++fold) {
    const auto problem = folds.take(rows.size(), options.most_fitted,
                                    [&](int64_t row) { return folds.fold_of(row) != fold; });
    const LogisticFit fit = folds.regression(problem).fit(c, listener);
    parallel_parts(count, kGrain, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        if (folds.fold_of(rows[i]) != fold) continue;
        folds.predict_row(fit, rows[i], probabilities.data() + i * folds.present());
      }
    });
    progress.rows = count * (fold + 1) / options.folds;
    progress.seconds = seconds_since(start);
    progress.finished = fold + 1 == options.folds;
    listener.report(progress);
  }
  return probabilities;
}

}  // namespace

std::vector<double> out_of_fold_probabilities(const float* features, const int32_t* given,
                                              int64_t rows, int64_t hidden, int64_t labels,
                                              const LabelIssueOptions& options,
                                              const Listener& listener) {
  std::vector<double> all(rows * labels);
  const Folds folds(features, given, rows, hidden, labels, options);
  if (!folds.can_compare()) return all;
  const std::vector<double> own = predict_out_of_fold(folds, options, listener);
  for (size_t i = 0; i < folds.rows().size(); ++i) {
    for (int64_t place = 0; place < folds.present(); ++place) {
      all[folds.rows()[i] * labels + folds.labels()[place]] =
          own[static_cast<int64_t>(i) * folds.present() + place];
    }
  }
  return all;
}

namespace {

// Mean over the labels of the share of their rows that get the label.
double mean_recall(const std::vector<double>& probabilities /* [rows, labels] */,
                   const std::vector<int32_t>& given /* [rows] */, int64_t labels) {
  std::vector<int64_t> rows(static_cast<size_t>(labels)), right(static_cast<size_t>(labels));
  for (size_t row = 0; row < given.size(); ++row) {
    const double* p = probabilities.data() + static_cast<int64_t>(row) * labels;
    ++rows[static_cast<size_t>(given[row])];
    right[static_cast<size_t>(given[row])] += std::max_element(p, p + labels) - p == given[row];
  }
  double sum = 0;
  for (size_t label = 0; label < rows.size(); ++label) {
    if (rows[label] > 0)
      sum += static_cast<double>(right[label]) / static_cast<double>(rows[label]);
  }
  return sum / static_cast<double>(labels);
}

}  // namespace

LabelIssues audit_labels(const float* features, int64_t hidden, const Split& split, int64_t labels,
                         const LabelIssueOptions& options, const Listener& listener) {
  LabelIssues label_issues;
  if (split.labels.empty()) return label_issues;
  const Folds folds(features, split.labels.data(), split.size(), hidden, labels, options);
  if (!folds.can_compare()) return label_issues;
  const std::vector<double> probabilities = predict_out_of_fold(folds, options, listener);
  const std::vector<int64_t>& rows = folds.rows();
  const int64_t present = folds.present();
  std::vector<int32_t> given;
  for (const int64_t row : rows) given.push_back(folds.given()[row]);
  label_issues.rows = static_cast<int64_t>(rows.size());
  label_issues.recall = mean_recall(probabilities, given, present);
  if (!label_issues.can_judge()) return label_issues;
  for (const int64_t i :
       find_label_issues(probabilities.data(), given.data(), label_issues.rows, present)) {
    const double* p = probabilities.data() + i * present;
    const int64_t best = std::max_element(p, p + present) - p;
    label_issues.found.push_back({split.rows[rows[i]], split.labels[rows[i]], folds.labels()[best],
                                  p[given[i]], p[best], whole_text(split.texts, rows[i])});
  }
  return label_issues;
}

void add_label_issues(const LabelIssues& label_issues, DataFindings& findings) {
  findings.looked_for_label_issues = label_issues.can_judge();
  findings.suspected = static_cast<int64_t>(label_issues.found.size());
  findings.label_issues.assign(
      label_issues.found.begin(),
      label_issues.found.begin() +
          static_cast<int64_t>(std::min(label_issues.found.size(), kMostDataExamples)));
}

std::vector<float> encoder_vectors(const ClassifierModel& classifier, const TokenizedTexts& texts,
                                   NumberType precision, const std::string& stage,
                                   const Listener& listener) {
  const std::unique_ptr<Engine> engine = open_engine();
  const auto session =
      engine->session(classifier, evaluation_precision(engine->traits(), precision), true);
  const auto cache = session->cache(texts, {{}, true, {}}, stage, listener);
  const std::span<const float> features = cache->features();
  return {features.begin(), features.end()};
}

}  // namespace thaw
