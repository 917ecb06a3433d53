// Columns beside text and label, as load_dataset() reads them for --slices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/load.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Rows whose source tells their number: "s<i % 7>", and of whom each ninth has none.
std::string rows_csv(int from, int count) {
  std::string csv = "text,label,Source\n";
  for (int i = from; i < from + count; ++i) {
    csv += "t" + std::to_string(i) + "," + std::to_string(i % 2) + "," +
           (i % 9 == 0 ? "" : " s" + std::to_string(i % 7)) + "\n";
  }
  return csv;
}

std::string source_of(int64_t i) { return i % 9 == 0 ? "" : "s" + std::to_string(i % 7); }

class SliceColumns : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    return folder_.write(name, text).string();
  }
  TemporaryFolder folder_;
};

TEST_F(SliceColumns, GoWithTheirRowsThroughEverySplit) {
  DataOptions options;
  options.paths = {write("all.csv", rows_csv(0, 200))};
  options.slice_columns = {"source"};
  const Dataset data = load_dataset(options);
  ASSERT_EQ(data.test.columns.size(), 1u);
  const ColumnValues& column = data.test.columns[0];
  EXPECT_EQ(column.name(), "Source");
  EXPECT_FALSE(column.is_text());
  ASSERT_EQ(column.rows(), data.test.size());
  for (int64_t row = 0; row < data.test.size(); ++row) {
    EXPECT_EQ(column[row], source_of(data.test.rows[row])) << row;
    EXPECT_EQ(data.test.texts[row], "t" + std::to_string(data.test.rows[row]));
  }
  EXPECT_TRUE(data.train.columns.empty());
  EXPECT_TRUE(data.validation.columns.empty());
}

// Repeated texts go back to training, rows without a label are left out: each moves rows.
TEST_F(SliceColumns, StayWithTheirRowsWhereRowsMove) {
  std::string csv = "text,label,source\n";
  for (int i = 0; i < 300; ++i) {
    csv += "text " + std::to_string(i % 290) + "," + (i % 11 == 3 ? "" : std::to_string(i % 2)) +
           ",v" + std::to_string(i) + "\n";
  }
  DataOptions options;
  options.paths = {write("all.csv", csv)};
  options.slice_columns = {"source"};
  const Dataset data = load_dataset(options);
  for (int64_t row = 0; row < data.test.size(); ++row) {
    EXPECT_EQ(data.test.columns[0][row], "v" + std::to_string(data.test.rows[row]));
  }
}

TEST_F(SliceColumns, AreReadFromAGivenTestWhateverTrainHas) {
  DataOptions options;
  options.train = {write("train.csv", "text,label\na,0\nb,1\nc,0\nd,1\n")};
  options.test = {write("test-1.csv", rows_csv(0, 30)), write("test-2.csv", rows_csv(30, 25))};
  options.validation_size = 0;
  options.slice_columns = {"Source"};
  const Dataset data = load_dataset(options);
  ASSERT_EQ(data.test.size(), 55);
  for (int64_t row = 0; row < 55; ++row) {
    EXPECT_EQ(data.test.columns[0][row], source_of(row)) << row;
  }
}

TEST_F(SliceColumns, ThatAreMissingAreRefusedWithThoseThatThereAre) {
  DataOptions options;
  options.train = {write("train.csv", rows_csv(0, 40))};
  options.test = {write("test.csv", "text,label,place\nx,0,here\ny,1,there\n")};
  options.slice_columns = {"source"};  // train has it, and is not what is evaluated
  EXPECT_THAT(error_of([&] { load_dataset(options); }),
              AllOf(HasSubstr("there is no column 'source' among 'text', 'label', 'place'"),
                    HasSubstr("test.csv"), HasSubstr("with slices, or length")));
  options.slice_columns = {"place", "length"};  // tokens can be counted
  const Dataset data = load_dataset(options);
  EXPECT_TRUE(data.test.columns[0].present());
  EXPECT_FALSE(data.test.columns[1].present());
  EXPECT_EQ(data.test.columns[1].rows(), 2);
}

