// A step whose rows are taken in parts learns what the whole step would; a step that comes to no
// finite numbers says on which rows.

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "golden_fixture.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"

namespace thaw {
namespace {

using golden::Golden;
using golden::GoldenBatch;

class MicroBatches : public testing::Test {
 protected:
  MicroBatches() {
    settings_.epochs = 3;
    settings_.batch_size = static_cast<int>(batch_.rows.size());
    settings_.learning_rate = 1e-3;
    settings_.seed = 5;
  }

  // A part drops out other elements than the whole step would.
  void without_dropout() {
    classifier_.config.hidden_dropout = classifier_.config.attention_dropout = 0;
    classifier_.config.classifier_dropout = 0;
  }

  template <class T = float>
  std::vector<StepOutcome> train(const std::string& strategy) {
    ClassifierModel classifier = classifier_;
    const FreezePlan plan = make_freeze_plan(classifier.table, strategy);
    TestRun run(classifier, plan, number_type<T>());
    std::unique_ptr<ActivationCache> cache;
    if (run.depth() != kEmbeddingsGroup) {
      cache =
          golden::cached_activations(classifier, plan, run.depth(), batch_.texts, number_type<T>());
    }
    SplitView inputs = batch_.view(cache.get());
    inputs.numbers = numbers_.empty() ? nullptr : numbers_.data();
    return run.train(inputs, {}, settings_, strategy, {}).steps;
  }

  // The smallest budget: every row is a part of its own.
  void expect_the_same_in_parts(const std::string& strategy) {
    settings_.micro_batch_tokens = 0;
    const auto whole = train(strategy);
    settings_.micro_batch_tokens = 32;
    const auto parts = train(strategy);
    ASSERT_EQ(whole.size(), 3u);
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_NEAR(parts[i].loss, whole[i].loss, 1e-5 * whole[i].loss) << strategy << ", step " << i;
      EXPECT_NEAR(parts[i].gradient_norm, whole[i].gradient_norm, 1e-4 * whole[i].gradient_norm)
          << strategy << ", step " << i;
    }
  }

  // Every row that has the token comes to NaN.
  void spoil(int32_t token) {
    for (Parameter& parameter : classifier_.table.list) {
      if (parameter.role != Role::kWordEmbedding) continue;
      words_.assign(parameter.value, parameter.value + parameter.size());
      std::fill_n(words_.begin() + token * parameter.shape[1], parameter.shape[1],
                  std::numeric_limits<float>::quiet_NaN());
      parameter.value = words_.data();
    }
  }

  std::string divergence(const std::string& strategy) {
    try {
      train(strategy);
    } catch (const Diverged& error) {
      return error.what();
    }
    return "";
  }

  Golden golden_{"bert"};
  GoldenBatch batch_{golden_, 0};
  ClassifierModel classifier_ = open_classifier(golden::folder("bert"));
  TrainingSettings settings_;
  std::vector<int64_t> numbers_;
  std::vector<float> words_;
};

TEST_F(MicroBatches, HaveTheLossAndTheGradientsOfTheWholeStep) {
  without_dropout();
  for (const char* strategy : {"full", "last-1", "bitfit"}) expect_the_same_in_parts(strategy);
}

TEST_F(MicroBatches, CountRowsAsClassWeightsAndSmoothingDo) {
  without_dropout();
  settings_.loss.label_smoothing = 0.1;
  settings_.loss.class_weights.assign(static_cast<size_t>(classifier_.head.labels), 0.25);
  settings_.loss.class_weights.front() = 4;
  expect_the_same_in_parts("full");
}

TEST_F(MicroBatches, DropOutDifferently) {
  const auto losses = [&](int64_t micro_batch_tokens) {
    settings_.micro_batch_tokens = micro_batch_tokens;
    std::vector<double> all;
    for (const StepOutcome& step : train("full")) all.push_back(step.loss);
    return all;
  };
  EXPECT_NE(losses(32), losses(0));
  EXPECT_EQ(losses(32), losses(32)) << "but always the same";
}

TEST_F(MicroBatches, AreNotTakenWhereOneVectorATextIsRead) {
  settings_.micro_batch_tokens = 0;
  const auto whole = train("probe");
  settings_.micro_batch_tokens = 1;
  const auto parts = train("probe");
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(parts[i].loss, whole[i].loss);
}

TEST_F(MicroBatches, AreTheSameInBothPrecisionsUpToRounding) {
  THAW_NEEDS_BF16();
  without_dropout();
  settings_.micro_batch_tokens = 32;
  const auto exact = train<float>("full");
  const auto rounded = train<Bf16>("full");
  EXPECT_NEAR(rounded[0].loss, exact[0].loss, 0.02 * exact[0].loss);
}

TEST_F(MicroBatches, ANonFiniteLossNamesTheRowsThatCauseIt) {
  // A token that one row alone has.
  std::vector<int64_t> rows_with;
  for (int32_t token = 0; token < 1000 && rows_with.size() != 1; ++token) {
    rows_with.clear();
    for (int64_t row = 0; row < batch_.texts.rows(); ++row) {
      const auto begin = batch_.texts.ids.begin();
      if (std::find(begin + batch_.texts.offsets[row], begin + batch_.texts.offsets[row + 1],
                    token) != begin + batch_.texts.offsets[row + 1]) {
        rows_with.push_back(row);
      }
    }
    if (rows_with.size() == 1) spoil(token);
  }
  ASSERT_EQ(rows_with.size(), 1u);
  for (int64_t row = 0; row < batch_.texts.rows(); ++row) numbers_.push_back(700 + row);
  const std::string row = std::to_string(700 + rows_with[0]);
  for (const int64_t budget : {0, 32}) {
    settings_.micro_batch_tokens = budget;
    for (const char* strategy : {"full", "last-1", "probe"}) {
      EXPECT_EQ(divergence(strategy),
                std::string(strategy) +
                    ": the loss was not a finite number at step 1 of 3 (learning rate 0.001), on "
                    "training row " +
                    row + "; look at this row, or lower the learning rate");
    }
  }
}

TEST_F(MicroBatches, ANonFiniteLossOfAllRowsAdvisesALowerLearningRate) {
  spoil(batch_.texts.ids[0]);  // [CLS], which all rows have
  const std::string message = divergence("full");
  EXPECT_NE(message.find("on training rows 0, 1"), std::string::npos) << message;
  EXPECT_TRUE(message.ends_with("; lower the learning rate")) << message;
}

}  // namespace
}  // namespace thaw
