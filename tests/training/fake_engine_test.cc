// The interface of engine/engine.h fits an engine that is nothing like ours: fake_network.h keeps
// its numbers in memory of its own. Training, the exact solver, checkpoints, vectors, explanations
// by gradients of the input and a reduction beside the backward all run on it.

#include <gtest/gtest.h>

#include <cstring>
#include <future>
#include <thread>

#include "tests/engine/ranks.h"
#include "tests/training/fake_network.h"
#include "training/exact_probe.h"
#include "training/training_run.h"

namespace thaw {
namespace {

constexpr int64_t kWords = 12, kHidden = 5, kLabels = 3;

class FakeEngine : public testing::Test {
 protected:
  FakeEngine() {
    texts_.offsets.push_back(0);
    for (int row = 0; row < 60; ++row) {  // a label has three words of its own, and shares three
      const int label = row % static_cast<int>(kLabels);
      labels_.push_back(label);
      for (int t = 0; t < 2 + row % 4; ++t) {
        texts_.ids.push_back(t % 2 == 0 ? 3 * label + (row + t) % 3 : 9 + (row + t) % 3);
      }
      texts_.offsets.push_back(static_cast<int64_t>(texts_.ids.size()));
    }
    settings_.epochs = 12;
    settings_.batch_size = 8;
    settings_.learning_rate = 0.05;
  }

  SplitView split(const ActivationCache* cache = nullptr) const {
    return {&texts_, cache, labels_.data()};
  }
  int wrong(Network& network) const {
    const std::vector<float> logits = logits_of(network, texts_);
    int count = 0;
    for (size_t row = 0; row < labels_.size(); ++row) {
      const float* own = logits.data() + row * kLabels;
      count += std::max_element(own, own + kLabels) - own != labels_[row] ? 1 : 0;
    }
    return count;
  }
  BatchSource rows(const std::vector<int64_t>& numbers) const {
    return {&texts_, nullptr, numbers};
  }
  double loss(Network& network, int64_t row) const {
    const std::vector<int64_t> one{row};
    return network.accumulate(rows(one), {labels_.data(), {}, 0}, {}, 0, nullptr);
  }

