#include "data/audit/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Split split_of(const std::vector<std::string>& texts, const std::vector<int32_t>& labels,
               int64_t first_row = 0) {
  Split split;
  for (const std::string& text : texts) split.texts.push_back(text);
  split.labels = labels;
  for (size_t i = 0; i < texts.size(); ++i) {
    split.rows.push_back(first_row + static_cast<int64_t>(i));
  }
  split.source = "a.csv";
  return split;
}

Dataset sample() {
  Dataset dataset;
  dataset.label_names = {"no", "yes"};
  dataset.train = split_of({"a", "b", "a", " \t", "c", "a", ""}, {0, 1, 1, 0, 1, 0, 1});
  dataset.test = split_of({"x", "c", "", "c", "a"}, {0, 1, 0, 1, 1}, 100);
  return dataset;
}

TEST(Audit, CountsClassesEmptyTextsAndRepetitionsWithTheirRows) {
  const DataAudit audit = audit_dataset(sample());
  ASSERT_EQ(audit.splits.size(), 2u);  // validation has no rows
  const SplitAudit& train = audit.splits[0];
  EXPECT_EQ(train.rows, 7);
  EXPECT_THAT(train.class_rows, ElementsAre(3, 4));
  EXPECT_THAT(train.empty_rows, ElementsAre(3, 6));
  ASSERT_EQ(train.repetitions.size(), 2u);
  EXPECT_EQ(train.repetitions[0].row, 2);
  EXPECT_EQ(train.repetitions[0].first_row, 0);
  EXPECT_TRUE(train.repetitions[0].other_label);
  EXPECT_EQ(train.repetitions[1].row, 5);
  EXPECT_FALSE(train.repetitions[1].other_label);
}

TEST(Audit, FindsTextsThatStandInTwoSplits) {
  const DataAudit audit = audit_dataset(sample());
  ASSERT_EQ(audit.shared.size(), 2u);  // "c" and "a", and not the empty ones
  EXPECT_EQ(audit.shared[0].first_row, 4);
  EXPECT_EQ(audit.shared[0].second_row, 101);
  EXPECT_EQ(audit.shared[0].second_rows, 2);
  EXPECT_FALSE(audit.shared[0].other_label);
  EXPECT_EQ(audit.shared[1].second_row, 104);
  EXPECT_TRUE(audit.shared[1].other_label);
}

// numpy.percentile([3, 9, 4, 20, 5, 5], [5, 25, 50, 75, 90, 95, 99])
TEST(Audit, TakesPercentilesAsNumpyDoesAndCountsWhatIsCut) {
  Dataset dataset;
  dataset.label_names = {"no", "yes"};
  dataset.train = split_of({"a", "b", "c", "d", "e", "f"}, {0, 1, 0, 1, 0, 1});
  const DataAudit audit = audit_dataset(dataset, {{3, 9, 4, 20, 5, 5}, {}, {}}, 8);
  const LengthSummary& lengths = audit.splits[0].lengths;
  EXPECT_EQ(lengths.shortest, 3);
  EXPECT_EQ(lengths.longest, 20);
  EXPECT_DOUBLE_EQ(lengths.mean, 46 / 6.0);
  const double expected[] = {3.25, 4.25, 5, 8, 14.5, 17.25, 19.45};
  for (size_t i = 0; i < 7; ++i) EXPECT_NEAR(lengths.percentiles[i], expected[i], 1e-12);
  EXPECT_EQ(lengths.truncated, 2);
}

TEST(Audit, CallsClassesImbalancedFromOneToTenOn) {
  const auto text_with = [](int small, int large) {
    Dataset dataset;
    dataset.label_names = {"rare", "common"};
    for (int i = 0; i < small + large; ++i) {
      dataset.train.texts.push_back("text " + std::to_string(i));
      dataset.train.labels.push_back(i < small ? 0 : 1);
      dataset.train.rows.push_back(i);
    }
    return format_audit(audit_dataset(dataset));
  };
  EXPECT_THAT(text_with(10, 99), HasSubstr("1:9.9 (imbalanced from 1:10 on"));
  EXPECT_THAT(text_with(10, 100), HasSubstr("1:10.0: imbalanced"));
  EXPECT_THAT(text_with(10, 100), HasSubstr("macro-F1"));
  EXPECT_THAT(text_with(0, 5), HasSubstr("a class has no row here"));
}

