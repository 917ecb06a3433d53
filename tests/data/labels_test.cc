#include "data/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

// Of line i + 2; "" is a row without a label.
LabelColumn column(const Names& values, ValueKind kind = ValueKind::kCell) {
  LabelColumn labels("train.csv", true);
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t line = static_cast<int64_t>(i) + 2;
    if (values[i].empty()) {
      labels.push_back_none(line);
      continue;
    }
    int32_t code = labels.find(values[i], kind);
    if (code < 0) code = labels.add(values[i], line, kind);
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

Names lines_of(const LabelColumn& labels, const Names& file_names = {}) {
  return LabelScheme::from_train(labels, file_names, {}, {}).lines();
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

TEST(Labels, OfClassIdsAreNoneWhereTheyAreMinusOne) {
  // SNLI's habit: −1 is a row that its annotators did not agree about.
  const Encoded encoded = train({"-1", "0", "1", ""}, {"neg", "neu", "pos"});
  EXPECT_THAT(encoded.names, ElementsAre("neg", "neu", "pos"));
  EXPECT_THAT(encoded.labels, ElementsAre(-1, 0, 1, -1));
  EXPECT_THAT(error_of([] {
                train({"0", "1", "3"}, {"neg", "neu", "pos"});
              }),
              HasSubstr("train.csv:4: label '3' is not one of neg, neu, pos"));
  EXPECT_THAT(error_of([] {
                train({"0", "-2"}, {"neg", "pos"});
              }),
              HasSubstr("train.csv:3: label '-2' is not one of neg, pos"));
  EXPECT_THAT(error_of([] {
                train({"-1", "-1"}, {"neg", "pos"});
              }),
              HasSubstr("no row has a label"));
  // Without names of its own, a file means −1 as it stands.
  EXPECT_THAT(train({"-1", "0", "1"}).names, ElementsAre("-1", "0", "1"));
}

TEST(Labels, ThatAreKeptSecretAreToldApartFromMistakes) {
  const LabelScheme plain = LabelScheme::from_train(column({"0", "1"}), {}, {}, {});
  EXPECT_TRUE(plain.hides(column({"-1", "-1"})));
  EXPECT_FALSE(plain.hides(column({"-1", "0"})));
  EXPECT_FALSE(LabelScheme::from_train(column({"-1", "1"}), {}, {}, {}).hides(column({"-1"})));
  EXPECT_THAT(error_of([&] {
                plain.encode(column({"-1", "0"}));
              }),
              HasSubstr("label '-1' is not one of 0, 1; take another split"));
}

TEST(Labels, ThatAreTextStayApartHoweverTheyLookAsNumbers) {
  // json.loads and pandas (dtype=str) keep three classes.
  const LabelColumn codes = column({"00501", "0501", "501"}, ValueKind::kText);
  const LabelScheme scheme = LabelScheme::from_train(codes, {}, {}, {});
  EXPECT_THAT(scheme.names(), ElementsAre("00501", "0501", "501"));
  EXPECT_THAT(scheme.encode(codes), ElementsAre(0, 1, 2));
  EXPECT_THAT(train({"01", "02", "010"}).names, ElementsAre("01", "010", "02"));
  EXPECT_THAT(train({"007", "7"}).names, ElementsAre("007", "7"));
  EXPECT_THAT(train({"1e5", "100000"}).names, ElementsAre("100000", "1e5"));
  EXPECT_THAT(train({"+1", "1"}).names, ElementsAre("+1", "1"));
  EXPECT_THAT(train({"1", "2", "x"}).names, ElementsAre("1", "2", "x"));
}

TEST(Labels, OfATextColumnThatAreEqualAsNumbersAreNamed) {
  EXPECT_THAT(lines_of(column({"01", "1"})),
              ElementsAre("labels: 01, 1 (text)",
                          "label '01' (train.csv:2) and '1' (train.csv:3) are two classes: the "
                          "labels are text, though equal as numbers"));
}

TEST(Labels, ThatPandasWouldReadAsMissingAreClassesOfATextColumnAndNamed) {
  const Encoded encoded = train({"None", "NA", "x", "nan"});
  EXPECT_THAT(encoded.names, ElementsAre("NA", "None", "nan", "x"));
  EXPECT_THAT(lines_of(column({"None", "x"})),
              ElementsAre("labels: None, x (text)",
                          "label 'None' (train.csv:2) is taken as a class; pandas would read it as "
                          "missing"));
}

TEST(Labels, ThatPandasReadsAsMissingAreNoneAmongNumbers) {
  const Encoded encoded = train({"1.0", "0.0", "nan", "1.0"});
  EXPECT_THAT(encoded.names, ElementsAre("0", "1"));
  EXPECT_THAT(encoded.labels, ElementsAre(1, 0, -1, 1));
  EXPECT_THAT(train({"3", "5", "NA", ""}).labels, ElementsAre(0, 1, -1, -1));
}

TEST(Labels, ThatMixTextAndNumbersAreAnErrorThatNamesBothPlaces) {
  LabelColumn mixed("a.jsonl", true);
  mixed.push_back(mixed.add("1", 1, ValueKind::kText));
  mixed.push_back(mixed.add("1", 2, ValueKind::kNumber));
  EXPECT_EQ(mixed.values().size(), 2u);
  EXPECT_THAT(error_of([&] { LabelScheme::from_train(mixed, {}, {}, {}); }),
              HasSubstr("a.jsonl:1: the label column holds the text '1' and (a.jsonl:2) the number "
                        "1; write all labels as text or all as numbers"));
}

TEST(Labels, AreHeldForOtherSplitsAsTrainHasThem) {
  const LabelScheme integers = LabelScheme::from_train(column({"0", "1"}), {}, {}, {});
  EXPECT_THAT(error_of([&] { integers.encode(column({"01"})); }),
              HasSubstr("train.csv:2: label '01' is not one of 0, 1; write it as '1', if that is "
                        "meant"));
  EXPECT_THAT(integers.encode(column({"1.0", "nan"})), ElementsAre(1, -1));
  EXPECT_THAT(integers.encode(column({"1"}, ValueKind::kText)), ElementsAre(1));
  EXPECT_THAT(error_of([&] { integers.encode(column({"1.0"}, ValueKind::kText)); }),
              HasSubstr("label '1.0' is not one of 0, 1"));
  const LabelScheme texts = LabelScheme::from_train(column({"01", "2x"}), {}, {}, {});
  EXPECT_THAT(error_of([&] { texts.encode(column({"1"})); }), HasSubstr("write it as '01'"));
  EXPECT_THAT(error_of([&] { texts.encode(column({"NA"})); }), HasSubstr("leave the label empty"));
  EXPECT_THAT(error_of([&] { texts.encode(column({"2X"})); }), HasSubstr("write it as '2x'"));
}

TEST(Labels, ThatAreBooleansAreNamedAsJsonWritesThem) {
  const LabelColumn booleans = column({"true", "false"}, ValueKind::kBoolean);
  const LabelScheme scheme = LabelScheme::from_train(booleans, {}, {}, {});
  EXPECT_THAT(scheme.names(), ElementsAre("false", "true"));
  EXPECT_THAT(scheme.lines(), ElementsAre("labels: false, true (booleans)"));
  EXPECT_THAT(scheme.encode(column({"true"})), ElementsAre(1));
  EXPECT_THAT(error_of([&] { scheme.encode(column({"1"})); }), HasSubstr("label '1' is not one"));
}

TEST(Labels, OfAnySizeAreOrderedByValue) {
  EXPECT_THAT(train({"123456789012345678901234567890", "-5", "-40", "99"}).names,
              ElementsAre("-40", "-5", "99", "123456789012345678901234567890"));
}

TEST(Labels, OfOtherSplitsGoByTheNamesOfTheirOwnFile) {
  const LabelScheme scheme = LabelScheme::from_train(column({"0", "1"}), {"neg", "pos"}, {}, {});
  EXPECT_THAT(scheme.encode(column({"0", "1"}), {"pos", "neg"}), ElementsAre(1, 0));
  EXPECT_THAT(error_of([&] {
                scheme.encode(column({"0", "2"}), {"pos", "neg", "odd"});
              }),
              HasSubstr("label '2' is not one of neg, pos: its file calls it 'odd'"));
  EXPECT_THAT(scheme.encode(column({"neg"}, ValueKind::kText)), ElementsAre(0));
  // Where a number is one class's name and another one's id, nothing is guessed.
  const LabelScheme turned = LabelScheme::from_train(column({"0", "1"}), {"1", "0"}, {}, {});
  EXPECT_THAT(turned.encode(column({"0", "1"}), {"1", "0"}), ElementsAre(0, 1));
  EXPECT_THAT(error_of([&] { turned.encode(column({"0"})); }),
              HasSubstr("the name of one class and the number of another"));
}

TEST(Labels, MayNotGetTheFilesOwnNamesInAnotherOrder) {
  EXPECT_THAT(error_of([] {
                train({"0", "1"}, {"neg", "pos"}, {"pos", "neg"});
              }),
              HasSubstr("label_names: the label 0 would be called 'pos', which is the file's own "
                        "name for 1"));
}

TEST(Labels, AreShownWithWhatStandsInTheFile) {
  EXPECT_THAT(lines_of(column({"0", "2"}), {"neg", "neu", "pos"}),
              ElementsAre("labels: 0 → neg, 1 → neu, 2 → pos (the file's own names)"));
  EXPECT_THAT(lines_of(column({"3", "10"})), ElementsAre("labels: 3, 10 (whole numbers)"));
  Names many;
  for (int i = 0; i < 30; ++i) many.push_back("c" + std::to_string(i));
  EXPECT_THAT(lines_of(column(many))[0], HasSubstr(", … (30 in all) (text)"));
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
              HasSubstr("label_cuts: the cuts"));
  EXPECT_THAT(error_of([] { train({"1"}, {}, {}, {1, 1}); }), HasSubstr("ascend"));
  EXPECT_THAT(error_of([] {
                train({"1"}, {}, {"a", "b", "c"}, {1});
              }),
              HasSubstr("label_names: 1 cuts make 2 labels, and 3 names are given"));
  EXPECT_THAT(error_of([] {
                train({"1", "many"}, {}, {}, {1});
              }),
              HasSubstr("train.csv:3: the label 'many' is not a number to cut"));
  EXPECT_THAT(train({"1", "nan", "0"}, {}, {}, {1}).labels, ElementsAre(1, -1, 0));
}

TEST(Labels, WithFractionsButWithoutCutsAreAnErrorThatShowsTheFlag) {
  EXPECT_THAT(error_of([] {
                train({"0.25", "1.5"});
              }),
              HasSubstr("train.csv:2: the label column holds numbers with fractions such as 0.25; "
                        "name another column with label_column, or make classes"));
}

TEST(Labels, WithOneFractionAmongIntegersNameItsOwnRow) {
  const std::string fact = "the label column holds numbers with fractions such as 0.5; ";
  EXPECT_THAT(error_of([] { train({"1", "0", "0.5"}); }), HasSubstr("train.csv:4: " + fact));
  EXPECT_THAT(error_of([] { evaluate({"1", "0.5"}, {"a", "b"}); }), HasSubstr(".csv:3: " + fact));
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

TEST(LabelsForAModel, WithNumbersForNamesGoByTheFilesNames) {
  // datasets: ClassLabel(names=["2", "1", "0"]).int2str(0) is "2".
  EXPECT_THAT(evaluate({"0", "1", "2"}, {"0", "1", "2"}, {"2", "1", "0"}), ElementsAre(2, 1, 0));
  EXPECT_THAT(evaluate({"0", "1", "2"}, {"2", "1", "0"}, {"2", "1", "0"}), ElementsAre(0, 1, 2));
  EXPECT_THAT(evaluate({"0", "-1"}, {"neg", "pos"}, {"neg", "pos"}), ElementsAre(0, -1));
}

TEST(LabelsForAModel, ThatNobodyNamedGoByPositionOrByTheUsersNames) {
  const Names model = {"LABEL_0", "LABEL_1"};
  EXPECT_THAT(evaluate({"1", "0"}, model), ElementsAre(1, 0));
  EXPECT_THAT(evaluate({"1", "0"}, model, {"neg", "pos"}), ElementsAre(1, 0));
  EXPECT_THAT(evaluate({"pos", "neg"}, model, {}, {"neg", "pos"}), ElementsAre(1, 0));
  EXPECT_THAT(evaluate({"1", "0"}, model, {"neg", "pos"}, {"pos", "neg"}), ElementsAre(0, 1));
  EXPECT_THAT(error_of([&] {
                evaluate({"pos", "neg"}, model);
              }),
              HasSubstr("the labels pos, neg are not those of the model, LABEL_0, LABEL_1, which "
                        "nobody has named; name them in the model's order with label_names, e.g. "
                        "label_names = [\"pos\", \"neg\"]"));
  EXPECT_THAT(error_of([&] {
                evaluate({"pos", "neg"}, model, {}, {"a", "b", "c"});
              }),
              HasSubstr("none of the names a, b, c is one of the model's"));
}

TEST(LabelsForAModel, ThatDifferInCaseAreOfferedAndNotGuessed) {
  const Names model = {"NEGATIVE", "POSITIVE"};
  EXPECT_THAT(error_of([&] {
                evaluate({"positive", "negative"}, model);
              }),
              HasSubstr("labels differ from the model's in upper and lower case: 'positive' is its "
                        "'POSITIVE', 'negative' is its 'NEGATIVE'; if they are the same, say so "
                        "with label_names = [\"negative\", \"positive\"]"));
  for (const Names& said : {Names{"negative", "positive"}, Names{"positive", "negative"}}) {
    EXPECT_THAT(evaluate({"positive", "negative"}, model, {}, said), ElementsAre(1, 0));
  }
  EXPECT_THAT(error_of([&] {
                evaluate({"0", "1"}, model, {"positive", "negative"});
              }),
              HasSubstr("label_names = [\"POSITIVE\", \"NEGATIVE\"]"));
  EXPECT_THAT(evaluate({"0", "1"}, model, {"positive", "negative"}, {"POSITIVE", "NEGATIVE"}),
              ElementsAre(1, 0));
  EXPECT_THAT(error_of([] {
                evaluate({"ÉTÉ", "hiver"}, {"été", "hiver"});
              }),
              HasSubstr("'ÉTÉ' is its 'été'"));
}

TEST(LabelsForAModel, OfRatingsGoByTheNumberInTheModelsNames) {
  const Names stars = {"1 star", "2 stars", "3 stars", "4 stars", "5 stars"};
  EXPECT_THAT(evaluate({"1", "2", "3", "4"}, stars), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(evaluate({"1.0", "5.0"}, stars), ElementsAre(0, 4));
  // Yelp's class ids: 0 is "1 star".
  EXPECT_THAT(evaluate({"0", "4"}, stars), ElementsAre(0, 4));
  EXPECT_THAT(LabelScheme::from_model(column({"1", "4"}), {}, {}, {}, stars).lines(),
              ElementsAre("labels: 1 → 1 star, 4 → 4 stars (by the number in each of the model's "
                          "names)"));
  EXPECT_THAT(LabelScheme::from_model(column({"0", "4"}), {}, {}, {}, stars).lines(),
              ElementsAre("labels: 0 → 1 star, 4 → 5 stars (by position from 0)"));
}

TEST(LabelsForAModel, ThatMayCountFromOneAreNotGuessed) {
  const Names model = {"bad", "so-so", "good"};
  const std::string error = error_of([&] { evaluate({"1", "2"}, model); });
  EXPECT_THAT(error, HasSubstr("the labels 1, 2 are no names of the model's labels, bad, so-so, "
                               "good, and do not say which of them is the first"));
  EXPECT_THAT(error, HasSubstr("label_names = [\"bad\", \"so-so\", \"good\"] if they count from 0, "
                               "label_names = [\"none\", \"bad\", \"so-so\", \"good\"] if"));
  EXPECT_THAT(evaluate({"1", "2"}, model, {}, {"bad", "so-so", "good"}), ElementsAre(1, 2));
  EXPECT_THAT(evaluate({"1", "2"}, model, {}, {"none", "bad", "so-so", "good"}), ElementsAre(0, 1));
  EXPECT_THAT(error_of([&] {
                evaluate({"1", "2", "3"}, model);
              }),
              HasSubstr("name them: label_names = [\"none\", \"bad\", \"so-so\", \"good\"] if they "
                        "count from 1"));
  EXPECT_THAT(error_of([&] {
                evaluate({"1", "7"}, model);
              }),
              HasSubstr("the labels 1, 7 do not fit the model's 3: bad, so-so, good"));
}

TEST(LabelsForAModel, ThatAreTextMayBeIds) {
  const LabelColumn ids = column({"0", "1"}, ValueKind::kText);
  EXPECT_THAT(LabelScheme::from_model(ids, {}, {}, {}, {"spam", "ham"}).encode(ids),
              ElementsAre(0, 1));
  EXPECT_THAT(error_of([] {
                const LabelColumn codes = column({"00", "01"}, ValueKind::kText);
                LabelScheme::from_model(codes, {}, {}, {}, {"spam", "ham"});
              }),
              HasSubstr("label '00' is not one of spam, ham"));
}

TEST(LabelsForAModel, ThatAreBooleansGoByName) {
  const LabelColumn booleans = column({"true", "false"}, ValueKind::kBoolean);
  EXPECT_THAT(LabelScheme::from_model(booleans, {}, {}, {}, {"false", "true"}).encode(booleans),
              ElementsAre(1, 0));
  EXPECT_THAT(error_of([&] {
                LabelScheme::from_model(booleans, {}, {}, {}, {"False", "True"});
              }),
              HasSubstr("'true' is its 'True'"));
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

// Rows of several files, of which some say what their values are.
LabelColumn joined(const Names& cells, const Names& others, ValueKind kind) {
  LabelColumn labels = column(cells);
  labels.append(column(others, kind));
  return labels;
}

TEST(Labels, OfSeveralFilesAreOfOneKind) {
  const auto lines = [](const LabelColumn& labels) {
    return LabelScheme::from_train(labels, {}, {}, {}).lines();
  };
  EXPECT_THAT(lines(joined({"2", "10"}, {"2", "10"}, ValueKind::kText)),
              ElementsAre("labels: 10, 2 (text)"));
  EXPECT_THAT(lines(joined({"2", "10"}, {"2"}, ValueKind::kNumber)),
              ElementsAre("labels: 2, 10 (whole numbers)"));
  EXPECT_THAT(
      error_of([&] {
        lines(joined({"0", "1"}, {"true"}, ValueKind::kBoolean));
      }),
      HasSubstr("the label column holds the text 0 and (train.csv:2) the truth value true"));
  EXPECT_THAT(error_of([&] {
                lines(joined({"1", "neg"}, {"1"}, ValueKind::kNumber));
              }),
              HasSubstr("the text neg and (train.csv:2) the number 1"));
}

TEST(LabelsForAModel, ThatCanBeReadInTwoWaysAreRefused) {
  EXPECT_THAT(
      error_of([&] {
        evaluate({"0", "1", "2"}, {"0", "1", "2"}, {}, {"2", "1", "0"});
      }),
      HasSubstr("label '0' is a name of the model's, and label_names = 2,1,0 calls it '2'"));
  EXPECT_THAT(evaluate({"0", "1"}, {"0", "1", "2"}, {}, {"0", "1", "2"}), ElementsAre(0, 1));
  EXPECT_THAT(error_of([&] {
                evaluate({"0", "1", "3"}, {"a", "b", "c"});
              }),
              HasSubstr("the labels 0, 1, 3 do not fit the model's 3: a, b, c"));
  EXPECT_THAT(evaluate({"0", "1", "3"}, {"a", "b", "c"}, {}, {"a", "b", "c"}),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(error_of([&] {
                evaluate({"1", "2"}, {"LABEL_0", "LABEL_1", "LABEL_2"});
              }),
              HasSubstr("do not say which of them is the first"));
}

TEST(LabelsForAModel, OfTruthGoByWhatTheyMean) {
  EXPECT_THAT(evaluate({"0", "1"}, {"True", "False"}), ElementsAre(1, 0));
  EXPECT_THAT(evaluate({"1", "1"}, {"False", "True"}), ElementsAre(1, 1));
}

}  // namespace
}  // namespace thaw
