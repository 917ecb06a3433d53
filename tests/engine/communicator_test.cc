// Several ranks train one network together, as threads of one process (ranks.h), each in a context
// of its own.

#include "engine/communicator.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/engine.h"
#include "engine/number_type.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"
#include "tests/engine/ranks.h"
#include "tests/golden/golden_texts.h"

namespace thaw {
namespace {

using golden::Golden;
using golden::GoldenTexts;

constexpr int kSteps = 4;

// What is left of a training: losses of the micro-batches, and the whole state.
struct Trained {
  std::vector<double> losses;
  std::vector<float> state;
  bool operator==(const Trained&) const = default;
};

std::vector<float> state_of(Network& network) {
  network.flush();
  std::vector<float> all;
  for (const StateRange& range : network.state()) {
    for (const auto& part : {range.value, range.first_moment, range.second_moment}) {
      all.insert(all.end(), part.begin(), part.end());
    }
  }
  return all;
}

class RanksTest : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  RanksTest() {
    classifier_.config.hidden_dropout = classifier_.config.attention_dropout = 0.1f;
    classifier_.config.classifier_dropout = 0.1f;
  }
  std::string strategy() const { return std::get<1>(GetParam()); }

  void without_dropout() {
    classifier_.config.hidden_dropout = classifier_.config.attention_dropout = 0;
    classifier_.config.classifier_dropout = 0;
  }

  // The rows of a step cut into micro-batches of about one length.
  std::vector<std::vector<int64_t>> micro_batches(int count) const {
    const auto rows = static_cast<int64_t>(batch_.rows.size());
    std::vector<std::vector<int64_t>> cut(static_cast<size_t>(count));
    for (int64_t row = 0; row < rows; ++row) cut[row * count / rows].push_back(row);
    return cut;
  }

  // Steps of which this process takes the micro-batches from `first` to `end`.
  Trained train(Network& network, const std::vector<std::vector<int64_t>>& cut, size_t first,
                size_t end, Communicator& communicator) const {
    Trained trained;
    for (int64_t step = 1; step <= kSteps; ++step) {
      for (size_t part = first; part < end; ++part) {
        StepDropout dropout{true, 7, static_cast<uint64_t>(step), part};
        const double weight = static_cast<double>(cut[part].size()) / batch_.rows.size();
        trained.losses.push_back(network.accumulate({&batch_.texts, nullptr, cut[part]},
                                                    {batch_.labels.data(), {}, 0}, dropout, weight,
                                                    nullptr));
      }
      network.step({step, 2e-3, 0.01, 1}, communicator);
    }
    trained.state = state_of(network);
    return trained;
  }

  // One process that takes all micro-batches itself.
  Trained alone(int parts, bool apart, NumberType number = NumberType::kFp32) const {
    Context context(1);
    ClassifierModel copy = classifier_;
    const auto network =
        open_engine("cpu", context)
            ->network(copy, make_freeze_plan(copy.table, strategy()), {number, number}, {});
    network->sum_apart(apart);
    SingleProcess single;
    return train(*network, micro_batches(parts), 0, static_cast<size_t>(parts), single);
  }

  // A thread for each rank, with a network and a context of its own.
  std::vector<Trained> together(int size, NumberType number = NumberType::kFp32) const {
    Ranks ranks(size);
    std::vector<Trained> found(static_cast<size_t>(size));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; ++rank) {
      threads.emplace_back([&, rank] {
        Context context(1);
        ClassifierModel copy = classifier_;
        const auto network =
            open_engine("cpu", context)
                ->network(copy, make_freeze_plan(copy.table, strategy()), {number, number}, {});
        Ranks::Rank communicator(ranks, rank);
        const auto part = static_cast<size_t>(rank);
        found[part] = train(*network, micro_batches(size), part, part + 1, communicator);
      });
    }
    for (std::thread& thread : threads) thread.join();
    return found;
  }

  void expect_the_same_bits(NumberType number) const {
    for (const int size : {2, 3}) {
      SCOPED_TRACE(size);
      const Trained one = alone(size, true, number);
      const std::vector<Trained> ranks = together(size, number);
      for (int rank = 0; rank < size; ++rank) {
        EXPECT_EQ(ranks[rank].state, one.state) << "rank " << rank;
        for (int step = 0; step < kSteps; ++step) {
          EXPECT_EQ(ranks[rank].losses[step], one.losses[step * size + rank])
              << "step " << step << ", rank " << rank;
        }
      }
    }
  }

  Golden golden_{std::get<0>(GetParam())};
  GoldenTexts batch_{golden_, 0};
  ClassifierModel classifier_ = open_classifier(golden::folder(std::get<0>(GetParam())));
};

TEST_P(RanksTest, GiveTheBitsOfOneProcessThatTakesTheSameMicroBatches) {
  expect_the_same_bits(NumberType::kFp32);
}

TEST_P(RanksTest, GiveTheBitsOfOneProcessInBf16) {
  THAW_NEEDS_BF16();
  expect_the_same_bits(NumberType::kBf16);
}

TEST_P(RanksTest, GiveThoseOfTheWholeStepUpToRoundingWithoutDropout) {
  without_dropout();
  const Trained whole = alone(1, false), ranks = together(2).front();
  ASSERT_EQ(ranks.state.size(), whole.state.size());
  // Adam divides by the gradient's own size: where that is all rounding (the key's bias), a value
  // may move by a step either way. So most values are near, and none further than its steps.
  size_t far = 0;
  for (size_t i = 0; i < whole.state.size(); ++i) {
    const double off = std::abs(double{ranks.state[i]} - whole.state[i]);
    if (off > 1e-5 + 1e-4 * std::abs(whole.state[i])) ++far;
    ASSERT_LE(off, 2 * kSteps * 2e-3) << i;
  }
  EXPECT_LE(static_cast<double>(far), 0.02 * static_cast<double>(whole.state.size()));
  const std::vector<Trained> both = together(2);
  for (int step = 0; step < kSteps; ++step) {
    const auto cut = micro_batches(2);
    const double mean =
        (both[0].losses[step] * cut[0].size() + both[1].losses[step] * cut[1].size()) /
        batch_.rows.size();
    EXPECT_NEAR(mean, whole.losses[step], 1e-4 * whole.losses[step]) << "step " << step;
  }
}

TEST_P(RanksTest, SumsMadeApartDifferFromSumsMadeTogetherByRoundingAlone) {
  const Trained apart = alone(3, true), together = alone(3, false);
  if (strategy() == "full") {
    EXPECT_NE(apart.state, together.state) << "or nothing was tried";
  }
  for (size_t i = 0; i < apart.losses.size(); ++i) {
    EXPECT_NEAR(apart.losses[i], together.losses[i], 1e-4 * together.losses[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, RanksTest,
                         testing::Values(std::tuple{"bert", "full"}, std::tuple{"bert", "last-1"},
                                         std::tuple{"bert", "probe"}, std::tuple{"mpnet", "full"},
                                         std::tuple{"electra", "bitfit"},
                                         std::tuple{"distilbert", "full"}),
                         [](const auto& param) {
                           std::string name =
                               std::get<0>(param.param) + "_" + std::get<1>(param.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace thaw
