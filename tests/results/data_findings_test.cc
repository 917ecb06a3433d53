#include "results/data_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Split split_of(const std::vector<std::string>& texts, const std::vector<int32_t>& labels,
               int64_t first_row) {
  Split split;
  for (const std::string& text : texts) split.texts.push_back(text);
  split.labels = labels;
  for (size_t i = 0; i < texts.size(); ++i) {
    split.rows.push_back(first_row + static_cast<int64_t>(i));
  }
  split.source = "a.csv";
  return split;
}

const std::string kLong = "a text that is long enough to be near to another";

Dataset spoilt() {
  Dataset dataset;
  dataset.label_names = {"no", "y\x1B[1mes", "never"};
  dataset.train = split_of({"one", "two", "two", "two", kLong}, {0, 1, 0, 1, 0}, 10);
  for (int i = 0; i < 20; ++i) {
    dataset.train.texts.push_back("filler number " + std::to_string(i * 7919));
    dataset.train.labels.push_back(i % 2);
    dataset.train.rows.push_back(15 + i);
  }
  dataset.validation = split_of({"one", kLong + ".", "three"}, {0, 1, 0}, 100);
  dataset.test = split_of({"one", "one", "three", kLong + "!", "fresh"}, {1, 0, 0, 0, 1}, 200);
  return dataset;
}

TEST(DataFindings, CountEachRowOfALaterSplitOnce) {
  const DataFindings findings = find_data_problems(spoilt());
  EXPECT_TRUE(findings.looked);
  EXPECT_FALSE(findings.looked_for_label_issues);
  // validation: one; test: one, one (also in validation), three.
  EXPECT_EQ(findings.shared_equal, 4);
  EXPECT_EQ(findings.shared_near, 2);
  ASSERT_EQ(findings.shared.size(), 5u);  // the two equal rows of test are one text
  const auto names = [&] {
    std::vector<std::string> list;
    for (const SharedRow& row : findings.shared) {
      list.push_back(row.second_split + std::to_string(row.second_row) + " " + row.first_split +
                     std::to_string(row.first_row) + (row.other_label ? " other" : ""));
    }
    return list;
  };
  EXPECT_THAT(names(),
              ElementsAre("test200 train10 other", "validation100 train10", "test202 validation102",
                          "test203 train14", "validation101 train14 other"));
  EXPECT_EQ(findings.shared[0].first_text, "one");
  EXPECT_EQ(findings.shared[0].similarity, 1);
  EXPECT_EQ(findings.shared[3].second_text, kLong + "!");
  EXPECT_LT(findings.shared[3].similarity, 1);
}

TEST(DataFindings, NameConflictsAndTinyClasses) {
  const DataFindings findings = find_data_problems(spoilt());
  EXPECT_EQ(findings.conflicting, 2);  // two = 1, then 0; and one = 1, then 0 in test
  ASSERT_EQ(findings.conflicts.size(), 2u);
  const ConflictingRow& row = findings.conflicts[0];
  EXPECT_EQ(row.split, "train");
  EXPECT_EQ(row.first_row, 11);
  EXPECT_EQ(row.second_row, 12);
  EXPECT_EQ(row.first_label, 1);
  EXPECT_EQ(row.second_label, 0);
  EXPECT_EQ(row.text, "two");
  EXPECT_EQ(findings.conflicts[1].split, "test");
  EXPECT_THAT(findings.tiny_classes, ElementsAre(2));  // 13 rows, 12 rows, none
}

TEST(DataFindings, CutListsButNotCounts) {
  Dataset dataset;
  dataset.label_names = {"a", "b"};
  for (int i = 0; i < 200; ++i) {
    const std::string text = "the text with the number " + std::to_string(i * 7919 + 100000) +
                             " of " + std::to_string(i * 104729 + 1000000);
    dataset.train.texts.push_back(text);
    dataset.train.texts.push_back(text);
    dataset.test.texts.push_back(i < 100 ? text : "The" + text.substr(3));
    for (const int32_t label : {0, 1}) dataset.train.labels.push_back(label);
    dataset.test.labels.push_back(0);
    for (const int row : {0, 1}) dataset.train.rows.push_back(2 * i + row);
    dataset.test.rows.push_back(i);
  }
  const DataFindings findings = find_data_problems(dataset);
  EXPECT_EQ(findings.shared_equal, 100);
  EXPECT_EQ(findings.shared_near, 100);
  EXPECT_EQ(findings.shared.size(), kMostDataExamples);
  EXPECT_EQ(std::count_if(findings.shared.begin(), findings.shared.end(),
                          [](const SharedRow& row) { return row.first_text == row.second_text; }),
            25);
  EXPECT_EQ(findings.conflicting, 200);
  EXPECT_EQ(findings.conflicts.size(), kMostDataExamples);
}

