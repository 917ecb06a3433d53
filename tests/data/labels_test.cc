#include "data/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model_io/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

LabelColumn column(const Names& values) {
  LabelColumn labels("train.csv", true);
  for (size_t i = 0; i < values.size(); ++i) {
    int32_t code = labels.find(values[i]);
    if (code < 0) code = labels.add(values[i], static_cast<int64_t>(i) + 2);
    labels.push_back(code);
  }
  return labels;
}

struct Encoded {
  Names names;
  std::vector<int32_t> labels;
};

Encoded train(const Names& values, const Names& file_names = {}, const Names& user_names = {},
              const std::vector<double>& cuts = {}) {
  const LabelColumn labels = column(values);
  const LabelScheme scheme = LabelScheme::from_train(labels, file_names, user_names, cuts);
  return {scheme.names(), scheme.encode(labels)};
}

std::vector<int32_t> evaluate(const Names& values, const Names& model_names,
                              const Names& file_names = {}, const Names& user_names = {},
                              const std::vector<double>& cuts = {}) {
  const LabelColumn labels = column(values);
  return LabelScheme::from_model(labels, file_names, user_names, cuts, model_names).encode(labels);
}

TEST(Labels, ThatAreTextAreOrderedByTheirBytesAsLabelEncoderDoes) {
  const Encoded encoded = train({"spam", "ham", "Été", "ham", "Zoo", "été"});
  EXPECT_THAT(encoded.names, ElementsAre("Zoo", "ham", "spam", "Été", "été"));
  EXPECT_THAT(encoded.labels, ElementsAre(2, 1, 3, 1, 0, 4));
}

TEST(Labels, ThatAreNumbersAreOrderedByValueAndKeepTheirNumberAsName) {
  const Encoded encoded = train({"10", "-1", "2", "10"});
  EXPECT_THAT(encoded.names, ElementsAre("-1", "2", "10"));
  EXPECT_THAT(encoded.labels, ElementsAre(2, 0, 1, 2));
}

TEST(Labels, WrittenAsWholeFractionsAreTheSameNumbers) {
  const Encoded encoded = train({"1.0", "0.0", "1", "0"});
  EXPECT_THAT(encoded.names, ElementsAre("0", "1"));
  EXPECT_THAT(encoded.labels, ElementsAre(1, 0, 1, 0));
}

TEST(Labels, TakeTheFilesNamesUnlessTheUserGivesOthers) {
  const Names file = {"negative", "neutral", "positive"};
  EXPECT_EQ(train({"2", "0", "1"}, file).names, file);
  EXPECT_THAT(train({"2", "0", "1"}, file).labels, ElementsAre(2, 0, 1));
  EXPECT_THAT(train({"2", "0", "1"}, file, {"bad", "so-so", "good"}).names,
              ElementsAre("bad", "so-so", "good"));
}

