// A training that is broken off at any step and goes on from what a checkpointer kept ends with the
// bits of one that never stopped.

#include "training/training_progress.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <optional>

#include "base/error.h"
#include "golden_fixture.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"

namespace thaw {
namespace {

using golden::Golden;
using golden::GoldenBatch;

// Keeps the state of the newest checkpoint as bytes.
struct Memory {
  int64_t every = 1;
  std::string progress;
  std::vector<float> best, state;
  int saved = 0;

  Checkpointer checkpointer() {
    return {[this](TrainingProgress& at, Network& trained) {
              if (progress.empty()) return false;
              at = read_progress(progress, "memory");
              at.best = best;
              const float* next = state.data();
              for (const auto& range : trained.state()) {
                for (const auto to : {range.value, range.first_moment, range.second_moment}) {
                  std::memcpy(to.data(), next, to.size_bytes());
                  next += to.size();
                }
              }
              return true;
            },
            [this](int64_t step) { return step % every == 0; },
            [this](const TrainingProgress& at, Network& trained) {
              progress = write_record(at);
              best = at.best;
              state.clear();
              for (const auto& range : trained.state()) {
                for (const auto from : {range.value, range.first_moment, range.second_moment}) {
                  state.insert(state.end(), from.begin(), from.end());
                }
              }
              ++saved;
            }};
  }
};

struct Ended {
  std::vector<float> values, logits;
  TrainingOutcome outcome;
};

class Broken : public testing::TestWithParam<std::string> {
 protected:
  Broken() {
    settings_.epochs = 4;
    settings_.batch_size = 2;
    settings_.learning_rate = 2e-3;
    settings_.weight_decay = 0.01;
    settings_.warmup_ratio = 0.1;
    settings_.layer_decay = 0.9;
  }

  // Ends after `steps` steps where that is not 0: as a process does that is killed there.
  template <class T>
  Ended train(const Checkpointer* checkpointer, int64_t steps = 0) {
    ClassifierModel classifier = open_classifier(golden::folder("bert"));
    const ClassifierModel pretrained = classifier;
    const FreezePlan plan = make_freeze_plan(classifier.table, GetParam());
    constexpr NumberType kNumber = number_type<T>();
    TestRun run(classifier, plan, kNumber, rate_shares(settings_));
    std::unique_ptr<ActivationCache> own, other;
    if (run.depth() != kEmbeddingsGroup && !settings_.frozen_dropout) {
      own = golden::cached_activations(pretrained, plan, run.depth(), train_.texts, kNumber);
      other = golden::cached_activations(pretrained, plan, run.depth(), validation_.texts, kNumber);
    }
    if (settings_.frozen_dropout) {
      other = golden::cached_activations(pretrained, plan, run.depth(), validation_.texts, kNumber);
    }
    const auto validation = validation_.view(other.get());
    int64_t taken = 0;
    Listener listener;
    listener.interrupted = [&] { return steps > 0 && taken >= steps; };
    listener.progress = [&](const Progress& progress) {
      taken += !progress.finished && progress.stage.find("validation") == std::string::npos;
    };
    Ended ended;
    try {
      ended.outcome =
          run.train(train_.view(own.get()), validation, settings_, "", listener, checkpointer);
    } catch (const Interrupted&) {
      return ended;
    }
    ended.values = run.network().values();
    ended.logits = run.logits(validation, "", {});
    return ended;
  }

  // But for the seconds.
  static void expect_same(const Ended& a, const Ended& b) {
    ASSERT_EQ(a.values.size(), b.values.size());
    EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(a.logits.data(), b.logits.data(), a.logits.size() * sizeof(float)), 0);
    EXPECT_EQ(a.outcome.best_epoch, b.outcome.best_epoch);
    ASSERT_EQ(a.outcome.epochs.size(), b.outcome.epochs.size());
    for (size_t i = 0; i < a.outcome.epochs.size(); ++i) {
      EXPECT_EQ(a.outcome.epochs[i].train_loss, b.outcome.epochs[i].train_loss);
      EXPECT_EQ(a.outcome.epochs[i].validation_loss, b.outcome.epochs[i].validation_loss);
    }
    ASSERT_EQ(a.outcome.steps.size(), b.outcome.steps.size());
    for (size_t i = 0; i < a.outcome.steps.size(); ++i) {
      EXPECT_EQ(a.outcome.steps[i].loss, b.outcome.steps[i].loss);
      EXPECT_EQ(a.outcome.steps[i].gradient_norm, b.outcome.steps[i].gradient_norm);
    }
  }

