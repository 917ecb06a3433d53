// How long the bootstrap takes where a comparison is as large as the largest recipe.
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "evaluation/bootstrap.h"

namespace thaw {
namespace {

PairedPredictions made(int64_t rows, int64_t labels, int strategies, int seeds) {
  PairedPredictions answers{labels, {}, {}};
  for (int64_t row = 0; row < rows; ++row) {
    answers.gold.push_back(static_cast<int32_t>(row * 7 % labels));
  }
  for (int s = 0; s < strategies; ++s) {
    answers.strategies.emplace_back();
    for (int seed = 0; seed < seeds; ++seed) {
      Predictions run;
      const uint64_t key = random_key(3, static_cast<uint64_t>(s), static_cast<uint64_t>(seed));
      for (int64_t row = 0; row < rows; ++row) {
        const uint32_t bits = random_bits(key, static_cast<uint32_t>(row));
        const bool right = bits % 100 < 65u + static_cast<uint32_t>(s);
        run.predicted.push_back(right ? answers.gold[row]
                                      : static_cast<int32_t>((bits >> 8) % labels));
        run.losses.push_back(right ? 0.3 : 1.4 + 1e-9 * bits);
      }
      answers.strategies.back().push_back(std::move(run));
    }
  }
  return answers;
}

double seconds_for(int64_t rows, int64_t labels, int strategies, int seeds) {
  const PairedPredictions answers = made(rows, labels, strategies, seeds);
  const Clock::time_point start = Clock::now();
  const SignificanceTests evidence = bootstrap_evidence(answers);
  EXPECT_EQ(evidence.resamples, 10'000);
  const double seconds = seconds_since(start);
  ::testing::Test::RecordProperty("seconds", std::to_string(seconds));
  return seconds;
}

TEST(BootstrapTime, IsBelowASecondForTheTweets) {
  if (thread_count() < 2) GTEST_SKIP() << "the promise is for two cores";
  EXPECT_LT(seconds_for(12284, 3, 3, 1), 1.0);
}

TEST(BootstrapTime, StaysSmallForManyStrategiesSeedsOrLabels) {
  EXPECT_LT(seconds_for(12284, 3, 9, 3), 15.0);
  EXPECT_LT(seconds_for(12284, 150, 3, 1), 6.0);
}

}  // namespace
}  // namespace thaw