TEST(DataFindings, CountLengthsInBarsOfOneWidthForAllSplits) {
  Dataset dataset;
  dataset.label_names = {"a"};
  SplitLengths lengths;
  for (int i = 0; i < 995; ++i) lengths.train.push_back(i % 100);
  for (int i = 0; i < 5; ++i) lengths.train.push_back(5000);  // does not squeeze the others
  lengths.test = {3, 7};
  const DataFindings findings = find_data_problems(dataset, lengths, 50);
  ASSERT_EQ(findings.lengths.size(), 2u);  // no validation
  const auto& train = findings.lengths.at("train");
  const auto& test = findings.lengths.at("test");
  ASSERT_LE(train.size(), 40u);
  ASSERT_EQ(train.size(), test.size());
  int64_t rows = 0;
  for (size_t i = 0; i < train.size(); ++i) {
    EXPECT_EQ(train[i].tokens, 5 * static_cast<int32_t>(i));
    EXPECT_EQ(train[i].tokens, test[i].tokens);
    rows += train[i].rows;
  }
  EXPECT_EQ(rows, 1000);
  EXPECT_EQ(train[0].rows, 50);
  EXPECT_EQ(train.back().rows, 5);
  EXPECT_EQ(test[0].rows, 1);
  EXPECT_EQ(test[1].rows, 1);
  EXPECT_EQ(findings.truncated.at("train"), 9 * 49 + 44 + 5);
  EXPECT_EQ(findings.truncated.at("test"), 0);
}

TEST(DataFindings, ReadLikeThis) {
  const Dataset dataset = spoilt();
  EXPECT_EQ(format_findings(find_data_problems(dataset), dataset.label_names),
            "Data checks\n"
            "  6 rows stand in an earlier split, too (4 equal, 2 nearly):\n"
            "  what a model has seen in training proves nothing in a test; take them out of one "
            "split\n"
            "  drop_duplicates takes equal ones out of training\n"
            "    test 200 = train 10, with another label\n"
            "      'one'\n"
            "    validation 100 = train 10\n"
            "      'one'\n"
            "    test 203 ~ train 14 (similarity 0.98)\n"
            "      'a text that is long enough to be near to another!'\n"
            "      'a text that is long enough to be near to another'\n"
            "    … and 3 more\n"
            "  2 rows have the text of an earlier row of their split and another label:\n"
            "  no model can be right about both; correct one or leave the text out\n"
            "    train 12 'no', 11 'y?[1mes'\n"
            "      'two'\n"
            "    test 201 'no', 200 'y?[1mes'\n"
            "      'one'\n"
            "  1 class has fewer than 10 training rows: 'never'\n"
            "  find more rows for them, or join them with another class\n");
}

TEST(DataFindings, SayInOneLineThatThereAreNone) {
  Dataset dataset;
  dataset.label_names = {"a"};
  for (int i = 0; i < 10; ++i) {
    dataset.train.texts.push_back("text " + std::to_string(i));
    dataset.train.labels.push_back(0);
    dataset.train.rows.push_back(i);
  }
  DataFindings findings = find_data_problems(dataset);
  EXPECT_THAT(findings.shared, IsEmpty());
  EXPECT_EQ(format_findings(findings, dataset.label_names),
            "Data checks: no text stands in two splits, no equal texts have different labels, no "
            "class is tiny\n");
  findings.looked_for_label_issues = true;
  EXPECT_THAT(format_findings(findings, dataset.label_names), HasSubstr("; no label is suspect\n"));
  EXPECT_EQ(format_findings({}, {}), "Data checks: not made\n");
}

TEST(DataFindings, ShowSuspectsWithoutTheirControlCharacters) {
  DataFindings findings;
  findings.looked_for_label_issues = true;
  findings.suspected = 70;
  findings.label_issues = {{12, 0, 1, 0.021, 0.97, "so \x1B[31mgood\nreally"}};
  const std::string text = format_findings(findings, {"bad", "good"});
  EXPECT_THAT(text, HasSubstr("70 training labels are likely wrong"));
  EXPECT_THAT(text, HasSubstr("    12 'bad' (0.02), rather 'good' (0.97)\n"
                              "      'so ?[31mgood?really'\n"
                              "    … and 69 more\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
  EXPECT_THROW(format_findings(findings, {"bad"}), Error);
}

}  // namespace
}  // namespace thaw