  template <class T>
  void check_every_step() {
    const Ended whole = train<T>(nullptr);
    Memory memory;
    const auto kept = memory.checkpointer();
    expect_same(whole, train<T>(&kept));
    const auto steps = static_cast<int64_t>(whole.outcome.steps.size());
    EXPECT_EQ(memory.saved, steps);
    for (int64_t end = 1; end < steps; ++end) {
      SCOPED_TRACE("broken off after step " + std::to_string(end));
      Memory broken;
      const auto checkpointer = broken.checkpointer();
      EXPECT_TRUE(train<T>(&checkpointer, end).values.empty());
      EXPECT_EQ(broken.saved, end);
      expect_same(whole, train<T>(&checkpointer));
      EXPECT_EQ(broken.saved, steps);
    }
  }

  Golden golden_{"bert"};
  GoldenBatch train_{golden_, 0}, validation_{golden_, 1};
  TrainingSettings settings_;
};

TEST_P(Broken, GoesOnFromEveryStepToTheSameBitsInFp32) { check_every_step<float>(); }

TEST_P(Broken, GoesOnFromEveryStepToTheSameBitsInBf16) {
  THAW_NEEDS_BF16();
  check_every_step<Bf16>();
}

TEST_P(Broken, GoesOnWherePatienceEndsItAndAnEarlierEpochIsBest) {
  settings_.learning_rate = 0.1;  // from some epoch on it only gets worse
  settings_.epochs = 12;
  settings_.patience = 2;
  check_every_step<float>();
  const Ended whole = train<float>(nullptr);
  EXPECT_LT(whole.outcome.best_epoch, whole.outcome.epochs.back().epoch);
  EXPECT_LT(whole.outcome.epochs.size(), 12u);
}

TEST_P(Broken, GoesOnWithFrozenDropout) {
  settings_.frozen_dropout = true;
  check_every_step<float>();
}

TEST_P(Broken, GoesOnFromACheckpointSomeStepsBack) {
  const Ended whole = train<float>(nullptr);
  Memory memory;
  memory.every = 3;
  const auto checkpointer = memory.checkpointer();
  for (const int64_t steps : {2, 4, 2, 4}) {
    EXPECT_TRUE(train<float>(&checkpointer, steps).values.empty());
  }
  EXPECT_EQ(memory.saved, 2);
  expect_same(whole, train<float>(&checkpointer));
}

INSTANTIATE_TEST_SUITE_P(Strategies, Broken,
                         testing::Values("probe", "last-1", "full", "lp-ft", "bitfit"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(TrainingProgress, ComesBackWithAllItsBits) {
  TrainingProgress progress;
  progress.epoch = 3;
  progress.rows = 12345678901;
  progress.epoch_loss = 0.1;
  progress.best_loss = 1.0 / 3;
  progress.epochs_since_best = 2;
  progress.outcome.best_epoch = 1;
  progress.outcome.epochs.push_back({1, 0.7, true, 0.6, 0.5, 0.4, 0.3, 0.2});
  progress.outcome.steps.push_back({1, 0.5, 1e-5, 2.5});
  progress.outcome.steps.push_back({2, std::numeric_limits<double>::denorm_min(), 2e-5, 0.1});
  const std::string bytes = write_record(progress);
  const TrainingProgress back = read_progress(bytes, "bytes");
  EXPECT_EQ(back.rows, 12345678901);
  EXPECT_EQ(back.outcome.steps[1].loss, std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(write_record(back), bytes);
}

TEST(TrainingProgress, RefusesBytesThatAreNotItsOwn) {
  TrainingProgress progress;
  progress.outcome.steps.push_back({1, 0.5, 1e-5, 2.5});
  const std::string bytes = write_record(progress);
  // Version 0.1 wrote all but how C was cross-validated and what the best epoch was chosen by.
  const size_t as_before = bytes.size() - sizeof(int) - sizeof(double);
  EXPECT_EQ(read_progress(bytes.substr(0, as_before), "bytes").outcome.steps.size(), 1u);
  for (size_t size = 0; size < bytes.size(); ++size) {
    if (size == as_before) continue;
    EXPECT_THROW(read_progress(bytes.substr(0, size), "bytes"), Error) << size;
  }
  EXPECT_THROW(read_progress(bytes + "x", "bytes"), Error);
  std::string huge = bytes;
  huge.replace(huge.size() - 72, 8, "\xff\xff\xff\xff\xff\xff\xff\x7f");
  EXPECT_THROW(read_progress(huge, "bytes"), Error);
}

}  // namespace
}  // namespace thaw
