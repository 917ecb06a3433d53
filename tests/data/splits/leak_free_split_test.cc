// Parts that are drawn from train hold no text that another part has; what would spoil a part
// stays and is said.

#include "data/splits/leak_free_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "data/audit/near_duplicates.h"
#include "data/audit/shingles.h"
#include "data/load.h"
#include "data/splits/splits.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Twelve random words: texts of two numbers share next to no shingle.
std::string text_of(uint64_t number) {
  std::string text;
  for (uint32_t word = 0; word < 12; ++word) {
    if (word > 0) text += ' ';
    for (uint32_t i = 0; i < 5; ++i) {
      text += static_cast<char>('a' + random_bits(random_key(number, word), i) % 26);
    }
  }
  return text;
}

// The same with its last word changed: a Jaccard index of about 0.85.
std::string nearly(uint64_t number) {
  std::string text = text_of(number);
  text.replace(text.size() - 5, 5, "zqxjk");
  return text;
}

struct Row {
  std::string text;
  int32_t label;
  int64_t number;  // in the file
};

Split split_of(const std::vector<Row>& rows) {
  Split split;
  for (const Row& row : rows) {
    split.texts.push_back(row.text);
    split.labels.push_back(row.label);
    split.rows.push_back(row.number);
  }
  split.source = "a.csv";
  return split;
}

// `count` rows of texts of their own, of labels 0 and 1 in turn.
std::vector<Row> own_rows(uint64_t first, int count) {
  std::vector<Row> rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back({text_of(first + i), i % 2, static_cast<int64_t>(first) + i});
  }
  return rows;
}

class LeakFreeSplit : public ::testing::Test {
 protected:
  LeakFreeSplit() { dataset_.label_names = {"no", "yes"}; }

  void make(bool drew_validation = true, bool drew_test = true) {
    dataset_.train = split_of(train_);
    dataset_.validation = split_of(validation_);
    dataset_.test = split_of(test_);
    make_split_leak_free(dataset_, drew_validation, drew_test);
  }
  std::vector<int64_t> moved() const {
    return {dataset_.train.rows.begin() + static_cast<int64_t>(train_.size()),
            dataset_.train.rows.end()};
  }
  std::string said() const { return format_split_changes(dataset_.changes); }

  Dataset dataset_;
  std::vector<Row> train_ = own_rows(0, 20), validation_ = own_rows(100, 10),
                   test_ = own_rows(200, 20);
};

TEST_F(LeakFreeSplit, LeavesTextsThatStandOnceWhereTheyWereDrawn) {
  make();
  EXPECT_EQ(dataset_.train.size(), 20);
  EXPECT_EQ(dataset_.test.rows, split_of(test_).rows);
  EXPECT_EQ(said(), "");
  EXPECT_THAT(describe_split_changes(dataset_.changes), IsEmpty());
}

TEST_F(LeakFreeSplit, MovesRowsWhoseTextAnotherPartHasWhateverTheirLabels) {
  test_[3] = {text_of(4), 0, 903};
  test_[7] = {text_of(4), 1, 507};
  validation_[2] = {text_of(9), 0, 602};
  make();
  EXPECT_THAT(moved(), ElementsAre(507, 602, 903));  // by their numbers in the file
  EXPECT_EQ(dataset_.train.texts[20], text_of(4));
  EXPECT_EQ(dataset_.train.labels[20], 1);
  EXPECT_EQ(dataset_.test.size(), 18);
  EXPECT_EQ(dataset_.validation.size(), 9);
  EXPECT_EQ(said(),
            "split: 2 test rows and 1 validation row have a text that another split has as well; "
            "moved to training (keep_split = exact leaves them)\n");
  EXPECT_EQ(describe_split_changes(dataset_.changes).at("moved_to_train"),
            "validation equal 1, test equal 2");
}

TEST_F(LeakFreeSplit, MovesAllRowsOfATextThatValidationAndTestShare) {
  validation_[2].text = test_[3].text = test_[9].text = text_of(700);
  make();
  EXPECT_THAT(moved(), ElementsAre(102, 203, 209));
}

TEST_F(LeakFreeSplit, TakesTextsAsEqualOnlyToTheByte) {
  train_[0].text = "Yes";
  test_[0].text = "Yes!";
  make();
  EXPECT_THAT(moved(), IsEmpty());
}

