#include "training/choose_c.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "data/class_balance.h"
#include "evaluation/metrics.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

// Sum of the cross-entropies of the rows.
double loss_of(const LogisticFit& fit, const std::vector<float>& features,
               const std::vector<int32_t>& gold, int64_t hidden, int64_t labels) {
  const auto rows = static_cast<int64_t>(gold.size());
  std::vector<float> logits;
  for (int64_t row = 0; row < rows; ++row) {
    const float* x = features.data() + row * hidden;
    for (int64_t label = 0; label < labels; ++label) {
      const double* w = fit.weight.data() + label * hidden;
      logits.push_back(static_cast<float>(
          std::inner_product(x, x + hidden, w, fit.bias[static_cast<size_t>(label)])));
    }
  }
  const std::vector<double> losses = row_losses(logits.data(), gold.data(), rows, labels);
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace

int64_t cross_validation_folds(const std::vector<int64_t>& label_rows) {
  const int64_t rows = std::accumulate(label_rows.begin(), label_rows.end(), int64_t{0});
  int64_t folds = rows > kRowsForTwoFolds ? 2 : kMostFolds;
  for (const int64_t count : label_rows) {
    if (count > 0) folds = std::min(folds, count);
  }
  return folds < 2 ? 0 : folds;
}

ChosenC cross_validated_c(const float* features, const int32_t* gold, int64_t rows, int64_t hidden,
                          int64_t labels, const std::vector<double>& class_weights,
                          const Listener& listener) {
  const int64_t folds =
      cross_validation_folds(rows_of_labels({gold, static_cast<size_t>(rows)}, labels));
  if (folds == 0) return {};

  std::vector<int64_t> fold_of(static_cast<size_t>(rows));
  std::vector<int64_t> dealt(static_cast<size_t>(labels));
  for (int64_t row = 0; row < rows; ++row) {
    fold_of[static_cast<size_t>(row)] = dealt[static_cast<size_t>(gold[row])]++ % folds;
  }
  std::vector<double> losses(std::size(kGridOfC));
  for (int64_t fold = 0; fold < folds; ++fold) {
    std::vector<float> kept, held;
    std::vector<int32_t> kept_gold, held_gold;
    for (int64_t row = 0; row < rows; ++row) {
      const bool out = fold_of[static_cast<size_t>(row)] == fold;
      auto& to = out ? held : kept;
      to.insert(to.end(), features + row * hidden, features + (row + 1) * hidden);
      (out ? held_gold : kept_gold).push_back(gold[row]);
    }
    LogisticRegression regression(kept.data(), kept_gold.data(),
                                  static_cast<int64_t>(kept_gold.size()), hidden, labels,
                                  class_weights);
    for (size_t i = 0; i < losses.size(); ++i) {
      losses[i] += loss_of(regression.fit(kGridOfC[i], listener), held, held_gold, hidden, labels);
    }
  }
  const auto best = std::min_element(losses.begin(), losses.end());
  return {kGridOfC[best - losses.begin()], static_cast<int>(folds)};
}

}  // namespace thaw
