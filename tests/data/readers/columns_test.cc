#include "data/readers/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using Names = std::vector<std::string>;

std::pair<int, int> chosen(const Names& names, const TableRequest& request = {}) {
  const ChosenColumns columns = choose_columns(names, request, "a.csv");
  return {columns.text, columns.label};
}

TEST(Columns, AreGuessedByTheNamesThatPeopleUse) {
  using Pair = std::pair<int, int>;
  EXPECT_EQ(chosen({"text", "label"}), Pair(0, 1));
  EXPECT_EQ(chosen({"id", "Label", "TEXT"}), Pair(2, 1));
  EXPECT_EQ(chosen({"Sentiment", "Tweet"}), Pair(1, 0));
  EXPECT_EQ(chosen({"review", "rating", "date"}), Pair(0, 1));
  EXPECT_EQ(chosen({"sentence", "y", "idx"}), Pair(0, 1));
  EXPECT_EQ(chosen({"category", "message"}), Pair(1, 0));
}

TEST(Columns, CalledTextAndLabelComeBeforeAllOthers) {
  EXPECT_EQ(chosen({"title", "content", "text", "rating", "label"}), std::make_pair(2, 4));
}

TEST(Columns, OfWhichTwoAreThereAndOneIsKnownGiveTheOther) {
  EXPECT_EQ(chosen({"label", "what was said"}), std::make_pair(1, 0));
  EXPECT_EQ(chosen({"text", "is it spam"}), std::make_pair(0, 1));
}

TEST(Columns, ThatNumberRowsAreNoLabels) {
  for (const char* id : {"id", "Id", "idx", "tweet_id", "ReviewId", "PhraseId"}) {
    EXPECT_THAT(error_of([&] {
                  chosen({id, "text"});
                }),
                HasSubstr("is called like a label column"))
        << id;
  }
  EXPECT_EQ(chosen({"class_id", "text"}), std::make_pair(1, 0));
  EXPECT_THAT(error_of([] { chosen({"id", "label"}); }), HasSubstr("is called like a text column"));
  TableRequest request;
  request.with_ids = true;
  request.roles = {.text = "text", .pair = {}, .label = "label", .source = "", .columns = {}};
  const auto id_of = [&](const Names& names) { return choose_columns(names, request, "a.csv").id; };
  EXPECT_EQ(id_of({"text", "tweet_id", "id"}), 2);
  EXPECT_EQ(id_of({"tweet_id", "text", "length"}), 0);
  EXPECT_EQ(id_of({"text", "author"}), -1);
  EXPECT_EQ(id_of({"ticket_id", "text"}), 0);
  EXPECT_EQ(id_of({"ticket_id", "text", "row_id"}), 2);
  EXPECT_EQ(id_of({"text", "class_id", "Topic_ID"}), -1);  // what rows have in common
  EXPECT_EQ(choose_columns({"id", "text"}, request, "a.csv").label, -1);
}

TEST(Columns, AreTakenByNameWhateverTheirCase) {
  TableRequest request;
  request.text_column = "Body";
  request.label_column = "kind";
  EXPECT_EQ(chosen({"text", "label", "body", "Kind"}, request), std::make_pair(2, 3));
}

TEST(Columns, ThatCannotBeToldApartAreAnErrorThatListsThem) {
  EXPECT_THAT(error_of([] {
                chosen({"review", "tweet", "label"});
              }),
              HasSubstr("a.csv: both 'review' and 'tweet' could be the text column among 'review', "
                        "'tweet', 'label'; choose with text_column"));
  EXPECT_THAT(error_of([] {
                chosen({"text", "stars", "sentiment"});
              }),
              HasSubstr("both 'stars' and 'sentiment' could be the label column"));
  EXPECT_THAT(error_of([] {
                chosen({"text", "a", "b"});
              }),
              HasSubstr("none of the columns 'text', 'a', 'b' is called like a label column; name "
                        "it with label_column, or, if the file has no header"));
}

