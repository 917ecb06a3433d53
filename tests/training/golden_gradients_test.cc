// Logits, loss, gradients and optimizer steps against Transformers (tests/golden/README.md).

#include <gtest/gtest.h>

#include <cmath>

#include "engine/classify.h"
#include "engine/cpu/encoder.h"
#include "engine/cpu/head.h"
#include "engine/cpu/ops/cross_entropy.h"
#include "engine/cpu/token_pooling.h"
#include "engine/cpu/trainable_state.h"
#include "golden_fixture.h"
#include "tests/engine/cpu/gemm/needs_bf16.h"
#include "training/schedule.h"

namespace thaw {
namespace {

using golden::distance;
using golden::Golden;
using golden::GoldenBatch;
using golden::norm;

class GoldenFamily : public testing::TestWithParam<std::string> {
 protected:
  Golden golden{GetParam()};
  ClassifierModel classifier = open_classifier(golden::folder(GetParam()));
};

TEST_P(GoldenFamily, LogitsAndLossAgreeWithTransformersInFp32) {
  for (int number = 0; number < 3; ++number) {
    const GoldenBatch batch(golden, number);
    const std::string prefix = "batch." + std::to_string(number) + ".";
    const auto logits = classify(classifier, batch.texts, NumberType::kFp32, "", {});
    golden::expect_near(logits, golden.floats(prefix + "logits"), 1e-5, 0, prefix + "logits");
    const FreezePlan plan = make_freeze_plan(classifier.table, "full");
    ClassifierModel copy = classifier;
    TestRun run(copy, plan);
    const double loss =
        run.forward_backward(batch.view(), batch.rows.data(), batch.rows.size(), {});
    EXPECT_NEAR(loss, golden.number(prefix + "loss"), 1e-5);
  }
}

TEST_P(GoldenFamily, EveryGradientAgreesWithTransformersInFp32) {
  const GoldenBatch batch(golden, 0);
  const FreezePlan plan = make_freeze_plan(classifier.table, "full");
  TestRun run(classifier, plan);
  run.forward_backward(batch.view(), batch.rows.data(), batch.rows.size(), {});
  for (const Parameter& parameter : classifier.table.list) {
    const auto expected = golden.floats("grad." + golden::transformers_name(classifier, parameter));
    ASSERT_EQ(static_cast<int64_t>(expected.size()), parameter.size()) << parameter.name;
    // Relative to the tensor's own norm; the key's bias has none.
    const double allowed = golden::is_key_bias(parameter) ? 1e-6 : 3e-6 * norm(expected);
    EXPECT_LE(distance(parameter.gradient, expected), allowed) << parameter.name;
  }
}

// bf16 keeps 8 bits: each product's operands are off by up to 2^-9, and a tensor's gradient by a
// few per cent of its norm. What is held here is that nothing is lost beyond that.
TEST_P(GoldenFamily, EveryGradientIsNearTransformersInBf16) {
  THAW_NEEDS_BF16();
  const GoldenBatch batch(golden, 0);
  const FreezePlan plan = make_freeze_plan(classifier.table, "full");
  TestRun run(classifier, plan, NumberType::kBf16);
  const double loss = run.forward_backward(batch.view(), batch.rows.data(), batch.rows.size(), {});
  EXPECT_NEAR(loss, golden.number("batch.0.loss"), 0.02 * golden.number("batch.0.loss"));
  for (const Parameter& parameter : classifier.table.list) {
    const auto expected = golden.floats("grad." + golden::transformers_name(classifier, parameter));
    const double allowed = golden::is_key_bias(parameter) ? 0.02 : 0.06 * norm(expected);
    EXPECT_LE(distance(parameter.gradient, expected), allowed) << parameter.name;
  }
}

TEST_P(GoldenFamily, LogitsAreNearTransformersInBf16) {
  THAW_NEEDS_BF16();
  const GoldenBatch batch(golden, 0);
  const auto expected = golden.floats("batch.0.logits");
  const auto logits = classify(classifier, batch.texts, NumberType::kBf16, "", {});
  EXPECT_LE(distance(logits.data(), expected), 0.02 * norm(expected));
}

// The steps of DESIGN's semantics: AdamW, linear schedule with warm-up, clipping; read from the
// frozen activations as a comparison does.
void check_ten_steps(const std::string& family, const std::string& strategy) {
  SCOPED_TRACE(family + ", " + strategy);
  const Golden golden(family);
  ClassifierModel classifier = open_classifier(golden::folder(family));
  const ClassifierModel pretrained = classifier;
  const FreezePlan plan = make_freeze_plan(classifier.table, strategy);
  TestRun run(classifier, plan);
  std::vector<GoldenBatch> batches;
  std::vector<std::unique_ptr<ActivationCache>> frozen;
  for (int i = 0; i < 3; ++i) batches.emplace_back(golden, i);
  for (const auto& batch : batches) {
    frozen.push_back(golden::cached_activations(pretrained, plan, run.depth(), batch.texts));
  }
  const std::string prefix = "steps." + strategy + ".";
  const auto losses = golden.floats(prefix + "losses");
  const auto norms = golden.floats(prefix + "grad_norms");
  const auto rates = golden.floats(prefix + "learning_rates");
  const LinearSchedule schedule(1e-3, 0.3, 10);
  bool clipped = false;
  for (int step = 0; step < 10; ++step) {
    const GoldenBatch& batch = batches[step % 3];
    const ActivationCache* kept =
        run.depth() == kEmbeddingsGroup ? nullptr : frozen[step % 3].get();
    const double loss =
        run.forward_backward(batch.view(kept), batch.rows.data(), batch.rows.size(), {});
    EXPECT_NEAR(loss, losses[step], 1e-5 * losses[step]) << "step " << step;
    EXPECT_NEAR(schedule.at(step), rates[step], 1e-9) << "step " << step;
    const double gradient_norm = run.step(step + 1, schedule.at(step), 0.01, 1.0);
    EXPECT_NEAR(gradient_norm, norms[step], 2e-5 * norms[step]) << "step " << step;
    clipped |= gradient_norm > 1.0;
  }
  run.network().flush();
  EXPECT_TRUE(clipped) << "the steps do not show that clipping works";
  for (size_t i = 0; i < classifier.table.list.size(); ++i) {
    const Parameter& parameter = classifier.table.list[i];
    if (!plan.trainable[i]) {
      const float* before = pretrained.table.list[i].value;
      EXPECT_TRUE(std::equal(before, before + parameter.size(), parameter.value))
          << parameter.name << " is frozen and changed";
      continue;
    }
    const auto expected =
        golden.floats(prefix + "final." + golden::transformers_name(classifier, parameter));
    const std::vector<float> actual(parameter.value, parameter.value + parameter.size());
    // Adam divides by the gradient's own size: where that is rounding noise, so is the step.
    golden::expect_near(actual, expected, golden::is_key_bias(parameter) ? 1e-2 : 1e-4, 0,
                        parameter.name);
  }
}

TEST_P(GoldenFamily, TenStepsOfFullFineTuningFollowTransformers) {
  check_ten_steps(GetParam(), "full");
}
TEST_P(GoldenFamily, TenStepsOfTheLastLayerFollowTransformers) {
  check_ten_steps(GetParam(), "last-1");
}
TEST_P(GoldenFamily, TenStepsOfTheProbeFollowTransformers) { check_ten_steps(GetParam(), "probe"); }

INSTANTIATE_TEST_SUITE_P(Families, GoldenFamily, testing::ValuesIn(golden::kFamilyFolders),
                         [](const auto& info) { return info.param; });

// Folder and pooling.
class GoldenPooling : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(GoldenPooling, LogitsAndGradientsAgreeWithTheSentenceEncodersLayout) {
  const auto& [family, pooling] = GetParam();
  const Golden golden(family);
  OpenOptions options;
  options.pooling = pooling;
  options.label_names = {"a", "b", "c"};
  ClassifierModel classifier = open_classifier(golden::folder(family), options);
  const auto weight = golden.floats(pooling + ".head.weight");
  const auto bias = golden.floats(pooling + ".head.bias");
  for (Parameter& parameter : classifier.table.list) {
    if (parameter.role == Role::kClassifierWeight) parameter.value = weight.data();
    if (parameter.role == Role::kClassifierBias) parameter.value = bias.data();
  }
  const GoldenBatch batch(golden, 0);
  const auto logits = classify(classifier, batch.texts, NumberType::kFp32, "", {});
  golden::expect_near(logits, golden.floats(pooling + ".logits"), 1e-5, 0, "logits");

