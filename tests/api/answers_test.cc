#include "api/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "tests/base/error_of.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Of two labels, whose logits {a, 0} give label 0 the probability 1 / (1 + exp(-a)).
ClassifierModel two_labels(ProbabilityRules rules = {}) {
  ClassifierModel classifier;
  classifier.head.labels = 2;
  classifier.label_names = {"no", "yes"};
  classifier.rules = std::move(rules);
  return classifier;
}

std::vector<float> logits_of(const std::vector<double>& shares) {
  std::vector<float> logits;
  for (const double share : shares) {
    logits.push_back(static_cast<float>(std::log(share / (1 - share))));
    logits.push_back(0);
  }
  return logits;
}

TEST(Answers, AreTheLikeliestLabelsWhereNothingIsSaid) {
  const Answers answers = choose_answers(two_labels(), logits_of({0.9, 0.51, 0.2}));
  EXPECT_THAT(answers.likeliest, ElementsAre(0, 0, 1));
  EXPECT_THAT(answers.answered, ElementsAre(1, 1, 1));
  EXPECT_NEAR(answers.probabilities[0], 0.9, 1e-6);
  EXPECT_NEAR(answers.probabilities[5], 0.8, 1e-6);
  EXPECT_TRUE(choose_answers(two_labels(), {}).likeliest.empty());
}

TEST(Answers, AreLeftOutBelowAProbability) {
  AnswerSettings settings;
  EXPECT_FALSE(settings.may_abstain());
  settings.abstain_below = 0.6;
  EXPECT_TRUE(settings.may_abstain());
  EXPECT_THAT(choose_answers(two_labels(), logits_of({0.9, 0.59, 0.41, 0.39}), settings).answered,
              ElementsAre(1, 0, 0, 1));
  // Exactly that probability is enough.
  settings.abstain_below = choose_answers(two_labels(), logits_of({0.7})).probabilities[0];
  EXPECT_THAT(choose_answers(two_labels(), logits_of({0.7}), settings).answered, ElementsAre(1));
}

TEST(Answers, AreLeftOutBelowTheThresholdOfTheirOwnLabel) {
  const ClassifierModel classifier = two_labels({1, false, 0.9, {0.8, 0.6}});
  AnswerSettings settings;
  settings.abstain = true;
  EXPECT_THAT(choose_answers(classifier, logits_of({0.9, 0.7, 0.3, 0.45}), settings).answered,
              ElementsAre(1, 0, 1, 0));
  // Both count.
  settings.abstain_below = 0.75;
  EXPECT_THAT(choose_answers(classifier, logits_of({0.9, 0.3}), settings).answered,
              ElementsAre(1, 0));
  // No answer of label 1 was right often enough.
  const ClassifierModel never = two_labels({1, false, 0.9, {0.5, kNan}});
  settings.abstain_below = 0;
  EXPECT_THAT(choose_answers(never, logits_of({0.9, 0.001}), settings).answered, ElementsAre(1, 0));
}

// The logits of an opened classifier are calibrated: raw ones are those times the temperature.
TEST(Answers, TakeTheTemperatureBackForRawProbabilities) {
  const ClassifierModel classifier = two_labels({2, true, 0, {}});
  AnswerSettings settings;
  EXPECT_EQ(answer_temperature(classifier, settings), 1);
  settings.raw_probabilities = true;
  EXPECT_EQ(answer_temperature(classifier, settings), 0.5);
  const std::vector<float> logits{1, 0};
  EXPECT_NEAR(choose_answers(classifier, logits).probabilities[0], 1 / (1 + std::exp(-1)), 1e-7);
  EXPECT_NEAR(choose_answers(classifier, logits, settings).probabilities[0], 1 / (1 + std::exp(-2)),
              1e-7);
  // What is left out follows the probabilities that are shown.
  settings.abstain_below = 0.8;
  EXPECT_THAT(choose_answers(classifier, logits, settings).answered, ElementsAre(1));
  settings.raw_probabilities = false;
  EXPECT_THAT(choose_answers(classifier, logits, settings).answered, ElementsAre(0));
}

TEST(Answers, RefuseSettingsThatCannotBeMeant) {
  const ClassifierModel with = two_labels({1, false, 0.9, {0.5, 0.5}});
  const auto kind_of = [](const ClassifierModel& classifier, const AnswerSettings& settings) {
    try {
      choose_answers(classifier, logits_of({0.9}), settings);
    } catch (const Error& error) {
      EXPECT_FALSE(error.setting().empty()) << error.what();
      return error.kind();
    }
    ADD_FAILURE() << "no Error was thrown";
    return ErrorKind::kOutput;
  };
  for (const double wrong : {-0.1, 1.1, kNan}) {
    EXPECT_EQ(kind_of(with, {false, wrong, false}), ErrorKind::kUsage) << wrong;
  }
  EXPECT_EQ(kind_of(with, {true, 0, true}), ErrorKind::kUsage);
  EXPECT_EQ(kind_of(two_labels(), {true, 0, false}), ErrorKind::kData);
  EXPECT_EQ(error_of([] {
              check_answer_settings(two_labels(), {true, 0, false});
            }),
            "abstain: the model was saved without thresholds; train it with precision_target = "
            "0.9, or use abstain_below = P");
  EXPECT_NO_THROW(check_answer_settings(with, {true, 0.5, false}));
}

TEST(Answers, RefuseLogitsOfAnotherModelOrOfNone) {
  EXPECT_THROW(choose_answers(two_labels(), {1, 2, 3}), Error);
  EXPECT_THROW(choose_answers(two_labels(), {1, std::numeric_limits<float>::quiet_NaN()}), Error);
}

}  // namespace
}  // namespace thaw
