#include "training/exact_probe.h"

#include <gtest/gtest.h>

#include "tests/training/fake_network.h"
#include "training/choose_c.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

constexpr int64_t kWords = 12, kHidden = 5, kLabels = 3;

// Texts whose label shows in their words, all but every seventh.
class ExactProbe : public testing::Test {
 protected:
  static TokenizedTexts texts(int rows, std::vector<int32_t>& labels) {
    TokenizedTexts made;
    made.offsets.push_back(0);
    for (int row = 0; row < rows; ++row) {
      const int label = row % static_cast<int>(kLabels);
      labels.push_back(row % 7 == 0 ? (label + 1) % static_cast<int>(kLabels) : label);
      for (int t = 0; t < 2 + row % 4; ++t) {
        made.ids.push_back(t % 2 == 0 ? 3 * label + (row + t) % 3 : 9 + (row + t) % 3);
      }
      made.offsets.push_back(static_cast<int64_t>(made.ids.size()));
    }
    return made;
  }

  ExactProbe() : network_(kWords, kHidden, kLabels, false) {
    train_ = texts(60, gold_);
    validation_ = texts(kRowsToChooseBy, validation_gold_);
    cache_ = network_.cache(train_, {}, "", {});
  }
  SplitView train() const { return {&train_, cache_.get(), gold_.data()}; }
  SplitView validation() const { return {&validation_, nullptr, validation_gold_.data()}; }
  TrainingOutcome solve(const SplitView& train, const SplitView& validation,
                        const ExactProbeSettings& settings) {
    return solve_exact_probe(network_, train, validation, settings, "probe", {});
  }
  // What the head must hold: the weights and then the biases of the optimum of these rows.
  std::vector<float> optimum(const std::vector<int64_t>& rows, double c,
                             const std::vector<double>& class_weights = {}) const {
    std::vector<float> features;
    std::vector<int32_t> gold;
    for (const int64_t row : rows) {
      const auto own = cache_->features().subspan(static_cast<size_t>(row * kHidden), kHidden);
      features.insert(features.end(), own.begin(), own.end());
      gold.push_back(gold_[static_cast<size_t>(row)]);
    }
    LogisticRegression regression(features.data(), gold.data(), static_cast<int64_t>(rows.size()),
                                  kHidden, kLabels, class_weights);
    const LogisticFit fit = regression.fit(c);
    std::vector<float> head(fit.weight.begin(), fit.weight.end());
    head.insert(head.end(), fit.bias.begin(), fit.bias.end());
    return head;
  }

  FakeNetwork network_;
  TokenizedTexts train_, validation_;
  std::vector<int32_t> gold_, validation_gold_;
  std::unique_ptr<ActivationCache> cache_;
};

TEST_F(ExactProbe, WritesTheOptimumOfTheChosenRowsIntoTheHead) {
  std::vector<int64_t> chosen;
  for (int64_t row = 5; row < 45; ++row) chosen.push_back(row);
  SplitView some = train();
  some.chosen = &chosen;
  const TrainingOutcome outcome = solve(some, {}, {3, {}});
  EXPECT_EQ(network_.values(), optimum(chosen, 3));
  EXPECT_EQ(outcome.inverse_regularization, 3);
  EXPECT_EQ(outcome.c_tried, 0);
  EXPECT_EQ(outcome.best_epoch, 0) << "nothing was validated";
  ASSERT_EQ(outcome.epochs.size(), 1u);
  EXPECT_TRUE(outcome.steps.empty());
}

TEST_F(ExactProbe, BalancesTheClassesOfTheRowsThatItIsTrainedOn) {
  std::vector<int64_t> chosen;
  for (int64_t row = 0; row < 60; ++row) {
    if (gold_[static_cast<size_t>(row)] != 2 || row % 2 == 0) chosen.push_back(row);
  }
  SplitView some = train();
  some.chosen = &chosen;
  LossSettings loss;
  loss.balanced_classes = true;
  solve(some, {}, {1, loss});
  std::vector<int64_t> label_rows(kLabels);
  for (const int64_t row : chosen) ++label_rows[static_cast<size_t>(gold_[row])];
  const std::vector<float> balanced = optimum(chosen, 1, balanced_class_weights(label_rows));
  EXPECT_EQ(network_.values(), balanced);
  EXPECT_NE(balanced, optimum(chosen, 1));
}

TEST_F(ExactProbe, ChoosesCOnValidationOrElseByCrossValidation) {
  const TrainingOutcome validated = solve(train(), validation(), {});
  EXPECT_EQ(validated.c_tried, static_cast<int>(std::size(kGridOfC)));
  EXPECT_EQ(validated.c_folds, 0);
  EXPECT_EQ(validated.best_epoch, 1);
  EXPECT_EQ(validated.best_loss, validated.epochs.front().validation_loss);
  for (const double c : kGridOfC) {
    EXPECT_GE(solve(train(), validation(), {c, {}}).best_loss, validated.best_loss - 1e-6) << c;
  }

  const TrainingOutcome folded = solve(train(), {}, {});
  const ChosenC chosen =
      cross_validated_c(cache_->features().data(), gold_.data(), 60, kHidden, kLabels, {}, {});
  EXPECT_EQ(folded.inverse_regularization, chosen.inverse_regularization);
  EXPECT_EQ(folded.c_folds, chosen.folds);
}

}  // namespace
}  // namespace thaw
