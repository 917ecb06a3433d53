#include "evaluation/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "text/text_width.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

const Json& golden() {
  static const Json file = [] {
    std::ifstream in(THAW_SOURCE_DIR "/tests/golden/metrics_golden.json");
    return Json::parse(in);
  }();
  return file;
}

ClassificationMetrics metrics_of(const Json& wanted) {
  const int64_t labels = static_cast<int64_t>(wanted["labels"].size());
  std::vector<int64_t> confusion(static_cast<size_t>(labels * labels));
  for (const auto& [gold, predicted, count] :
       wanted["confusion"].get<std::vector<std::tuple<int64_t, int64_t, int64_t>>>()) {
    confusion[gold * labels + predicted] = count;
  }
  return metrics_from_confusion(confusion, labels);
}

void expect_averages(const ClassificationMetrics& metrics, const Json& wanted) {
  const auto near = [&](double value, const char* name) {
    EXPECT_NEAR(value, wanted[name].get<double>(), 1e-15) << name;
  };
  near(metrics.accuracy, "accuracy");
  near(metrics.macro_precision, "macro_precision");
  near(metrics.macro_recall, "macro_recall");
  near(metrics.macro_f1, "macro_f1");
  near(metrics.weighted_precision, "weighted_precision");
  near(metrics.weighted_recall, "weighted_recall");
  near(metrics.weighted_f1, "weighted_f1");
  ASSERT_EQ(metrics.binary_f1.has_value(), wanted.contains("binary_f1"));
  if (metrics.binary_f1) near(*metrics.binary_f1, "binary_f1");
}

TEST(Metrics, AgreeWithScikitLearnOnAverages) {
  ASSERT_EQ(golden()["metrics"].size(), 8u);
  for (const Json& wanted : golden()["metrics"]) {
    SCOPED_TRACE(wanted["name"].get<std::string>());
    expect_averages(metrics_of(wanted), wanted);
  }
}

TEST(Metrics, ReportIsScikitLearnsCharacterForCharacter) {
  for (const Json& wanted : golden()["metrics"]) {
    SCOPED_TRACE(wanted["name"].get<std::string>());
    const auto names = wanted["labels"].get<std::vector<std::string>>();
    for (const int digits : {2, 4}) {
      EXPECT_EQ(classification_report(metrics_of(wanted), names, digits),
                wanted["reports"][std::to_string(digits)].get<std::string>());
    }
  }
}

TEST(Metrics, GiveTheNotebooksNumbersForItsConfusionMatrix) {
  const ClassificationMetrics metrics =
      metrics_from_confusion({2633, 1143, 196, 1219, 3809, 909, 113, 755, 1507}, 3);
  EXPECT_EQ(metrics.rows, 12284);
  EXPECT_DOUBLE_EQ(metrics.accuracy, 0.6471019211983068);
  EXPECT_DOUBLE_EQ(metrics.macro_f1, 0.640696252816535);
  EXPECT_FALSE(metrics.binary_f1.has_value());
  EXPECT_DOUBLE_EQ(metrics.f1(), metrics.macro_f1);
  EXPECT_EQ(classification_report(metrics, {"negative", "neutral", "positive"}),
            "              precision    recall  f1-score   support\n"
            "\n"
            "    negative       0.66      0.66      0.66      3972\n"
            "     neutral       0.67      0.64      0.65      5937\n"
            "    positive       0.58      0.63      0.60      2375\n"
            "\n"
            "    accuracy                           0.65     12284\n"
            "   macro avg       0.64      0.65      0.64     12284\n"
            "weighted avg       0.65      0.65      0.65     12284\n");
}

TEST(Metrics, OfLogitsAgreeWithScikitLearn) {
  const Json& wanted = golden()["scored"];
  const auto logits = wanted["logits"].get<std::vector<float>>();
  const auto gold = wanted["gold"].get<std::vector<int32_t>>();
  const int64_t rows = static_cast<int64_t>(gold.size());
  EXPECT_EQ(predicted_labels(logits.data(), rows, 3),
            wanted["predicted"].get<std::vector<int32_t>>());
  const auto shares = probabilities(logits.data(), rows, 3);
  const auto wanted_shares = wanted["probabilities"].get<std::vector<double>>();
  ASSERT_EQ(shares.size(), wanted_shares.size());
  for (size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(shares[i], wanted_shares[i], 6e-8) << i;
  const ClassificationMetrics metrics = classification_metrics(logits.data(), gold.data(), rows, 3);
  EXPECT_NEAR(metrics.loss, wanted["loss"].get<double>(), 1e-12);
  expect_averages(metrics, wanted);
}

TEST(Metrics, TiesGoToTheLowestLabel) {
  const std::vector<float> logits = {1, 1, 0, /**/ 0, 2, 2, /**/ -1, -1, -1};
  EXPECT_THAT(predicted_labels(logits.data(), 3, 3), ElementsAre(0, 1, 0));
}

TEST(Metrics, LossOfHugeLogitsIsTheirDistanceAndNotInfinite) {
  const std::vector<float> logits = {30000, -30000};
  const int32_t gold = 1;
  EXPECT_DOUBLE_EQ(classification_metrics(logits.data(), &gold, 1, 2).loss, 60000);
  EXPECT_THAT(probabilities(logits.data(), 1, 2), ElementsAre(1.0f, 0.0f));
}

TEST(Metrics, RefuseLogitsThatAreNoNumbers) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const std::vector<float> logits = {0, 1, 2, bad};
    const std::vector<int32_t> gold = {0, 1};
    EXPECT_THROW(predicted_labels(logits.data(), 2, 2), Error);
    EXPECT_THROW(probabilities(logits.data(), 2, 2), Error);
    try {
      classification_metrics(logits.data(), gold.data(), 2, 2);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("row 2"));
      EXPECT_THAT(error.remedy(), HasSubstr("lower learning rate"));
    }
  }
}

