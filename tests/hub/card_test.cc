// Data cards (YAML) and the patterns in them.
#include "hub/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/error.h"
#include "hub/glob.h"
#include "hub/yaml.h"
#include "tests/base/error_of.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// In the form that the hub's own tools write.
constexpr const char* kTweetEval = R"(---
annotations_creators:
- found
pretty_name: TweetEval
dataset_info:
- config_name: emotion
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': anger
          '1': joy
- config_name: sentiment
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '2': positive
          '0': negative
          '1': neutral
  splits:
  - name: train
    num_examples: 45615
configs:
- config_name: emotion
  data_files:
  - split: train
    path: emotion/train-*
- config_name: sentiment
  default: true
  data_files:
  - split: train
    path: sentiment/train-*
  - split: test
    path:
    - sentiment/test-*
    - more/test-*
---
# Dataset Card

configs: not this
---
)";

TEST(DataCard, TellsConfigurationsFilesAndClassNames) {
  const DataCard card = read_data_card(kTweetEval, "README.md");
  ASSERT_EQ(card.configurations.size(), 2u);
  EXPECT_EQ(card.configurations[0].name, "emotion");
  EXPECT_FALSE(card.configurations[0].is_default);
  const CardConfiguration& sentiment = card.configurations[1];
  EXPECT_TRUE(sentiment.is_default);
  ASSERT_EQ(sentiment.splits.size(), 2u);
  EXPECT_EQ(sentiment.splits[1].name, "test");
  EXPECT_THAT(sentiment.splits[1].patterns, ElementsAre("sentiment/test-*", "more/test-*"));
  EXPECT_THAT(card.class_names.at("sentiment").at("label"),
              ElementsAre("negative", "neutral", "positive"));
  EXPECT_THAT(card.class_names.at("emotion").at("label"), ElementsAre("anger", "joy"));
}

TEST(DataCard, UnderstandsTheShorterForms) {
  const auto card = [](const std::string& yaml) {
    return read_data_card("---\r\n" + yaml + "\n---\r\ntext", "README.md");
  };
  DataCard read = card("configs:\n- config_name: a\n  data_files: data/*.csv\n  data_dir: ./x/");
  EXPECT_EQ(read.configurations.at(0).folder, "x");
  EXPECT_EQ(read.configurations[0].splits.at(0).name, "train");
  EXPECT_THAT(read.configurations[0].splits[0].patterns, ElementsAre("data/*.csv"));
  read = card("configs:\n- data_files: [a.csv, b.csv]\n");
  EXPECT_EQ(read.configurations.at(0).name, "default");
  EXPECT_TRUE(read.configurations[0].is_default);
  EXPECT_THAT(read.configurations[0].splits.at(0).patterns, ElementsAre("a.csv", "b.csv"));
  read = card("configs:\n- config_name: a\n  data_files: {train: a.csv, test: [b.csv]}\n");
  EXPECT_EQ(read.configurations.at(0).splits.at(1).name, "test");
  EXPECT_THAT(read.configurations[0].splits[1].patterns, ElementsAre("b.csv"));
  read = card(
      "dataset_info:\n  features:\n  - name: y\n    dtype:\n      class_label:\n        names: "
      "[no, 'yes']");
  EXPECT_THAT(read.class_names.at("").at("y"), ElementsAre("no", "yes"));
}

TEST(DataCard, SaysNothingWhereItIsNone) {
  for (const char* text : {"", "# Title", "---\nconfigs:\n- a", "---\n---\n", "---\nlist\n---\n",
                           "---\nconfigs: 1\ndataset_info: x\n---\n",
                           "---\nconfigs: [1, {data_files: []}]\ndataset_info: [2, {features: 1}]\n"
                           "---\n"}) {
    const DataCard card = read_data_card(text, "README.md");
    for (const CardConfiguration& one : card.configurations) EXPECT_TRUE(one.splits.empty());
    for (const auto& [name, columns] : card.class_names) EXPECT_TRUE(columns.empty());
  }
}