  const FreezePlan plan = make_freeze_plan(classifier.table, "full");
  TestRun run(classifier, plan);
  const double loss = run.forward_backward(batch.view(), batch.rows.data(), batch.rows.size(), {});
  EXPECT_NEAR(loss, golden.number(pooling + ".loss"), 1e-5);
  for (const Parameter& parameter : classifier.table.list) {
    if (!parameter.used) continue;
    const std::string name = parameter.role == Role::kClassifierWeight ? "head.weight"
                             : parameter.role == Role::kClassifierBias ? "head.bias"
                                                                       : parameter.name;
    const auto expected = golden.floats(pooling + ".grad." + name);
    const double allowed = golden::is_key_bias(parameter) ? 1e-6 : 3e-6 * norm(expected);
    EXPECT_LE(distance(parameter.gradient, expected), allowed) << parameter.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, GoldenPooling,
                         testing::Values(std::pair("bert", "mean"), std::pair("roberta", "cls"),
                                         std::pair("mpnet", "mean"), std::pair("electra", "max")),
                         [](const auto& info) { return info.param.first; });

// Texts of two parts, whose tokens are of two types.
TEST(GoldenPairs, LogitsAndEveryGradientAgreeWithTransformers) {
  const Golden golden("tiny");
  ClassifierModel classifier = open_classifier(golden::folder("tiny/f32"));
  const FreezePlan plan = make_freeze_plan(classifier.table, "full");
  TrainableState state(classifier.table, plan);
  TokenizedTexts texts;
  texts.ids = golden.ints("input_ids");
  texts.offsets = golden.offsets("offsets");
  texts.types = golden.ints("pairs.types");
  const auto labels = golden.ints("pairs.labels");
  const std::vector<int64_t> rows = {0, 1, 2};
  Batch batch;
  gather_batch(texts, rows.data(), 3, batch);
  EXPECT_EQ(batch.types, texts.types);

  Encoder<float> encoder(classifier.config, classifier.table, plan.first_trained);
  Head head(classifier.config, classifier.table, classifier.head, true);
  const int64_t hidden = head.hidden();
  std::vector<float> pooled(3 * hidden), d_logits(3 * 3), d_pooled(3 * hidden);
  TokenPooling<float> pooling(head);
  pooling.forward(batch, encoder.train_forward(batch, kEmbeddingsGroup, {}), pooled.data());
  const float* logits = head.forward(pooled.data(), 3, {});
  golden::expect_near({logits, logits + 9}, golden.floats("pairs.logits"), 1e-5, 0, "logits");
  const double loss = cross_entropy(logits, labels.data(), 3, 3, d_logits.data());
  EXPECT_NEAR(loss, golden.number("pairs.loss"), 1e-5);
  const auto inferred = classify(classifier, texts, NumberType::kFp32, "", {});
  golden::expect_near(inferred, golden.floats("pairs.logits"), 1e-5, 0, "inferred");
  // Without the types the logits are others.
  TokenizedTexts untyped = texts;
  untyped.types.clear();
  const auto without = classify(classifier, untyped, NumberType::kFp32, "", {});
  EXPECT_GT(distance(without.data(), golden.floats("pairs.logits")), 0.01);

  head.backward(pooled.data(), d_logits.data(), 3, {}, d_pooled.data());
  std::vector<float> d_top(batch.padded_tokens * hidden);
  pooling.backward(batch, d_pooled.data(), d_top.data());
  encoder.train_backward(batch, kEmbeddingsGroup, {}, d_top.data());
  for (const Parameter& parameter : classifier.table.list) {
    const auto expected =
        golden.floats("pairs.grad." + golden::transformers_name(classifier, parameter));
    const double allowed = golden::is_key_bias(parameter) ? 1e-6 : 3e-6 * norm(expected);
    EXPECT_LE(distance(parameter.gradient, expected), allowed) << parameter.name;
  }
}

}  // namespace
}  // namespace thaw