  TokenizedTexts texts_;
  std::vector<int32_t> labels_;
  TrainingSettings settings_;
};

TEST_F(FakeEngine, IsTrainedByTheLoop) {
  FakeNetwork network(kWords, kHidden, kLabels, true);
  EXPECT_GT(wrong(network), 10);
  const auto outcome = TrainingRun(network).train(split(), {}, settings_, "full", {});
  EXPECT_EQ(wrong(network), 0);
  EXPECT_LT(outcome.steps.back().loss, 0.5 * outcome.steps.front().loss);
}

TEST_F(FakeEngine, KeepsItsNumbersOnItsSideWhileItTrains) {
  FakeNetwork network(kWords, kHidden, kLabels, true);
  settings_.best_epoch = BestEpoch::kLast;
  TrainingRun(network).train(split(), {}, settings_, "full", {});
  EXPECT_EQ(network.memory.downloads, 0);
  EXPECT_EQ(network.memory.uploads, 0);
}

TEST_F(FakeEngine, IsSolvedExactlyOnItsFeatures) {
  FakeNetwork network(kWords, kHidden, kLabels, false);
  const auto cache = network.cache(texts_, {}, "", {});
  const auto outcome = solve_exact_probe(network, split(cache.get()), {}, {100, {}}, "probe", {});
  EXPECT_EQ(outcome.inverse_regularization, 100);
  EXPECT_EQ(wrong(network), 0);
  EXPECT_LE(network.memory.uploads, 2) << "of the solution and of the best";
}

TEST_F(FakeEngine, GoesOnFromItsState) {
  FakeNetwork whole(kWords, kHidden, kLabels, true), second(kWords, kHidden, kLabels, true);
  std::vector<float> kept;
  TrainingProgress at_half;
  Checkpointer checkpointer;
  checkpointer.restore = [](TrainingProgress&, Network&) { return false; };
  checkpointer.due = [](int64_t step) { return step == 20; };
  checkpointer.save = [&](const TrainingProgress& at, Network& network) {
    at_half = at;
    for (const StateRange& range : network.state()) {
      for (const auto& part : {range.value, range.first_moment, range.second_moment}) {
        kept.insert(kept.end(), part.begin(), part.end());
      }
    }
  };
  TrainingRun(whole).train(split(), {}, settings_, "full", {}, &checkpointer);
  ASSERT_FALSE(kept.empty());
  checkpointer.restore = [&](TrainingProgress& at, Network& network) {
    at = at_half;
    const float* from = kept.data();
    for (const StateRange& range : network.state()) {
      for (const auto& part : {range.value, range.first_moment, range.second_moment}) {
        std::memcpy(part.data(), from, part.size_bytes());
        from += part.size();
      }
    }
    return true;
  };
  checkpointer.due = [](int64_t) { return false; };
  TrainingRun(second).train(split(), {}, settings_, "full", {}, &checkpointer);
  EXPECT_EQ(second.values(), whole.values());
}

TEST_F(FakeEngine, ExplainsByGradientsOfTheInput) {
  FakeNetwork network(kWords, kHidden, kLabels, true);
  const std::vector<int64_t> row{5};
  const int64_t tokens = texts_.length(5);
  std::vector<float> vectors(static_cast<size_t>(tokens * kHidden)), gradients(vectors.size());
  network.vectors(rows(row), Level::kTokens, vectors);
  network.input_gradients(rows(row), {labels_.data(), {}, 0}, gradients);
  // By finite differences: moving a word moves all tokens of it.
  const double before = loss(network, 5), step = 1e-3;
  const int32_t moved = texts_.ids[static_cast<size_t>(texts_.offsets[5])];
  std::vector<float> values = network.values();
  for (int64_t i = 0; i < kHidden; ++i) {
    EXPECT_EQ(values[moved * kHidden + i], vectors[i]);
    double expected = 0;
    for (int64_t t = 0; t < tokens; ++t) {
      if (texts_.ids[texts_.offsets[5] + t] == moved) expected += gradients[t * kHidden + i];
    }
    auto other = values;
    other[moved * kHidden + i] += static_cast<float>(step);
    network.set_values(other);
    EXPECT_NEAR((loss(network, 5) - before) / step, expected, 2e-3);
    network.set_values(values);
  }
}

// The reduction of a range begins when it is told of, and the step waits for it.
class BesideTheBackward final : public GradientSink, public Communicator {
 public:
  explicit BesideTheBackward(Communicator& ranks) : ranks_(ranks) {}
  void ready(std::span<float> gradients) override {
    // One after the other, in the order in which all ranks are told.
    running_[gradients.data()] =
        std::async(std::launch::async, [this, gradients, before = last_]() mutable {
          if (before.valid()) before.wait();
          ranks_.sum(gradients);
        }).share();
    last_ = running_[gradients.data()];
  }
  int rank() const override { return ranks_.rank(); }
  int size() const override { return ranks_.size(); }
  void sum(std::span<float> gradients) override { running_.at(gradients.data()).get(); }
  std::vector<int32_t> gather_rows(std::span<const int32_t> rows) override {
    return ranks_.gather_rows(rows);
  }

 private:
  Communicator& ranks_;
  std::map<const float*, std::shared_future<void>> running_;
  std::shared_future<void> last_;
};

TEST_F(FakeEngine, SumsOverRanksBesideTheBackward) {
  const std::vector<int64_t> first{0, 1, 2, 3}, second{4, 5, 6, 7};
  std::vector<std::vector<float>> ended(2);
  Ranks ranks(2);
  const auto work = [&](int rank) {
    FakeNetwork network(kWords, kHidden, kLabels, true);
    Ranks::Rank own(ranks, rank);
    for (int64_t step = 1; step <= 5; ++step) {
      BesideTheBackward beside(own);
      network.accumulate(rows(rank == 0 ? first : second), {labels_.data(), {}, 0}, {}, 0.5,
                         &beside);
      network.step({step, 0.01, 0, 1}, beside);
    }
    ended[static_cast<size_t>(rank)] = network.values();
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  EXPECT_EQ(ended[0], ended[1]);

  FakeNetwork alone(kWords, kHidden, kLabels, true);
  SingleProcess single;
  for (int64_t step = 1; step <= 5; ++step) {
    alone.accumulate(rows(first), {labels_.data(), {}, 0}, {}, 0.5, nullptr);
    alone.accumulate(rows(second), {labels_.data(), {}, 0}, {}, 0.5, nullptr);
    alone.step({step, 0.01, 0, 1}, single);
  }
  const std::vector<float> expected = alone.values();
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(ended[0][i], expected[i], 1e-5) << i;
}

}  // namespace
}  // namespace thaw