TEST_F(SliceColumns, OfATestWithoutLabelsComeFromTheRowsThatAreSplitOff) {
  DataOptions options;
  options.train = {write("train.csv", rows_csv(0, 60))};
  options.test = {write("test.csv", "text,place\nx,here\ny,there\n")};
  options.slice_columns = {"source"};
  const Dataset data = load_dataset(options);
  EXPECT_EQ(data.unlabelled.split.size(), 2);
  ASSERT_GT(data.test.size(), 0);
  for (int64_t row = 0; row < data.test.size(); ++row) {
    EXPECT_EQ(data.test.columns[0][row], source_of(data.test.rows[row]));
  }
}

TEST_F(SliceColumns, OfJsonMayBeMissingInSomeRowsAndKnowTextsFromNumbers) {
  DataOptions options;
  options.test_size = 0;
  options.train = {
      write("train.jsonl", "{\"text\":\"a\",\"label\":0}\n{\"text\":\"b\",\"label\":1}\n")};
  options.validation = {write("validation.jsonl",
                              "{\"text\":\"a\",\"label\":0}\n"
                              "{\"text\":\"b\",\"label\":1,\"zip\":\"010\",\"n\":2.5}\n"
                              "{\"text\":\"c\",\"label\":1,\"zip\":null,\"n\":3}\n")};
  options.slice_columns = {"zip", "n"};
  const Dataset data = load_dataset(options);
  const auto& columns = data.validation.columns;
  EXPECT_EQ(columns[0][0], "");
  EXPECT_EQ(columns[0][1], "010");
  EXPECT_EQ(columns[0].codes()[2], ColumnValues::kMissing);
  EXPECT_TRUE(columns[0].is_text());
  EXPECT_EQ(columns[1][1], "2.5");
  EXPECT_EQ(columns[1][2], "3");
  EXPECT_FALSE(columns[1].is_text());
}

TEST_F(SliceColumns, WithSeveralValuesARowAreRefused) {
  DataOptions options;
  options.test_size = options.validation_size = 0;
  options.train = {write("rows.jsonl", "{\"text\":\"a\",\"label\":0,\"tags\":[1,2]}\n")};
  options.slice_columns = {"tags"};
  EXPECT_THAT(
      error_of([&] { load_dataset(options); }),
      AllOf(HasSubstr("the field 'tags' holds several values"), HasSubstr("with slices, or")));
}

TEST_F(SliceColumns, OfALabelledFileComeWithTheRowsToEvaluate) {
  DataOptions options;
  options.paths = {write("rows.csv", "text,label,source\na,x,one\nb,,two\nc,y,three\n")};
  options.slice_columns = {"source"};
  const Split split = load_split(options, {"x", "y"});
  ASSERT_EQ(split.size(), 2);
  EXPECT_EQ(split.columns[0][1], "three");
  options.slice_columns = {"language"};
  EXPECT_THAT(error_of([&] { load_split(options, {"x", "y"}); }), HasSubstr("'source'"));
}

TEST(ColumnValuesTest, AddsRowsOfAnotherListOfValues) {
  ColumnValues one("c"), two("c");
  one.set_present("c");
  for (const char* value : {"a", "b", " b "}) one.push_back(value);
  for (const char* value : {"z", "", "a"}) two.push_back(value);
  ColumnValues shared = one;
  shared.append(two, nullptr);
  const std::vector<int64_t> last{2};
  shared.append(one, &last);
  EXPECT_EQ(one.values().size(), 2u);  // what is shared has not changed
  std::string all;
  for (int64_t row = 0; row < shared.rows(); ++row) all += std::string(shared[row]) + ";";
  EXPECT_EQ(all, "a;b;b;z;;a;b;");
}

TEST(ColumnValuesTest, NamesNumbersWhereAllHaveAName) {
  ColumnValues column("c");
  for (const char* value : {"1", "", "0", "1"}) column.push_back(value);
  ColumnValues other = column;
  column.name_numbers({"en"});
  EXPECT_EQ(column[0], "1");
  column.name_numbers({"en", "de"});
  EXPECT_EQ(column[0], "de");
  EXPECT_EQ(column[1], "");
  EXPECT_EQ(column[2], "en");
  EXPECT_TRUE(column.is_text());
  EXPECT_EQ(other[0], "1");
}

}  // namespace
}  // namespace thaw