TEST(Columns, ThatAreMissingOrDoubleAreAnError) {
  TableRequest request;
  request.label_column = "spam";
  EXPECT_THAT(error_of([&] {
                chosen({"text", "label"}, request);
              }),
              HasSubstr("there is no column 'spam' among 'text', 'label'; name one of these with "
                        "label_column"));
  EXPECT_THAT(error_of([&] {
                chosen({"text", "spam", "spam"}, request);
              }),
              HasSubstr("a.csv: columns 2 and 3 are both named 'spam'; rename one of them in the "
                        "file"));
  EXPECT_THAT(error_of([&] {
                chosen({"text", "id", "label", "text"});
              }),
              HasSubstr("columns 1 and 4 are both named 'text'"));
  // What was taken because nothing else is left.
  EXPECT_THAT(error_of([&] {
                chosen({"label", "said", "label"});
              }),
              HasSubstr("columns 1 and 3 are both named 'label'"));
  EXPECT_THAT(
      duplicate_name_lines({"id", "text", "label", "id", "", "", "x", "x", "x"}, "a.csv"),
      ::testing::ElementsAre("a.csv: columns 1 and 4 are both named 'id'; neither texts nor "
                             "labels are taken from them",
                             "a.csv: columns 7, 8 and 9 are all named 'x'; neither texts nor "
                             "labels are taken from them"));
  request.text_column = "spam";
  EXPECT_THAT(error_of([&] {
                chosen({"text", "spam"}, request);
              }),
              HasSubstr("cannot be the text and the label at once"));
}

TEST(Columns, WithoutLabelsNeedOnlyAText) {
  TableRequest request;
  request.with_labels = false;
  EXPECT_EQ(chosen({"whatever"}, request), std::make_pair(0, -1));
  EXPECT_EQ(chosen({"label", "said"}, request), std::make_pair(1, -1));
  EXPECT_EQ(chosen({"a", "b", "text"}, request), std::make_pair(2, -1));
}

TEST(Columns, OfAHugeHeaderAreListedInPart) {
  Names names;
  for (int i = 0; i < 5000; ++i) names.push_back("column " + std::to_string(i));
  const std::string error = error_of([&] { chosen(names); });
  EXPECT_THAT(error, HasSubstr("… (5000 in all)"));
  EXPECT_LT(error.size(), 1500u);
}

TEST(Columns, OfASecondTextAreNamedAndNeverGuessed) {
  TableRequest request;
  request.pair_column = "hypothesis";
  request.text_column = "premise";
  const auto pair_of = [&](const Names& names) {
    return choose_columns(names, request, "a.csv").pair;
  };
  EXPECT_EQ(pair_of({"premise", "hypothesis", "label"}), 1);
  EXPECT_EQ(chosen({"premise", "hypothesis", "label"}, request), std::make_pair(0, 2));
  EXPECT_EQ(choose_columns({"text", "label", "hypothesis"}, {}, "a.csv").pair, -1);
  EXPECT_THAT(error_of([&] { pair_of({"premise", "label"}); }), HasSubstr("with text_pair"));
  request.pair_column = "premise";
  EXPECT_THAT(error_of([&] {
                pair_of({"premise", "hypothesis", "label"});
              }),
              HasSubstr("cannot be the second text and something else at once"));
}

// What a model was trained with, where the file has it; what is named comes first.
TEST(Columns, OfATrainingAreTakenWhereTheFileHasThem) {
  TableRequest request;
  request.remembered = ColumnRoles{"premise", "hypothesis", "verdict", "the model", {}};
  const auto columns = [&](const Names& names) {
    const ChosenColumns c = choose_columns(names, request, "a.csv");
    return std::vector<int>{c.text, c.pair, c.label};
  };
  EXPECT_EQ(columns({"nr", "premise", "hypothesis", "verdict"}), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(columns({"text", "label", "premise", "verdict"}), (std::vector<int>{2, -1, 3}));
  EXPECT_EQ(columns({"text", "label"}), (std::vector<int>{0, -1, 1})) << "guessed as ever";
  request.text_column = "hypothesis";
  EXPECT_EQ(columns({"nr", "premise", "hypothesis", "verdict"}), (std::vector<int>{2, -1, 3}))
      << "no text is its own second text";
  request.label_column = "nr";
  request.pair_column = "premise";
  EXPECT_EQ(columns({"nr", "premise", "hypothesis", "verdict"}), (std::vector<int>{2, 1, 0}));
}

TEST(Columns, OfTextsAreNotGuessedToBeTheSecondText) {
  TableRequest request;
  request.pair_column = "text";
  EXPECT_EQ(chosen({"text", "question", "label"}, request), std::make_pair(1, 2));
}

}  // namespace
}  // namespace thaw
