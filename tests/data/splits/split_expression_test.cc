// Expressions over splits, against Python's `datasets` (tests/golden/data/make_slices.py).

#include "data/splits/split_expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "data/load.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SplitExpression, SlicesAsDatasetsDoes) {
  std::ifstream golden(THAW_SOURCE_DIR "/tests/golden/data/slices.tsv");
  int checked = 0;
  for (std::string line; std::getline(golden, line); ++checked) {
    std::istringstream fields(line);
    std::string expression;
    int64_t rows = 0, from = 0, to = 0;
    ASSERT_TRUE(fields >> expression >> rows >> from >> to) << line;
    const auto terms = parse_split_expression(expression, "--train");
    ASSERT_TRUE(terms) << line;
    ASSERT_EQ(terms->size(), 1u);
    EXPECT_EQ(terms->front().split, "train");
    EXPECT_EQ(terms->front().rows.bounds(rows, ""), std::pair(from, to)) << line;
  }
  EXPECT_GT(checked, 1000);
}

TEST(SplitExpression, AddsUp) {
  const auto terms = parse_split_expression("train[:10%] + validation.matched+test[-5:]", "");
  ASSERT_TRUE(terms);
  ASSERT_EQ(terms->size(), 3u);
  EXPECT_EQ((*terms)[1].split, "validation.matched");
  EXPECT_EQ((*terms)[1].rows.bounds(7, ""), std::pair(int64_t{0}, int64_t{7}));
  EXPECT_EQ((*terms)[2].rows.bounds(7, ""), std::pair(int64_t{2}, int64_t{7}));
}

TEST(SplitExpression, TellsExpressionsFromOtherTexts) {
  for (const char* text : {"", "train.csv/x", "data/train.csv", "train[", "train[1]", "train[a:b]",
                           "train[1:2", "train[1:2]x", "train+", "+train", "my train",
                           "train["
                           ":]]",
                           "train(closest"}) {
    EXPECT_FALSE(parse_split_expression(text, "")) << text;
  }
  EXPECT_THROW(parse_split_expression("train[:101%]", ""), Error);
  EXPECT_THROW(parse_split_expression("train[-101%:]", ""), Error);
  EXPECT_THROW(parse_split_expression("train[:10%](up)", ""), Error);
  EXPECT_THROW(parse_split_expression("train[:10](closest)", ""), Error);
  EXPECT_NO_THROW(parse_split_expression("train[:10%](closest)", ""));
}

TEST(SplitExpression, BoundsBeyondAllNumbersAreTheEnds) {
  const auto terms =
      parse_split_expression("train[-99999999999999999999:99999999999999999999]", "");
  ASSERT_TRUE(terms);
  EXPECT_EQ(terms->front().rows.bounds(5, ""), std::pair(int64_t{0}, int64_t{5}));
}

class SplitsOfAFolder : public ::testing::Test {
 protected:
  SplitsOfAFolder() {
    for (const auto& [name, rows] : {std::pair{"train", 20}, std::pair{"test", 10}}) {
      std::string csv = "text,label\n";
      for (int i = 0; i < rows; ++i) {
        csv += std::string(name) + std::to_string(i) + (i % 2 == 0 ? ",no\n" : ",yes\n");
      }
      folder_.write(std::string(name) + ".csv", csv);
    }
    options_.paths = {folder_.path().string()};
    options_.validation_size = 0;
  }
  std::string failure() {
    try {
      load_dataset(options_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
  DataOptions options_;
};

TEST_F(SplitsOfAFolder, AreCutByExpressions) {
  options_.train = {"train[:80%]"};
  options_.validation = {"train[80%:]+test[:2]"};
  options_.validation_size = -1;
  options_.test = {"test[-4:]"};
  const Dataset data = load_dataset(options_);
  EXPECT_EQ(data.train.size(), 16);
  EXPECT_EQ(data.train.texts[15], "train15");
  ASSERT_EQ(data.validation.size(), 6);
  EXPECT_EQ(data.validation.texts[0], "train16");
  EXPECT_EQ(data.validation.texts[5], "test1");
  EXPECT_EQ(data.validation.labels, (std::vector<int32_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_THAT(data.test.rows, ElementsAre(6, 7, 8, 9));
  EXPECT_EQ(data.test.texts[0], "test6");
}

TEST_F(SplitsOfAFolder, CanBeTestedOnInPart) {
  options_.test = {"test[:3]"};
  EXPECT_EQ(load_split(options_, {"no", "yes"}).size(), 3);
}

TEST_F(SplitsOfAFolder, SayWhichThereAre) {
  options_.train = {"trian[:80%]"};
  EXPECT_THAT(failure(), HasSubstr("train: the data has no split 'trian'; name one of train, "));
  options_.train = {"no such file.csv"};
  EXPECT_THAT(failure(), HasSubstr("train: 'no such file.csv' is neither a file nor a split"));
  options_.train = {"train[5:5]"};
  EXPECT_THAT(failure(), HasSubstr("these rows are none of the 20 that there are"));
}

TEST(NamedSplits, AreChosenByTheirNames) {
  TemporaryFolder folder;
  const auto split = [&](const std::string& name, const std::string& text) {
    NamedSplit named{name, {}};
    named.source.files = {folder.write(name + ".csv", "text,label\n" + text + ",0\nb,1\nc,0\n")};
    named.source.title = "org/data, " + name;
    return named;
  };
  DataOptions options;
  options.splits = {split("train", "t"), split("dev", "d"), split("val_matched", "m"),
                    split("test", "e")};
  options.class_names["label"] = {"bad", "good"};
  Dataset data = load_dataset(options);
  EXPECT_EQ(data.validation.texts[0], "d");
  EXPECT_EQ(data.test.source, "org/data, test");
  EXPECT_THAT(data.label_names, ElementsAre("bad", "good"));
  options.validation = {"val_matched"};
  EXPECT_EQ(load_dataset(options).validation.texts[0], "m");

  const std::vector<std::string> names = {"train", "dev", "val_matched", "test"};
  EXPECT_THAT(splits_for(SplitName::kValidation, {}, names), ElementsAre("dev"));
  EXPECT_THAT(splits_for(SplitName::kValidation, {"val_matched[:1]+train"}, names),
              ElementsAre("val_matched", "train"));
  EXPECT_THAT(splits_for(SplitName::kTest, {folder.path().string()}, names), ElementsAre());
  EXPECT_THAT(error_of([&] { splits_for(SplitName::kTest, {"tset[:5]"}, names); }),
              HasSubstr("test: the data has no split 'tset'; name one of train, dev, val_matched, "
                        "test"));
  EXPECT_THAT(error_of([&] { splits_for(SplitName::kTrain, {"train[:300%]"}, names); }),
              HasSubstr("train: 300 % is more than there is"));
}

}  // namespace
}  // namespace thaw