TEST_F(LeakFreeSplit, MovesPairsOnlyWhereBothTextsAreEqual) {
  make(false, false);
  const auto with_pairs = [](Split& split, const std::string& second) {
    for (int64_t row = 0; row < split.size(); ++row) {
      split.texts.push_back_pair(second + std::to_string(row));
    }
  };
  for (const char* second : {"a", "b"}) {
    dataset_.train = split_of(train_);
    dataset_.test = split_of(train_);
    dataset_.test.rows = split_of(test_).rows;
    with_pairs(dataset_.train, "a");
    with_pairs(dataset_.test, second);
    dataset_.validation = Split();
    dataset_.changes = {};
    make_split_leak_free(dataset_, false, true);
    EXPECT_EQ(dataset_.changes.drawn[0].equal_left, std::string(second) == "a" ? 20 : 0);
    EXPECT_EQ(dataset_.train.texts.pairs(), 20);
  }
}

TEST_F(LeakFreeSplit, MovesRowsThatAreNearlyARowOfAnotherPart) {
  test_[3].text = nearly(4);          // of train
  validation_[2].text = nearly(209);  // of test: both go
  make();
  EXPECT_THAT(moved(), ElementsAre(102, 203, 209));
  EXPECT_EQ(said(),
            "split: 2 test rows and 1 validation row have nearly the text of a row of another "
            "split; moved to training (keep_split = exact leaves them)\n");
}

// 203 is nearly 4 of train; 205 is nearly 203, but not 4.
TEST_F(LeakFreeSplit, FollowsNoChainsAndNamesWhatIsLeftNearToAMovedRow) {
  std::string chained = nearly(4);
  chained.replace(0, 5, "wvkqz");
  ASSERT_LT(shingle_similarity(text_of(4), chained), kNearDuplicate);
  ASSERT_GT(shingle_similarity(nearly(4), chained), kNearDuplicate);
  test_[3].text = nearly(4);
  test_[5].text = chained;
  make();
  EXPECT_THAT(moved(), ElementsAre(203));
  EXPECT_THAT(said(), HasSubstr("split: 1 test row is nearly a row that was moved; left there: "
                                "test 205\n"));
}

TEST_F(LeakFreeSplit, LeavesTheLastRowsOfALabel) {
  for (Row& row : test_) row.label = 0;
  test_[3] = {text_of(4), 1, 203};
  test_[4] = {nearly(7), 0, 204};
  make();
  EXPECT_THAT(moved(), ElementsAre(204));
  EXPECT_THAT(said(), HasSubstr("warning: 1 test row stays though another split has its text or "
                                "nearly so, since test has no other row of 'yes'\n"));
}

TEST_F(LeakFreeSplit, LeavesAPartOfWhichMoreThanHalfIsRepeated) {
  for (int i = 0; i < 11; ++i) test_[i].text = text_of(i);
  validation_[2].text = text_of(4);
  make();
  EXPECT_THAT(moved(), ElementsAre(102));
  EXPECT_THAT(said(), HasSubstr("warning: 11 of 20 test rows have a text that another split has as "
                                "well: too many to move, so they stay; take repeated texts out "
                                "with drop_duplicates\n"));
}

TEST_F(LeakFreeSplit, MovesHalfOfAPartAtMostIfTextsAreEqual) {
  for (int i = 0; i < 10; ++i) test_[i].text = text_of(i);
  make();
  EXPECT_EQ(dataset_.test.size(), 10);
}

TEST_F(LeakFreeSplit, LeavesNearlyEqualRowsOfWhichAreMoreThanAThird) {
  for (int i = 0; i < 3; ++i) test_[i].text = text_of(i);
  for (int i = 3; i < 7; ++i) test_[i].text = nearly(i);
  make();
  EXPECT_THAT(moved(), ElementsAre(200, 201, 202));
  EXPECT_THAT(said(), HasSubstr("warning: 4 of 20 test rows have nearly the text of a row of "
                                "another split: too many to move, so they stay"));
}

TEST_F(LeakFreeSplit, LeavesPartsAloneThatWereNotDrawn) {
  test_[3].text = text_of(4);
  test_[4].text = nearly(5);
  validation_[2].text = text_of(6);
  validation_[4].text = test_[8].text;
  make(true, false);
  EXPECT_THAT(moved(), ElementsAre(102));
  EXPECT_EQ(dataset_.test.size(), 20);
}

