#include "experiment/choose_class_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/shown.h"

namespace thaw {
namespace {

using ::testing::StartsWith;

// Two labels, of which the second is rare: 20 of 400 rows.
std::vector<int32_t> rare_gold() {
  std::vector<int32_t> gold(400, 0);
  for (size_t row = 0; row < 20; ++row) gold[row * 20] = 1;
  return gold;
}

// The rare rows that are found, and the false alarms among the others.
std::vector<float> answers(const std::vector<int32_t>& gold, int found, int alarms) {
  std::vector<float> logits;
  for (const int32_t label : gold) {
    int& left = label == 1 ? found : alarms;
    const bool rare = left-- > 0;
    logits.push_back(rare ? -1.0f : 2.0f);
    logits.push_back(rare ? 1.0f : -2.0f);
  }
  return logits;
}

TEST(ChooseClassWeights, TakesThemWhereTheMetricGainsMoreThanItsStandardError) {
  const auto gold = rare_gold();
  const auto plain = answers(gold, 2, 1), balanced = answers(gold, 16, 8);
  const WeightsChoice choice = choose_class_weights({plain}, {balanced}, gold, 2, Metric::kMacroF1);
  EXPECT_TRUE(choice.take_balanced);
  EXPECT_NEAR(choice.plain, 0.574, 0.01);  // of 2 found and 1 false: F1 0.174 and 0.976
  EXPECT_GT(choice.balanced - choice.plain, 2 * choice.standard_error);
  EXPECT_GT(choice.standard_error, 0.01);
  EXPECT_THAT(describe_weights_choice(choice, "macro F1"),
              StartsWith("balanced: macro F1 on validation 0."));
  // Named as everywhere, with the label that F1 is of.
  ComparisonResults results;
  results.label_names = {"no", "yes"};
  EXPECT_THAT(describe_weights_choice(choice, metric_label(results, Metric::kF1)),
              StartsWith("balanced: F1 of 'yes' on validation 0."));
}

TEST(ChooseClassWeights, LeavesThemWhereTheGainMayBeChanceOrTheOtherWayRound) {
  const auto gold = rare_gold();
  const auto plain = answers(gold, 10, 5);
  EXPECT_FALSE(choose_class_weights({plain}, {plain}, gold, 2, Metric::kMacroF1).take_balanced);
  EXPECT_FALSE(choose_class_weights({plain}, {answers(gold, 11, 6)}, gold, 2, Metric::kMacroF1)
                   .take_balanced);
  // More rare rows found at the price of many false alarms: worse by accuracy.
  EXPECT_FALSE(choose_class_weights({plain}, {answers(gold, 20, 60)}, gold, 2, Metric::kAccuracy)
                   .take_balanced);
}

TEST(ChooseClassWeights, ComparesTheMeansOfSeeds) {
  const auto gold = rare_gold();
  const auto low = answers(gold, 2, 1), high = answers(gold, 16, 8);
  const WeightsChoice choice =
      choose_class_weights({low, high}, {high, low}, gold, 2, Metric::kMacroF1);
  EXPECT_EQ(choice.plain, choice.balanced);
  EXPECT_FALSE(choice.take_balanced);
}

// Of two answers, the one that finds the rare rows has the lower balanced loss and the higher plain
// one; and how sure both are does not matter.
TEST(ChooseClassWeights, ComparesBalancedTrainingsByALossThatCountsLabelsAlike) {
  const auto gold = rare_gold();
  std::vector<float> shy, bold;
  for (size_t row = 0; row < gold.size(); ++row) {
    const float score = gold[row] == 1 ? 0.5f : -1.0f + static_cast<float>(row % 7) * 0.2f;
    shy.insert(shy.end(), {2.9f, 0.1f * score});
    bold.insert(bold.end(), {0.0f, score});
  }
  EXPECT_LT(balanced_loss(bold, gold, 2), balanced_loss(shy, gold, 2));
  std::vector<float> surer = bold;
  for (float& logit : surer) logit *= 3;
  EXPECT_NEAR(balanced_loss(surer, gold, 2), balanced_loss(bold, gold, 2), 1e-6);
}

}  // namespace
}  // namespace thaw
