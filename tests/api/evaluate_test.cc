#include "api/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

ClassifierModel three_labels(double temperature) {
  ClassifierModel classifier;
  classifier.head.labels = 3;
  classifier.label_names = {"a", "b", "c"};
  classifier.rules.temperature = temperature;
  return classifier;
}

const std::vector<float> kLogits{3, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 4};
const std::vector<int32_t> kGold{0, 1, 2, 2};

TEST(Evaluate, CountsWhatIsAnsweredAndWhatOfItIsRight) {
  AnswerSettings settings;
  const Evaluation all = evaluate(three_labels(1), kLogits, kGold, settings);
  EXPECT_EQ(all.metrics.rows, 4);
  EXPECT_EQ(all.metrics.accuracy, 0.75);
  EXPECT_EQ(all.answered, 4);
  EXPECT_EQ(all.right, 3);
  EXPECT_EQ(all.as_trained.nll, all.as_saved.nll);
  // The likeliest labels have 0.909, 0.576, 0.787 and 0.965.
  settings.abstain_below = 0.7;
  const Evaluation some = evaluate(three_labels(1), kLogits, kGold, settings);
  EXPECT_EQ(some.answered, 3);
  EXPECT_EQ(some.right, 2);
  EXPECT_EQ(some.metrics.accuracy, 0.75) << "metrics are of all rows";
  settings.abstain_below = 1;
  const Evaluation none = evaluate(three_labels(1), kLogits, kGold, settings);
  EXPECT_EQ(none.answered, 0);
  EXPECT_EQ(none.right, 0);
}

TEST(Evaluate, SummarisesProbabilitiesAsTrainedAndAsSaved) {
  const Evaluation saved = evaluate(three_labels(4), kLogits, kGold);
  EXPECT_EQ(saved.as_saved.nll, calibration_summary(kLogits.data(), kGold.data(), 4, 3, 1).nll);
  EXPECT_EQ(saved.as_trained.nll,
            calibration_summary(kLogits.data(), kGold.data(), 4, 3, 0.25).nll);
  EXPECT_NEAR(saved.metrics.loss, saved.as_saved.nll, 1e-12);
  EXPECT_EQ(saved.logits, kLogits);
  AnswerSettings raw;
  raw.raw_probabilities = true;
  const Evaluation trained = evaluate(three_labels(4), kLogits, kGold, raw);
  EXPECT_EQ(trained.logits[0], 12) << "times the temperature";
  EXPECT_NEAR(trained.metrics.loss, trained.as_trained.nll, 1e-6);
}

TEST(Evaluate, RefusesLabelsOfOtherRows) {
  EXPECT_THROW(evaluate(three_labels(1), kLogits, {0, 1, 2}), Error);
  EXPECT_THROW(evaluate(three_labels(1), kLogits, {0, 1, 2, 3}), Error) << "no such label";
  EXPECT_THROW(evaluate(three_labels(1), {}, {}), Error) << "no rows";
}

}  // namespace
}  // namespace thaw