class LeakFreeLoad : public ::testing::Test {
 protected:
  // Every fifth row repeats the one before it.
  void write(const std::string& name, int rows) {
    std::string csv = "text,label\n";
    for (int i = 0; i < rows; ++i) {
      csv += text_of(i % 5 == 4 ? i - 1 : i) + "," + (i / 5 % 2 == 0 ? "no" : "yes") + "\n";
    }
    folder_.write(name, csv);
  }
  Dataset load(const std::string& name) {
    options_.paths = {(folder_.path() / name).string()};
    return load_dataset(options_);
  }

  TemporaryFolder folder_;
  DataOptions options_;
};

TEST_F(LeakFreeLoad, MovesSharedTextsAndKeepsAllElseAsScikitLearnDrewIt) {
  write("a.csv", 200);
  options_.keep_split_exact = true;
  const Dataset exact = load("a.csv");
  EXPECT_EQ(exact.test.size(), 40);
  EXPECT_EQ(exact.validation.size(), 20);
  EXPECT_EQ(describe_split_changes(exact.changes).at("keep_split"), "exact");
  options_.keep_split_exact = false;
  const Dataset free = load("a.csv");
  const DrawnPart& of_test = free.changes.drawn[1];
  EXPECT_GT(of_test.equal_moved, 0);
  EXPECT_EQ(free.test.size(), 40 - of_test.equal_moved);
  EXPECT_EQ(free.train.size() + free.validation.size() + free.test.size(), 200);
  EXPECT_TRUE(
      std::equal(exact.train.rows.begin(), exact.train.rows.end(), free.train.rows.begin()));
  EXPECT_TRUE(std::is_sorted(free.train.rows.begin() + 140, free.train.rows.end()));
  std::set<std::string> trained;
  for (int64_t i = 0; i < free.train.size(); ++i) trained.emplace(free.train.texts[i]);
  for (const Split* part : {&free.validation, &free.test}) {
    for (int64_t i = 0; i < part->size(); ++i) {
      EXPECT_FALSE(trained.contains(std::string(part->texts[i])));
    }
  }
}

// pandas: DataFrame.drop_duplicates(subset="text") keeps rows 0, 1, 2, 3, 5, …
TEST_F(LeakFreeLoad, DropsRepeatedTextsAsPandasDoesBeforeItSplits) {
  write("a.csv", 10);
  options_.drop_duplicates = true;
  options_.test_size = options_.validation_size = 0;
  const Dataset dataset = load("a.csv");
  EXPECT_THAT(dataset.train.rows, ElementsAre(0, 1, 2, 3, 5, 6, 7, 8));
  EXPECT_EQ(format_split_changes(dataset.changes),
            "drop_duplicates: 2 training rows taken out, 2 with the text of an earlier one\n");
  EXPECT_EQ(describe_split_changes(dataset.changes).at("drop_duplicates"), "2 rows");
}

TEST_F(LeakFreeLoad, DropsTrainingRowsThatGivenSplitsHaveAndChangesNoGivenSplit) {
  folder_.write("d/train.csv", "text,label\na,no\nb,yes\nc,no\nb,no\nd,yes\nd,no\n");
  folder_.write("d/test.csv", "text,label\na,yes\na,no\nx,no\n");
  options_.drop_duplicates = true;
  options_.validation_size = 0;
  const Dataset dataset = load("d");
  EXPECT_THAT(dataset.train.rows, ElementsAre(1, 2, 4));
  EXPECT_EQ(dataset.test.size(), 3);
  EXPECT_EQ(format_split_changes(dataset.changes),
            "drop_duplicates: 3 training rows taken out, 2 with the text of an earlier one, 1 "
            "with a text of validation or test\n"
            "drop_duplicates: 2 texts stood there with different labels; their first rows were "
            "kept unless validation or test has the text\n");
}

TEST_F(LeakFreeLoad, SaysWhichLabelDroppingTakesAway) {
  folder_.write("a.csv", "text,label\na,no\nb,no\na,yes\nb,yes\n");
  options_.drop_duplicates = true;
  options_.test_size = options_.validation_size = 0;
  EXPECT_THAT(error_of([&] { load("a.csv"); }), HasSubstr("no row of 'yes' is left to train with"));
}

}  // namespace
}  // namespace thaw
