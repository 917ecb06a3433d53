#include "experiment/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

std::vector<std::string> names(const ExperimentSettings& settings) {
  std::vector<std::string> names;
  for (const StrategySettings& s : settings.strategies) names.push_back(s.name);
  return names;
}

ExperimentSettings settings_of(const std::vector<std::string>& assignments) {
  return small_experiment("rows.csv", "out", assignments);
}

TEST(DepthSweep, AddsEveryDepthBetweenProbeAndFull) {
  ExperimentSettings settings = settings_of({"strategies=probe,full", "sweep=depth"});
  EXPECT_TRUE(settings.sweep_depth);
  expand_depth_sweep(settings, 3);
  EXPECT_EQ(names(settings),
            (std::vector<std::string>{"probe", "last-1", "last-2", "last-3", "full"}));
}

TEST(DepthSweep, LeavesWhatIsNamedAsItIs) {
  ExperimentSettings settings =
      settings_of({"strategies=probe,last-2,full", "last-2.epochs=7", "batch_size=4"});
  expand_depth_sweep(settings, 3);
  EXPECT_EQ(names(settings),
            (std::vector<std::string>{"probe", "last-1", "last-2", "last-3", "full"}));
  EXPECT_EQ(settings.strategies[1].training.epochs, 2);
  EXPECT_EQ(settings.strategies[2].training.epochs, 7);
  EXPECT_EQ(settings.strategies[3].training.batch_size, 4);
}

TEST(NestedOrder, KeepsTheLabelsSharesInEveryBeginning) {
  std::vector<int32_t> labels;
  for (int i = 0; i < 1000; ++i) labels.push_back(i % 10 == 0 ? 2 : i % 10 < 4 ? 1 : 0);
  const auto order = nested_order(labels, 7);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(sorted, all);
  for (const int64_t size : {20, 100, 333, 700}) {
    double counts[3] = {};
    for (int64_t i = 0; i < size; ++i) ++counts[labels[order[i]]];
    EXPECT_NEAR(counts[0], 0.6 * size, 1.01);
    EXPECT_NEAR(counts[1], 0.3 * size, 1.01);
    EXPECT_NEAR(counts[2], 0.1 * size, 1.01);
  }
  EXPECT_EQ(order, nested_order(labels, 7));
  EXPECT_NE(order, nested_order(labels, 8));
}

TEST(SizeSweep, HalvesDownToAFewRowsALabel) {
  EXPECT_EQ(sweep_sizes(settings_of({}), 1000, 3), (std::vector<int64_t>{31, 62, 125, 250, 500}));
  EXPECT_EQ(sweep_sizes(settings_of({}), 100, 2), (std::vector<int64_t>{25, 50}));
}

TEST(SizeSweep, TakesSharesAndRows) {
  EXPECT_EQ(sweep_sizes(settings_of({"sweep=size", "sizes=0.1,300,1,0.1"}), 1000, 3),
            (std::vector<int64_t>{100, 300}));
  EXPECT_THROW(sweep_sizes(settings_of({"sweep=size", "sizes=2000"}), 1000, 3), Error);
}

TEST(Search, TriesEveryPairAndItsOwnSettings) {
  const auto settings = settings_of({"search=lr,epochs"});
  const auto candidates = search_candidates(settings, settings.strategies[2].training);
  EXPECT_EQ(candidates.size(), 9u);
  EXPECT_TRUE(std::any_of(candidates.begin(), candidates.end(), [](const TrainingSettings& t) {
    return t.learning_rate == 2e-3 && t.epochs == 2;
  }));
  const auto named = settings_of({"search=lr", "learning_rates=1e-4,1e-3"});
  const auto two = search_candidates(named, named.strategies[2].training);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].learning_rate, 1e-4);
  EXPECT_EQ(two[1].epochs, 2);
}

TEST(Settings, OfADecisionAreChecked) {
  EXPECT_EQ(settings_of({"metric=accuracy", "budget=2min"}).decision.metric, Metric::kAccuracy);
  EXPECT_EQ(settings_of({"budget=2min"}).decision.budget_seconds, 120);
  for (const char* wrong : {"metric=beauty", "budget=soon", "sweep=width", "search=dropout",
                            "seeds=0", "layer_decay=2", "sizes=", "epoch_counts=1.5"}) {
    EXPECT_THROW(settings_of({wrong}), Error) << wrong;
  }
}

}  // namespace
}  // namespace thaw