TEST(Audit, ReadsLikeThis) {
  DataAudit audit = audit_dataset(sample(), {{3, 3, 3, 2, 3, 3, 2}, {}, {3, 3, 2, 3, 3}}, 2);
  EXPECT_EQ(
      format_audit(audit, 60),
      "train: 7 rows  (a.csv)\n"
      "  class  rows     share\n"
      "  no        3   42.86 %  ████████████████████████▊\n"
      "  yes       4   57.14 %  █████████████████████████████████\n"
      "  balance     smallest to largest class 1:1.3 (imbalanced from 1:10 on, by rule of thumb)\n"
      "  tokens      shortest 2, mean 2.7, longest 3\n"
      "              5 %: 2   25 %: 2.5   50 %: 3   75 %: 3   90 %: 3   95 %: 3   99 %: 3\n"
      "  cut         5 rows (71.43 %) longer than 2 tokens; 26.32 % of all tokens would not be "
      "read\n"
      "  empty       2 texts: row 3, 6\n"
      "  duplicates  2 rows repeat the text of an earlier row: 2 = 0, 5 = 0\n"
      "              1 of them has another label there\n"
      "\n"
      "test: 5 rows  (a.csv)\n"
      "  class  rows     share\n"
      "  no        2   40.00 %  ██████████████████████\n"
      "  yes       3   60.00 %  █████████████████████████████████\n"
      "  balance     smallest to largest class 1:1.5 (imbalanced from 1:10 on, by rule of thumb)\n"
      "  tokens      shortest 2, mean 2.8, longest 3\n"
      "              5 %: 2.2   25 %: 3   50 %: 3   75 %: 3   90 %: 3   95 %: 3   99 %: 3\n"
      "  cut         4 rows (80.00 %) longer than 2 tokens; 28.57 % of all tokens would not be "
      "read\n"
      "  empty       1 text: row 102\n"
      "  duplicates  1 row repeats the text of an earlier row: 103 = 101\n"
      "\n"
      "test: 3 rows stand in train as well (60.00 %), 1 with another label there\n"
      "  row 101 = train 4, 104 = train 0\n"
      "\n"
      "No text is nearly that of another row.\n");
}

TEST(Audit, ShowsNearlyEqualTexts) {
  Dataset dataset;
  dataset.label_names = {"no", "yes"};
  const std::string text = "the shop sent the wrong parcel to my neighbour";
  dataset.train = split_of({"something else", text, text + "\x1B!"}, {0, 0, 1}, 10);
  dataset.test = split_of({text + "?", "nothing"}, {1, 0}, 100);
  const DataAudit audit = audit_dataset(dataset);
  ASSERT_EQ(audit.near.size(), 2u);
  EXPECT_EQ(audit.near[0].second_row, 12);
  EXPECT_EQ(audit.near[0].first_row, 11);
  EXPECT_TRUE(audit.near[0].other_label);
  EXPECT_EQ(audit.near[1].first_row, 11);
  EXPECT_EQ(audit.near[1].second_text, text + "?");
  EXPECT_THAT(
      format_audit(audit),
      HasSubstr("Nearly equal texts (Jaccard index of their 5-character pieces from 0.80 on; "
                "case does not count)\n"
                "train: 1 row is nearly an earlier one (33.33 %), 1 with another label there\n"
                "  12 ~ 11 (0.95)\n"
                "    'the shop sent the wrong parcel to my neighbour?!'\n"
                "    'the shop sent the wrong parcel to my neighbour'\n"
                "test: 1 row is nearly in train as well (50.00 %), 1 with another label there\n"
                "  100 ~ train 11 (0.98)\n"));
  const DataAudit without = audit_dataset(dataset, {}, 0, NearTexts::kLeaveOut);
  EXPECT_FALSE(without.looked_for_near);
  EXPECT_TRUE(without.near.empty());
  EXPECT_THAT(format_audit(without), Not(HasSubstr("early")));
}

TEST(Audit, OfManyClassesListsTheFirst) {
  Dataset dataset;
  for (int i = 0; i < 90; ++i) {
    dataset.label_names.push_back("class " + std::to_string(i));
    dataset.train.texts.push_back("text " + std::to_string(i));
    dataset.train.labels.push_back(i);
    dataset.train.rows.push_back(i);
  }
  const std::string text = format_audit(audit_dataset(dataset));
  EXPECT_THAT(text, HasSubstr("… and 50 more classes"));
  EXPECT_THAT(text, Not(HasSubstr("class 41")));
}

}  // namespace
}  // namespace thaw
