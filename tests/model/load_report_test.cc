#include "model/load_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(LoadReport, IsEmptyWhereEverythingFits) {
  EXPECT_EQ(format_load_report({"BertForSequenceClassification", "some/folder", {}}), "");
}

// The report of distilbert-base-uncased, whose masked-language head a classifier does not have.
TEST(LoadReport, HasTheLayoutOfTransformers) {
  const std::string text =
      format_load_report({"DistilBertForSequenceClassification",
                          "distilbert-base-uncased",
                          {{"pre_classifier.bias", LoadStatus::kMissing, {}, {}},
                           {"vocab_layer_norm.weight", LoadStatus::kUnexpected, {}, {}},
                           {"classifier.weight", LoadStatus::kMissing, {}, {}}}});
  EXPECT_THAT(text, StartsWith("DistilBertForSequenceClassification LOAD REPORT from: "
                               "distilbert-base-uncased\n"
                               "Key                     | Status     | \n"
                               "------------------------+------------+-\n"
                               "vocab_layer_norm.weight | UNEXPECTED | \n"
                               "pre_classifier.bias     | MISSING    | \n"
                               "classifier.weight       | MISSING    | \n"
                               "\nNotes:\n- UNEXPECTED: "));
  EXPECT_THAT(text, HasSubstr("\n- MISSING   : "));
  EXPECT_THAT(text, Not(HasSubstr("MISMATCH")));
  EXPECT_EQ(text.back(), '\n');
}

TEST(LoadReport, AMismatchShowsBothShapes) {
  const std::string text =
      format_load_report({"M",
                          "f",
                          {{"classifier.weight", LoadStatus::kMismatch, {3, 36}, {2, 36}},
                           {"classifier.bias", LoadStatus::kMismatch, {3}, {2}}}});
  EXPECT_THAT(text,
              HasSubstr("classifier.weight | MISMATCH | checkpoint [3, 36], model [2, 36]\n"));
  EXPECT_THAT(text, HasSubstr("classifier.bias   | MISMATCH | checkpoint [3], model [2]\n"));
  EXPECT_THAT(text, Not(HasSubstr("MISSING")));
}

TEST(LoadReport, LayersThatLackTheSameAreOneLine) {
  LoadReport report{"M", "f", {}};
  for (int layer = 0; layer < 12; ++layer) {
    const std::string name = "encoder.layer." + std::to_string(layer) + ".output.dense.";
    report.rows.push_back({name + "bias", LoadStatus::kMissing, {}, {}});
    if (layer == 1 || layer == 4) {
      report.rows.push_back({name + "weight", LoadStatus::kMissing, {}, {}});
    }
    if (layer == 7) report.rows.push_back({name + "weight", LoadStatus::kUnexpected, {}, {}});
  }
  const std::string text = format_load_report(report);
  EXPECT_THAT(text, HasSubstr("encoder.layer.{0...11}.output.dense.bias | MISSING "));
  EXPECT_THAT(text, HasSubstr("encoder.layer.{1, 4}.output.dense.weight | MISSING "));
  EXPECT_THAT(text, HasSubstr("encoder.layer.7.output.dense.weight      | UNEXPECTED "));
}

TEST(LoadReport, KeysWithTwoNumbersStandAlone) {
  const std::string text =
      format_load_report({"M",
                          "f",
                          {{"a.0.b.1.weight", LoadStatus::kUnexpected, {}, {}},
                           {"a.1.b.0.weight", LoadStatus::kUnexpected, {}, {}}}});
  EXPECT_THAT(text, HasSubstr("a.0.b.1.weight | UNEXPECTED"));
  EXPECT_THAT(text, HasSubstr("a.1.b.0.weight | UNEXPECTED"));
}

TEST(LoadReport, ShapesThatDifferAreNotMerged) {
  const std::string text = format_load_report({"M",
                                               "f",
                                               {{"layer.0.w", LoadStatus::kMismatch, {3}, {2}},
                                                {"layer.1.w", LoadStatus::kMismatch, {3}, {2}},
                                                {"layer.2.w", LoadStatus::kMismatch, {4}, {2}}}});
  EXPECT_THAT(text, HasSubstr("layer.{0, 1}.w | MISMATCH | checkpoint [3], model [2]"));
  EXPECT_THAT(text, HasSubstr("layer.2.w      | MISMATCH | checkpoint [4], model [2]"));
}

TEST(LoadReport, SaysWhyAHeadIsNewAndWhatWasTakenOffTheNames) {
  LoadReport report{"M",
                    "s",
                    {{"classifier.weight", LoadStatus::kNewHead, {}, {}, "trained for 'a', 'b'"},
                     {"classifier.bias", LoadStatus::kReordered, {}, {}, "its order is 'b', 'a'"}},
                    ""};
  EXPECT_THAT(format_load_report(report),
              AllOf(HasSubstr("classifier.weight | NEW HEAD  | trained for 'a', 'b'"),
                    HasSubstr("classifier.bias   | REORDERED | its order is 'b', 'a'"),
                    HasSubstr("- NEW HEAD : "), HasSubstr("- REORDERED: ")));
  report.rows.clear();
  report.prefixes = "'module.'";
  EXPECT_EQ(format_load_report(report),
            "M LOAD REPORT from: s\nNames in the checkpoint are read without 'module.'\n");
}

}  // namespace
}  // namespace thaw
