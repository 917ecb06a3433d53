#include "experiment/label_issues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Rows of two labels, told apart by the first of four features with so much noise.
struct Rows {
  Split split;
  std::vector<float> features;

  Rows(int64_t count, double noise) {
    for (int64_t row = 0; row < count; ++row) {
      const auto label = static_cast<int32_t>(row % 2);
      split.texts.push_back("text " + std::to_string(row));
      split.labels.push_back(label);
      split.rows.push_back(row + 1);
      for (uint32_t column = 0; column < 4; ++column) {
        const double drawn = random_bits(random_key(3, row), column) / 4294967296.0 - 0.5;
        const double signal = column == 0 ? label - 0.5 : 0;
        features.push_back(static_cast<float>(signal * (1 - noise) + drawn * noise));
      }
    }
  }
  LabelIssues found() const { return audit_labels(features.data(), 4, split, 2); }
};

TEST(SuspectLabels, OnesThatWereTurnedAroundAreFound) {
  Rows rows(200, 0.2);
  for (const size_t row : {17u, 90u}) rows.split.labels[row] = 1 - rows.split.labels[row];
  const LabelIssues label_issues = rows.found();
  EXPECT_GT(label_issues.recall, 0.95);
  ASSERT_EQ(label_issues.found.size(), 2u);
  EXPECT_EQ(label_issues.found[0].row + label_issues.found[1].row, 18 + 91);
  EXPECT_THAT(format_label_issues(label_issues, {"a", "b"}),
              StartsWith("Labels: 2 of 200 training labels are likely wrong"));
}

TEST(SuspectLabels, AreNotJudgedByAClassifierThatGuesses) {
  const LabelIssues label_issues = Rows(200, 1).found();
  EXPECT_LT(label_issues.recall, kRecallToJudge);
  EXPECT_TRUE(label_issues.found.empty());
  EXPECT_THAT(format_label_issues(label_issues, {"a", "b"}),
              HasSubstr("Labels: not judged; the linear classifier that would judge them finds"));
  DataFindings findings;
  add_label_issues(label_issues, findings);
  EXPECT_FALSE(findings.looked_for_label_issues);
}

}  // namespace
}  // namespace thaw
