// `thaw data` as a user calls it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Outcome thaw_data(const std::string& arguments) {
  const std::string command = THAW_PROGRAM " data " + arguments + " 2>&1";
  return run_command(command);
}

class DataCommand : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(DataCommand, ShowsAFileAsItIsAndSaysThatItIsNotSplit) {
  const auto file = folder_.write("a.csv", "text,label\nx,spam\ny,ham\nx,ham\n");
  const Outcome outcome = thaw_data(file.string());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.text, StartsWith("train: 3 rows"));
  EXPECT_THAT(outcome.text, HasSubstr("66.67 %"));
  EXPECT_THAT(outcome.text, HasSubstr("1 row repeats the text of an earlier row: 2 = 0"));
  EXPECT_THAT(outcome.text, HasSubstr("Not split"));
}

TEST_F(DataCommand, ListsTheRowsThatAreTrainedOn) {
  const Outcome outcome = thaw_data(
      THAW_SOURCE_DIR "/recipes/twelve-sentences.csv --test-size 0.25 --seed 42 --list-rows");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.text, "5\n0\n3\n11\n1\n6\n4\n9\n2\n");
}

TEST_F(DataCommand, ListsTheRowsOfAFractionOfTweetEval) {
  const std::filesystem::path folder = THAW_SOURCE_DIR "/../shared/data/tweet_eval/sentiment";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "shared/data is not beside the clone";
  const auto module = std::filesystem::path(THAW_PROGRAM).parent_path() / "thaw_parquet.so";
  if (!std::filesystem::exists(module)) GTEST_SKIP() << "built without Arrow";
  for (const std::string& path : {folder.string(), (folder / "train.parquet").string()}) {
    const Outcome outcome = thaw_data(path + " --fraction 0.3 --seed 42 --list-rows");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.text, StartsWith("41506\n38625\n40451\n16497\n"));
    EXPECT_EQ(std::count(outcome.text.begin(), outcome.text.end(), '\n'), 13684);
  }
}

TEST_F(DataCommand, TakesListsWithoutSwallowingTheFileBehindThem) {
  const auto file = folder_.write("a.tsv", "1\t-2\tbad\n2\t0\tso so\n3\t2.5\tgood\n");
  const Outcome outcome =
      thaw_data("--columns id,rating,text --label-cuts -0.5,0.5 --label-names " +
                std::string("low,middle,high ") + file.string());
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("middle"));
}

TEST_F(DataCommand, RefusesALengthThatNoTrainingOfTheModelWouldTake) {
  const auto file = folder_.write("a.csv", "text,label\nx,spam\ny,ham\n");
  const std::string arguments = file.string() + " --model " THAW_SOURCE_DIR "/tests/golden/bert";
  EXPECT_EQ(thaw_data(arguments + " --max-length 16").code, 0);
  const Outcome outcome = thaw_data(arguments + " --max-length 5000");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.text, HasSubstr("--max-length 5000: the model has "));
}

TEST_F(DataCommand, TellsAMistakeInOneSentenceAndEndsWithOne) {
  const auto file = folder_.write("a.csv", "text,label\nx,spam\n\"y,ham\n");
  const Outcome outcome = thaw_data(file.string());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, "thaw: " + file.string() +
                              ":3: the quote that opens here is never closed; close it, and double "
                              "the quotes inside quoted fields\n");
  EXPECT_EQ(thaw_data("").code, 2);
  const Outcome lengthless = thaw_data(file.string() + " --max-length 64");
  EXPECT_EQ(lengthless.code, 2);
  EXPECT_THAT(lengthless.text,
              HasSubstr("--max-length: counts tokens, which needs a tokenizer; add --model MODEL"));
  EXPECT_EQ(thaw_data(file.string() + " --fraction many").code, 2);
}

}  // namespace
}  // namespace thaw
