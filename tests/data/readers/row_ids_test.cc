// The file's own ids of rows, from the column to every split.
#include "data/readers/row_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/load.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class RowIds : public ::testing::Test {
 protected:
  DataOptions options(const std::string& name) const {
    DataOptions options;
    options.paths = {(folder_.path() / name).string()};
    return options;
  }

  TemporaryFolder folder_;
};

// 40 rows, with the id "r<i>" for text "t<i>"; four texts are there twice.
std::string with_ids(const std::string& name) {
  std::string csv = name + ",text,label\n";
  for (int i = 0; i < 40; ++i) {
    csv += "r" + std::to_string(i) + ",t" + std::to_string(i % 36) + "," + std::to_string(i % 2) +
           "\n";
  }
  return csv;
}

TEST_F(RowIds, CarriesTheFilesOwnIdsThroughEverySplit) {
  folder_.write("a.csv", with_ids("ticket_id"));
  DataOptions wanted = options("a.csv");
  wanted.fraction = 0.9;
  wanted.minimum_rows = 1;
  const Dataset dataset = load_dataset(wanted);
  EXPECT_EQ(dataset.columns.id, "ticket_id");
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("label column 'label', ids of rows 'ticket_id'")));
  for (const Split* split : {&dataset.train, &dataset.validation, &dataset.test}) {
    ASSERT_GT(split->size(), 0);
    ASSERT_EQ(split->ids.size(), split->size());
    for (int64_t row = 0; row < split->size(); ++row) {
      const int id = std::stoi(std::string(split->ids[row]).substr(1));
      EXPECT_EQ("t" + std::to_string(id % 36), split->texts[row]);
      EXPECT_EQ(id, split->rows[row]);
    }
  }
}

TEST_F(RowIds, TakesNoIdsThatRepeatUnlessTheyAreNamed) {
  std::string csv = "user_id,text,label\n";
  for (int i = 0; i < 40; ++i) {
    csv +=
        "u" + std::to_string(i % 7) + ",t" + std::to_string(i) + "," + std::to_string(i % 2) + "\n";
  }
  folder_.write("a.csv", csv);
  DataOptions wanted = options("a.csv");
  EXPECT_EQ(load_dataset(wanted).train.ids.size(), 0);
  EXPECT_FALSE(load_dataset(wanted).columns.id.has_value());
  wanted.id_column = "user_id";
  const Dataset named = load_dataset(wanted);
  EXPECT_EQ(named.train.ids.size(), named.train.size());
  EXPECT_THAT(named.notes, Contains(HasSubstr("holds ids that repeat or are empty")));
  wanted.id_column = "nobody";
  EXPECT_THAT(error_of([&] { load_dataset(wanted); }),
              AllOf(HasSubstr("there is no column 'nobody' among"), HasSubstr("id_column")));
  wanted.id_column = "text";
  EXPECT_THAT(error_of([&] { load_dataset(wanted); }), HasSubstr("cannot tell rows apart and be"));
}

TEST_F(RowIds, TakesTheIdsOfAGivenTestFromTheSameColumn) {
  folder_.write("train.csv", with_ids("ticket_id"));
  folder_.write("test.csv", "ticket_id,text,label\nx1,s1,0\nx2,s2,1\n");
  DataOptions wanted;
  wanted.train = {(folder_.path() / "train.csv").string()};
  wanted.test = {(folder_.path() / "test.csv").string()};
  const Dataset dataset = load_dataset(wanted);
  ASSERT_EQ(dataset.test.ids.size(), 2);
  EXPECT_EQ(dataset.test.ids[1], "x2");
  // Another column would be another thing.
  folder_.write("test.csv", "row_id,text,label\nx1,s1,0\nx2,s2,1\n");
  EXPECT_EQ(load_dataset(wanted).test.ids.size(), 0);
}

}  // namespace
}  // namespace thaw
