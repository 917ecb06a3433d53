#include "engine/cpu/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/classifier.h"
#include "tests/base/error_of.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

constexpr int64_t kRows = 5;

std::vector<float> random_floats(int64_t count, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(bits);
  return values;
}

// A family's own head with the folder's weights in memory that may be changed, and gradients.
struct TestHead {
  explicit TestHead(const std::string& folder, bool dense_trained = true)
      : classifier(open_classifier(golden::folder(folder))) {
    classifier.config.classifier_dropout = 0.4f;
    for (Parameter& parameter : classifier.table.list) {
      const bool of_head = parameter.role >= Role::kDenseWeight;
      if (!of_head) continue;
      values.emplace_back(parameter.value, parameter.value + parameter.size());
      gradients.emplace_back(static_cast<size_t>(parameter.size()), 0.0f);
    }
    size_t next = 0;
    for (Parameter& parameter : classifier.table.list) {
      if (parameter.role < Role::kDenseWeight) continue;
      parameter.value = values[next].data();
      parameter.gradient = gradients[next++].data();
    }
    head =
        std::make_unique<Head>(classifier.config, classifier.table, classifier.head, dense_trained);
    hidden = head->hidden();
    pooled = random_floats(kRows * hidden, 1);
    d_logits = random_floats(kRows * head->labels(), 2);
  }

  // The scalar product of the logits with d_logits.
  double loss() {
    head->repack();
    std::vector<float> features(pooled.size());
    head->features(pooled.data(), kRows, features.data());
    const float* logits = head->forward(features.data(), kRows, dropout);
    double sum = 0;
    for (size_t i = 0; i < d_logits.size(); ++i) sum += double{logits[i]} * d_logits[i];
    return sum;
  }

  // Returns d_pooled; the gradients of the weights are in `gradients`.
  std::vector<float> backward() {
    std::vector<float> features(pooled.size()), d_features(pooled.size()), d_pooled(pooled.size());
    head->features(pooled.data(), kRows, features.data());
    head->forward(features.data(), kRows, dropout);
    head->backward(features.data(), d_logits.data(), kRows, dropout, d_features.data());
    head->features_backward(d_features.data(), kRows, d_pooled.data());
    return d_pooled;
  }

  void expect_slope(float& value, float analytic, const std::string& what) {
    constexpr float kStep = 1.0f / 256;
    const float kept = value;
    value = kept + kStep;
    const double above = loss();
    value = kept - kStep;
    const double below = loss();
    value = kept;
    EXPECT_NEAR(analytic, (above - below) / (2 * kStep), 2e-3 * (1 + std::fabs(analytic))) << what;
  }

  ClassifierModel classifier;
  std::vector<std::vector<float>> values, gradients;
  std::unique_ptr<Head> head;
  int64_t hidden = 0;
  std::vector<float> pooled, d_logits;
  StepDropout dropout{true, 42, 7};
};

class HeadOf : public testing::TestWithParam<std::string> {};

TEST_P(HeadOf, GradientsWithDropoutAgreeWithFiniteDifferences) {
  if (GetParam() == "distilbert") GTEST_SKIP() << "ReLU has a kink";
  TestHead test(GetParam());
  const auto d_pooled = test.backward();
  for (size_t i = 0; i < test.pooled.size(); i += 7) {
    test.expect_slope(test.pooled[i], d_pooled[i], "pooled " + std::to_string(i));
  }
  for (size_t which = 0; which < test.values.size(); ++which) {
    auto& values = test.values[which];
    for (size_t i = 0; i < values.size(); i += 1 + values.size() / 9) {
      test.expect_slope(values[i], test.gradients[which][i],
                        "parameter " + std::to_string(which) + ", " + std::to_string(i));
    }
  }
}

TEST_P(HeadOf, AFrozenDenseLayerPassesTheGradientOn) {
  if (GetParam() == "distilbert") GTEST_SKIP() << "ReLU has a kink";
  TestHead test(GetParam(), false);
  const auto d_pooled = test.backward();
  for (size_t i = 0; i < test.pooled.size(); i += 7) {
    test.expect_slope(test.pooled[i], d_pooled[i], "pooled " + std::to_string(i));
  }
}

// RoBERTa's, MPNet's and ELECTRA's heads drop what they read as well.
TEST_P(HeadOf, DropsItsInputWhereTheFamilyDoes) {
  TestHead test(GetParam());
  const bool first = GetParam() != "bert" && GetParam() != "distilbert";
  EXPECT_EQ(test.classifier.config.traits().head.dropout_first, first);
  const auto d_pooled = test.backward();
  int64_t dropped = 0;
  for (const float d : d_pooled) dropped += d == 0;
  const double share = static_cast<double>(dropped) / static_cast<double>(d_pooled.size());
  EXPECT_NEAR(share, first ? 0.4 : 0.0, 0.15);
}

INSTANTIATE_TEST_SUITE_P(Families, HeadOf,
                         testing::Values("bert", "distilbert", "roberta", "mpnet", "electra"),
                         [](const auto& info) { return info.param; });

TEST(MaxLength, EndsWhereThePositionsDo) {
  for (const auto& [folder, positions] :
       {std::pair("bert", 40), std::pair("roberta", 33), std::pair("mpnet", 138)}) {
    const ClassifierModel classifier = open_classifier(golden::folder(folder));
    const Tokenizer tokenizer = Tokenizer::load(golden::folder(folder));
    EXPECT_EQ(default_max_length(classifier, tokenizer), positions) << folder;
    EXPECT_NO_THROW(check_max_length(classifier, tokenizer, positions, false)) << folder;
    const std::string end = " to " + std::to_string(positions);
    for (const int length : {-1, 0, 2, positions + 1}) {
      const auto error = [&](bool pairs) {
        return error_of([&] { check_max_length(classifier, tokenizer, length, pairs); });
      };
      EXPECT_THAT(error(false), testing::HasSubstr("use 3" + end)) << folder << " " << length;
      const int special = tokenizer.special_tokens(true);
      EXPECT_THAT(error(true), testing::HasSubstr("use " + std::to_string(special + 1) + end));
    }
    EXPECT_NO_THROW(check_max_length(classifier, tokenizer, 3, false)) << folder;
  }
}

TEST(OpenClassifier, OnlyBertsHeadReadsAPooler) {
  OpenOptions options;
  options.pooling = "pooler";
  EXPECT_TRUE(open_classifier(golden::folder("bert"), options).head.native);
  for (const char* folder : {"distilbert", "roberta", "mpnet", "electra"}) {
    EXPECT_THROW(open_classifier(golden::folder(folder), options), Error) << folder;
  }
}

}  // namespace
}  // namespace thaw