TEST(DataCard, SaysWhereItIsBroken) {
  const auto failure = [](const std::string& yaml) -> std::string {
    try {
      read_data_card("---\n" + yaml + "\n---\n", "README.md");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(failure("a: 1\nb: [1, 2\nc: 3"), HasSubstr("README.md:4: is not valid YAML"));
  EXPECT_THAT(failure("a: 1\na: 2"), HasSubstr("README.md:3: names 'a' twice"));
  const std::string names =
      "dataset_info:\n  features:\n  - name: y\n    dtype:\n      class_label:"
      "\n        names: ";
  EXPECT_THAT(failure(names + "{'0': a, '2': b}"), HasSubstr("not numbered from 0 on"));
  EXPECT_THAT(failure(names + "{'0': a, '00': b}"), HasSubstr("not numbered from 0 on"));
}

TEST(Yaml, KeepsScalarsAsTheyAre) {
  const auto json =
      parse_yaml("a: no\nb: 1.0\nc: ~\nd: 'x y'\ne: |\n  two\n  lines\nf: &k [1]\ng: *k", "x.yaml");
  EXPECT_EQ(json.dump(),
            R"({"a":"no","b":"1.0","c":"~","d":"x y","e":"two\nlines\n","f":["1"],"g":["1"]})");
  EXPECT_TRUE(parse_yaml("", "x.yaml").is_null());
}

TEST(Yaml, IsNotBlownUpByAliases) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  EXPECT_THROW(parse_yaml(bomb, "x.yaml"), Error);
  EXPECT_THROW(parse_yaml("a: &a [*a]", "x.yaml"), Error);
  EXPECT_THROW(parse_yaml(std::string(200, '['), "x.yaml"), Error);
  EXPECT_THROW(parse_yaml(std::string(200, '[') + std::string(200, ']'), "x.yaml"), Error);
  EXPECT_THROW(parse_yaml("? [a]\n: b", "x.yaml"), Error);
  EXPECT_THROW(parse_yaml("a: \xFF", "x.yaml"), Error);
}

TEST(Yaml, ThatNestsIsRefusedAtOnceHoweverLongItIs) {
  // The library alone would take minutes for these, or gigabytes.
  constexpr size_t kTimes = size_t{4} << 20;
  for (const std::string_view nest : {"[", "- ", "{a: ", "? ", "[{"}) {
    std::string text;
    for (size_t i = 0; i < kTimes; ++i) text += nest;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(error_of([&] { parse_yaml(text, "README.md"); }),
                AllOf(HasSubstr("README.md:1: "), HasSubstr("nests or repeats more YAML")))
        << nest;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(passed.count(), 2) << nest;
  }
  EXPECT_EQ(parse_yaml(std::string(60, '[') + std::string(60, ']'), "README.md").size(), 1u);
}

TEST(Glob, MatchesAsFsspecDoes) {
  const std::pair<const char*, const char*> matching[] = {
      {"a.csv", "*.csv"},
      {"x/a.csv", "*/a.csv"},
      {"x/a.csv", "**/a.csv"},
      {"a.csv", "**/a.csv"},
      {"x/y/a.csv", "**/*.csv"},
      {"x/y/a.csv", "x/**"},
      {"x/y/a.csv", "**"},
      {"a1.csv", "a[0-9].csv"},
      {"a-.csv", "a[-._ 0-9].csv"},
      {"ab.csv", "a[!0-9].csv"},
      {"ab", "a?"},
      {"a]b", "a]b"},
      {"a[b", "a[b"},
      {".a/b.csv", ".a/*.csv"},
      {"__a/b", "__*/b"},
      {"train-00000-of-00001.parquet", "train-*"},
      {"aXbXc", "a*b*c"},
      {"a", "**/**/a"},
      {"a]b", "a[]]b"},
  };
  for (const auto& [path, pattern] : matching) {
    EXPECT_TRUE(matches_glob(path, pattern)) << path << " " << pattern;
  }
  const std::pair<const char*, const char*> others[] = {
      {"x/a.csv", "*.csv"},
      {"a.csv", "*/a.csv"},
      {"x/y/a.csv", "*/a.csv"},
      {".a.csv", "*.csv"},
      {".a/b.csv", "**/b.csv"},
      {"__a/b.csv", "**"},
      {"ab.csv", "a[0-9].csv"},
      {"a.csv", "a"},
      {"a", "a*b"},
      {"b/x", "x/**"},
      {"x", "x/**"},
      {"", "?"},
      {"abc", "a?"},
  };
  for (const auto& [path, pattern] : others) {
    EXPECT_FALSE(matches_glob(path, pattern)) << path << " " << pattern;
  }
}

TEST(Glob, TakesNoTimeForManyStars) {
  EXPECT_FALSE(matches_glob(std::string(5000, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

}  // namespace
}  // namespace thaw