TEST(Metrics, RefuseWhatCannotBeCounted) {
  const std::vector<float> logits = {0, 1};
  const int32_t outside = 2, negative = -1, good = 0;
  EXPECT_THROW(classification_metrics(logits.data(), &outside, 1, 2), Error);
  EXPECT_THROW(classification_metrics(logits.data(), &negative, 1, 2), Error);
  EXPECT_THROW(classification_metrics(logits.data(), &good, 0, 2), Error);
  EXPECT_THROW(metrics_from_confusion({1, 2, 3}, 2), Error);
  EXPECT_THROW(metrics_from_confusion({1, -1, 0, 0}, 2), Error);
  EXPECT_THROW(metrics_from_confusion({0, 0, 0, 0}, 2), Error);
  const ClassificationMetrics metrics = metrics_from_confusion({1, 0, 0, 1}, 2);
  EXPECT_THROW(classification_report(metrics, {"one"}), Error);
  EXPECT_THROW(format_confusion_matrix(metrics, {"one", "two", "three"}), Error);
}

TEST(ConfusionMatrix, ShowsCountsAndRowShares) {
  const ClassificationMetrics metrics =
      metrics_from_confusion({2633, 1143, 196, 1219, 3809, 909, 113, 755, 1507}, 3);
  EXPECT_EQ(format_confusion_matrix(metrics, {"negative", "neutral", "positive"}),
            "gold \\ predicted  negative  neutral  positive\n"
            "negative              2633     1143       196\n"
            "neutral               1219     3809       909\n"
            "positive               113      755      1507\n"
            "\n"
            "% of the gold row  negative  neutral  positive\n"
            "negative               66.3     28.8       4.9\n"
            "neutral                20.5     64.2      15.3\n"
            "positive                4.8     31.8      63.5\n");
}

TEST(ConfusionMatrix, AlignsWideNamesAndHidesControlCharacters) {
  const ClassificationMetrics metrics = metrics_from_confusion({0, 0, 1, 12345}, 2);
  EXPECT_EQ(format_confusion_matrix(metrics, {"大きい", "a\x1b[31m\nname that goes on"}),
            "gold \\ predicted          大きい  a?[31m?name tha…\n"
            "大きい                         0                 0\n"
            "a?[31m?name that goes on       1             12345\n"
            "\n"
            "% of the gold row         大きい  a?[31m?name tha…\n"
            "大きい                         -                 -\n"
            "a?[31m?name that goes on     0.0             100.0\n");
}

TEST(ConfusionMatrix, WiderThanATerminalNamesThePairsInstead) {
  const std::vector<std::string> names{
      "a name that is longer than anyone would call a class of anything",
      "another one that goes on and on and never comes to its end", "third and last long name",
      "and one more of them, for good measure"};
  const ClassificationMetrics metrics =
      metrics_from_confusion({9, 1, 0, 0, 0, 9, 2, 0, 0, 0, 9, 0, 0, 0, 0, 9}, 4);
  for (const std::string& text :
       {format_confusion_matrix(metrics, names), short_classification_report(metrics, names)}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80) << line;
  }
  EXPECT_THAT(format_confusion_matrix(metrics, names), HasSubstr("mixed up most"));
}

TEST(ConfusionMatrix, OfManyLabelsNamesThePairsThatAreMixedUpMost) {
  constexpr int64_t kLabels = 40;
  std::vector<int64_t> confusion(kLabels * kLabels);
  std::vector<std::string> names;
  for (int64_t label = 0; label < kLabels; ++label) {
    confusion[label * kLabels + label] = 10 + label;
    names.push_back("label-" + std::to_string(label));
  }
  confusion[3 * kLabels + 7] = 13;  // half of label-3
  confusion[39 * kLabels + 0] = 1;
  const ClassificationMetrics metrics = metrics_from_confusion(confusion, kLabels);
  EXPECT_EQ(format_confusion_matrix(metrics, names),
            "What is mixed up most (gold → predicted, rows, % of the gold rows)\n"
            "  label-3  → label-7     13   50.0\n"
            "  label-39 → label-0      1    2.0\n");
  const std::string report = short_classification_report(metrics, names);
  EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 2 + 15 + 1 + 4);
  EXPECT_NE(report.find("label-39 "), std::string::npos);
  EXPECT_EQ(report.find("label-20 "), std::string::npos);
  EXPECT_NE(report.find("… and 25 smaller classes"), std::string::npos);
  EXPECT_NE(report.find("weighted avg"), std::string::npos);
  const ClassificationMetrics few = metrics_from_confusion({1, 0, 0, 1}, 2);
  EXPECT_EQ(short_classification_report(few, {"a", "b"}), classification_report(few, {"a", "b"}));
}

TEST(TextWidth, CountsCodePointsAndColumns) {
  EXPECT_EQ(code_points("größer – 大🙂"), 11);
  EXPECT_EQ(display_width("größer – 大🙂"), 13);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);
  EXPECT_EQ(code_points("\xE2\x82"), 2);  // cut short: each stray byte is one
  EXPECT_EQ(fit_columns("abcdef", 4), "abc…");
  EXPECT_EQ(fit_columns("abcd", 4), "abcd");
  EXPECT_EQ(fit_columns("大きい", 4), "大…");
}

}  // namespace
}  // namespace thaw
