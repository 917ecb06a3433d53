#include "training/choose_c.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace thaw {
namespace {

double uniform(uint64_t row, uint32_t column) {
  return random_bits(random_key(7, row), column) / 4294967296.0 - 0.5;
}

struct Problem {
  int64_t rows, hidden = 6;
  std::vector<float> features;
  std::vector<int32_t> gold;

  // With `noise` 1 the features say nothing of the labels.
  Problem(int64_t count, double noise) : rows(count) {
    for (int64_t row = 0; row < rows; ++row) {
      gold.push_back(static_cast<int32_t>(row % 2));
      for (uint32_t column = 0; column < 6; ++column) {
        const double signal = column == 0 ? (gold.back() == 1 ? 0.5 : -0.5) : 0;
        features.push_back(static_cast<float>((1 - noise) * signal + noise * uniform(row, column)));
      }
    }
  }
  ChosenC chosen() const {
    return cross_validated_c(features.data(), gold.data(), rows, hidden, 2, {}, {});
  }
};

TEST(CrossValidatedC, HoldsTheWeightsBackWhereTheFeaturesSayNothing) {
  const ChosenC noise = Problem(60, 1).chosen(), signal = Problem(60, 0.1).chosen();
  EXPECT_EQ(noise.folds, 5);
  EXPECT_LE(noise.inverse_regularization, 0.1);
  EXPECT_GE(signal.inverse_regularization, 100);
}

TEST(CrossValidatedC, HasAsManyFoldsAsTheRarestLabelHasRows) {
  Problem problem(40, 0.5);
  for (int64_t row = 0; row < 40; ++row) problem.gold[row] = row < 3 ? 1 : 0;
  EXPECT_EQ(problem.chosen().folds, 3);
  problem.gold[0] = problem.gold[1] = 0;  // one row: nothing can be held out
  const ChosenC alone = problem.chosen();
  EXPECT_EQ(alone.folds, 0);
  EXPECT_EQ(alone.inverse_regularization, 1);
}

TEST(CrossValidatedC, CountsItsFoldsByTheRowsOfTheLabels) {
  EXPECT_EQ(cross_validation_folds({40, 20}), 5);
  EXPECT_EQ(cross_validation_folds({40, 0, 4}), 4);
  EXPECT_EQ(cross_validation_folds({9, 8, 2}), 2);
  EXPECT_EQ(cross_validation_folds({9, 1}), 0);
  EXPECT_EQ(cross_validation_folds({2501, 2500}), 2);
}

TEST(CrossValidatedC, TakesTwoFoldsOfManyRows) { EXPECT_EQ(Problem(5002, 0.5).chosen().folds, 2); }

TEST(CrossValidatedC, IsTheSameEveryTime) {
  const Problem problem(50, 0.7);
  EXPECT_EQ(problem.chosen().inverse_regularization, problem.chosen().inverse_regularization);
}

}  // namespace
}  // namespace thaw