TEST(Labels, ThatDoNotCountFromZeroTakeNamesInAscendingOrder) {
  const Encoded encoded = train({"1", "-1", "0"}, {}, {"negative", "neutral", "positive"});
  EXPECT_THAT(encoded.labels, ElementsAre(2, 0, 1));
  EXPECT_THAT(train({"4", "0", "4"}, {}, {"negative", "positive"}).labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(error_of([] {
                train({"-1", "0", "1"}, {}, {"a", "b"});
              }),
              HasSubstr("train.csv:2: the labels -1, 0, 1 do not fit the 2 names a, b"));
}

TEST(Labels, ThatAreTextTakeTheOrderOfTheUsersNames) {
  const Encoded encoded = train({"good", "bad", "good"}, {}, {"good", "bad"});
  EXPECT_THAT(encoded.labels, ElementsAre(0, 1, 0));
  EXPECT_THAT(error_of([] {
                train({"good", "bda"}, {}, {"good", "bad"});
              }),
              HasSubstr("train.csv:3: label 'bda' is not one of good, bad; correct the label"));
  // Names that are numbers are meant as they stand.
  EXPECT_THAT(train({"1", "3", "2"}, {}, {"1", "2", "3"}).labels, ElementsAre(0, 2, 1));
}

TEST(Labels, ThatAreKeptSecretAreToldApartFromMistakes) {
  const LabelScheme scheme = LabelScheme::from_train(column({"0", "1"}), {"bad", "good"}, {}, {});
  EXPECT_THAT(error_of([&] {
                scheme.encode(column({"-1", "-1"}));
              }),
              HasSubstr("label '-1' is not one of bad, good; take another split"));
}

TEST(LabelCuts, KeepBothEndsOfTheMiddle) {
  const Encoded encoded = train({"-0.5", "-0.51", "0.5", "0.51", "0", "4", "-4"}, {},
                                {"negative", "neutral", "positive"}, {-0.5, 0.5});
  EXPECT_THAT(encoded.labels, ElementsAre(1, 0, 1, 2, 1, 2, 0));
}

TEST(LabelCuts, OfAnyNumberAreClosedTowardsTheMiddle) {
  EXPECT_THAT(train({"2.9", "3", "3.1"}, {}, {}, {3}).labels, ElementsAre(0, 1, 1));
  EXPECT_THAT(train({"1", "2", "3", "0.9", "3.1"}, {}, {}, {1, 2, 3}).labels,
              ElementsAre(1, 2, 2, 0, 3));
  EXPECT_THAT(train({"1", "2", "3", "4"}, {}, {}, {1, 2, 3, 4}).labels, ElementsAre(1, 2, 2, 3));
}

TEST(LabelCuts, NameTheirBins) {
  EXPECT_THAT(train({"1"}, {}, {}, {-0.5, 0.5}).names,
              ElementsAre("below -0.5", "from -0.5 to 0.5", "above 0.5"));
  EXPECT_THAT(train({"1"}, {}, {}, {3}).names, ElementsAre("below 3", "from 3"));
  EXPECT_THAT(train({"1"}, {}, {}, {1, 2, 3}).names,
              ElementsAre("below 1", "from 1 to below 2", "from 2 to 3", "above 3"));
}

TEST(LabelCuts, ThatMakeNoSenseAreErrors) {
  EXPECT_THAT(error_of([] {
                train({"1"}, {}, {}, {0.5, -0.5});
              }),
              HasSubstr("--label-cuts: the cuts"));
  EXPECT_THAT(error_of([] { train({"1"}, {}, {}, {1, 1}); }), HasSubstr("ascend"));
  EXPECT_THAT(error_of([] {
                train({"1"}, {}, {"a", "b", "c"}, {1});
              }),
              HasSubstr("--label-names: 1 cuts make 2 labels, and 3 names are given"));
  EXPECT_THAT(error_of([] {
                train({"1", "many"}, {}, {}, {1});
              }),
              HasSubstr("train.csv:3: the label 'many' is not a number to cut"));
  EXPECT_THAT(error_of([] {
                train({"1", "nan"}, {}, {}, {1});
              }),
              HasSubstr("'nan' is not a number"));
}

TEST(Labels, WithFractionsButWithoutCutsAreAnErrorThatShowsTheFlag) {
  EXPECT_THAT(error_of([] {
                train({"0.25", "1.5"});
              }),
              HasSubstr("train.csv:2: the label column holds numbers with fractions such as 0.25; "
                        "name another column with --label-column, or make classes"));
}

TEST(Labels, OfOneClassOnlyAreAnError) {
  EXPECT_THAT(error_of([] {
                train({"1", "1", "1"});
              }),
              HasSubstr("train.csv:2: all rows have the label '1'; give rows of at least two"));
}

TEST(Labels, WithANameTwiceOrEmptyAreAnError) {
  EXPECT_THAT(error_of([] { train({"0", "1"}, {}, {"a", "a"}); }), HasSubstr("'a' is given twice"));
  EXPECT_THAT(error_of([] { train({"0", "1"}, {}, {"a", ""}); }), HasSubstr("name is empty"));
}

TEST(LabelsForAModel, AreItsNamesInItsOrder) {
  EXPECT_THAT(evaluate({"ham", "spam"}, {"spam", "ham"}), ElementsAre(1, 0));
  EXPECT_THAT(error_of([] {
                evaluate({"ham", "eggs"}, {"spam", "ham"});
              }),
              HasSubstr("train.csv:3: label 'eggs' is not one of spam, ham"));
}

TEST(LabelsForAModel, MayBeNumbers) {
  EXPECT_THAT(evaluate({"1", "0"}, {"spam", "ham"}), ElementsAre(1, 0));
  EXPECT_THAT(evaluate({"1", "-1", "0"}, {"a", "b", "c"}), ElementsAre(2, 0, 1));
  EXPECT_THAT(evaluate({"5", "1.0"}, {"1", "5"}), ElementsAre(1, 0));
  EXPECT_THAT(error_of([] {
                evaluate({"0", "1"}, {"1", "5"});
              }),
              HasSubstr("label '0' is not one of 1, 5"));
}

TEST(LabelsForAModel, GoByTheFilesNamesWhereItHasThem) {
  EXPECT_THAT(evaluate({"0", "1"}, {"positive", "negative"}, {"negative", "positive"}),
              ElementsAre(1, 0));
  EXPECT_THAT(error_of([] {
                evaluate({"0", "1"}, {"yes", "no"}, {"yes", "maybe"});
              }),
              HasSubstr("label '1' is not one of yes, no"));
}

TEST(LabelsForAModel, MayBeCutFromNumbers) {
  const Names model = {"positive", "negative", "neutral"};
  EXPECT_THAT(
      evaluate({"-1", "0", "1"}, model, {}, {"negative", "neutral", "positive"}, {-0.5, 0.5}),
      ElementsAre(1, 2, 0));
  EXPECT_THAT(evaluate({"-1", "0", "1"}, {"a", "b", "c"}, {}, {}, {-0.5, 0.5}),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(error_of([&] {
                evaluate({"1"}, model, {}, {"low", "high"}, {0});
              }),
              HasSubstr("the label 'low' is not one of the model's: positive, negative, neutral"));
}

}  // namespace
}  // namespace thaw
