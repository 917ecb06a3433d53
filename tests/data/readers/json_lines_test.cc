#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/readers/table.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Table read(std::string_view bytes, const char* name = "a.jsonl", const TableRequest& request = {}) {
  const TemporaryFolder folder;
  return read_table(folder.write(name, bytes), request);
}

std::string error(std::string_view bytes, const char* name = "a.jsonl") {
  return error_of([&] { read(bytes, name); });
}

TEST(JsonLines, ReadsEscapesNumbersBooleansAndBlankLines) {
  const Table table = read(
      "{\"text\": \"caf\\u00e9 \\ud83d\\ude00\\n\", \"label\": 1}\r\n\n"
      "{\"label\": \"x\", \"text\": \"\", \"more\": [1, {\"a\": 2}]}\n"
      "{\"label\": true, \"text\": null}\n"
      "{\"label\": -0.5, \"text\": 7}");
  EXPECT_EQ(table.texts.size(), 4);
  EXPECT_EQ(table.texts[0], "café 😀\n");
  EXPECT_EQ(table.texts[2], "");
  EXPECT_EQ(table.texts[3], "7");
  EXPECT_THAT(table.labels.values(), ElementsAre("1", "x", "true", "-0.5"));
  EXPECT_THAT(table.labels.place(1), HasSubstr("a.jsonl:3"));
}

TEST(JsonLines, KeepsWhatALabelIs) {
  const Table table = read(
      "{\"text\": \"a\", \"label\": \"1\"}\n{\"text\": \"b\", \"label\": 1}\n"
      "{\"text\": \"c\", \"label\": 1.0}\n{\"text\": \"d\", \"label\": null}\n"
      "{\"text\": \"e\", \"label\": \"true\"}\n{\"text\": \"f\", \"label\": true}\n"
      "{\"text\": \"g\", \"label\": \"1 \"}\n");
  EXPECT_THAT(table.labels.codes(), ElementsAre(0, 1, 1, -1, 2, 3, 4));
  EXPECT_THAT(table.labels.values(), ElementsAre("1", "1", "true", "true", "1 "));
  EXPECT_THAT(table.labels.kinds(),
              ElementsAre(ValueKind::kText, ValueKind::kNumber, ValueKind::kText,
                          ValueKind::kBoolean, ValueKind::kText));
  EXPECT_THAT(table.labels.places_of_none(), ElementsAre(HasSubstr("a.jsonl:4")));
}

TEST(JsonLines, RefuseARowThatHasAKeyTwice) {
  // Parsers keep the last of the two and say nothing.
  EXPECT_THAT(error("{\"text\": \"a\", \"label\": 1}\n"
                    "{\"text\": \"b\", \"label\": 0, \"label\": 1}\n"),
              HasSubstr("a.jsonl:2: has the key 'label' twice"));
  EXPECT_THAT(error("{\"text\": \"a\", \"label\": NaN, \"te\\u0078t\": \"b\"}\n"),
              HasSubstr("has the key 'text' twice"));
  EXPECT_THAT(error("[{\"text\": \"b\", \"text\": \"c\", \"label\": 0}]", "a.json"),
              HasSubstr("has the key 'text' twice"));
  EXPECT_THAT(error("{\"data\": [{\"text\": \"b\", \"label\": 0}], \"data\": []}", "a.json"),
              HasSubstr("has the key 'data' twice"));
  // Deeper down, in texts and in brackets, keys and colons are no columns.
  EXPECT_EQ(
      read("{\"text\": \"a: {\\\"text\\\": 1}\", \"label\": 1, \"more\": {\"a\": 1, \"a\": 2}, "
           "\"list\": [{\"label\": 1}, {\"label\": 2}]}\n")
          .texts.size(),
      1);
}

TEST(JsonLines, CountsMissingTexts) {
  const Table table = read(
      "{\"text\": \"a\", \"label\": 1}\n{\"text\": null, \"label\": 1}\n"
      "{\"text\": null, \"label\": 0}\n");
  EXPECT_EQ(table.missing_texts, 2);
  EXPECT_THAT(table.first_missing_text, HasSubstr("a.jsonl:2"));
}

TEST(JsonLines, LetNoObjectDecideAloneWhichFieldIsWhat) {
  // What only the first object has is of no interest, and what it lacks is told as that.
  EXPECT_THAT(read("{\"text\": \"x\", \"note\": [1], \"label\": \"a\"}\n"
                   "{\"text\": \"y\", \"label\": \"b\"}\n")
                  .labels.values(),
              ElementsAre("a", "b"));
  const std::string rest = "{\"text\": \"y\", \"note\": 1, \"label\": \"b\"}\n";
  for (const char* first : {"{\"text\": \"x\"}\n", "{\"text\": \"x\", \"note\": 1}\n", "{}\n",
                            "{\"id\": 1, \"text\": \"x\"}\n"}) {
    EXPECT_THAT(error(first + rest), HasSubstr("a.jsonl:1: the row has no field '")) << first;
  }
  EXPECT_THAT(error("{\"review\": \"x\", \"label\": 1}\n"
                    "{\"review\": \"y\", \"tweet\": \"z\", \"label\": 0}\n"),
              HasSubstr("both 'review' and 'tweet' could be the text column"));
  EXPECT_THAT(error("{\"text\": \"x\"}\n{\"text\": \"y\"}\n"),
              HasSubstr("is called like a label column"));
}

TEST(JsonLines, TakeTheColumnsThatTrainHas) {
  TableRequest request;
  request.roles = {.text = "said",
                   .pair = {},
                   .label = "mood",
                   .source = "train.jsonl",
                   .columns = {"said", "mood"}};
  const Table none = read("{\"said\": \"x\", \"label\": 7}\n", "a.jsonl", request);
  EXPECT_EQ(none.labels.size(), 0);
  EXPECT_FALSE(none.roles.label);
  EXPECT_THAT(error_of([&] { read("{\"text\": \"x\", \"mood\": 7}\n", "a.jsonl", request); }),
              HasSubstr("there is no text column 'said' among 'mood', 'text', and train.jsonl has "
                        "'said', 'mood'; give all splits the same columns"));
}

TEST(JsonLines, ReadsAnArrayOfObjects) {
  const Table table =
      read(" [{\"text\": \"x\", \"label\": 0},\n{\"text\": \"y\", \"label\": 1}]", "a.json");
  EXPECT_EQ(table.texts[1], "y");
  EXPECT_THAT(table.labels.place(1), HasSubstr("a.json, row 1"));
}

TEST(JsonLines, NamesTheLineOfWhatIsBroken) {
  const std::string good = "{\"text\": \"x\", \"label\": 0}\n";
  EXPECT_THAT(error(good + "{\"text\": \"x\", \"lab"), HasSubstr("a.jsonl:2: is not valid JSON"));
  EXPECT_THAT(error(good + "[1, 2]\n"), HasSubstr("a.jsonl:2: is not a JSON object"));
  EXPECT_THAT(error(good + "{\"text\": \"x\"}\n"),
              HasSubstr("a.jsonl:2: the row has no field 'label'"));
  EXPECT_THAT(error(good + "{\"text\": [\"x\"], \"label\": 0}"),
              HasSubstr("a.jsonl:2: the field 'text' is neither a string nor a number"));
  EXPECT_THAT(error(good + "{\"text\": \"x\", \"label\": \" \"}"),
              HasSubstr("a.jsonl:2: the label is empty"));
  EXPECT_THAT(error(good + "{\"text\": \"\xFF\", \"label\": 0}"),
              HasSubstr("a.jsonl:2: the line is not valid UTF-8"));
  EXPECT_THAT(error(good + "{\"text\": \"\\ud800\", \"label\": 0}"), HasSubstr("a.jsonl:2"));
  EXPECT_THAT(error("[]", "a.json"), HasSubstr("has no rows"));
  EXPECT_THAT(error("[{\"text\": ", "a.json"), HasSubstr("is not valid JSON"));
}

TEST(JsonLines, ANumberThatNoDoubleHoldsIsAnError) {
  EXPECT_THAT(error("{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": 1e999}\n"),
              HasSubstr("a.jsonl:2: holds a number that is too large"));
  EXPECT_THAT(error("[{\"text\": \"a\", \"label\": -1e999}]", "a.json"), HasSubstr("too large"));
}

TEST(JsonLines, AFieldMayHaveNoName) {
  const Table table = read("{\"text\": \"x\", \"\": \"a\"}\n{\"\": \"b\", \"text\": \"y\"}");
  EXPECT_EQ(table.labels.size(), 2);
  EXPECT_THAT(table.labels.values(), ElementsAre("a", "b"));
}

TEST(JsonLines, SurvivesDeepNesting) {
  EXPECT_THAT(error(std::string(200000, '[')), HasSubstr("nests JSON deeper than 64 levels"));
  EXPECT_THAT(error("{\"text\": " + std::string(200000, '[')),
              HasSubstr("nests JSON deeper than 64 levels"));
}

TEST(JsonLines, RefusesColumnNames) {
  TableRequest request;
  request.columns = {"text", "label"};
  EXPECT_THAT(error_of([&] { read("{\"text\": \"x\", \"label\": 0}", "a.jsonl", request); }),
              HasSubstr("leave columns out"));
}

TEST(JsonLines, RefuseNumbersThatAreTooLongToBeExact) {
  EXPECT_THAT(
      error("{\"text\": \"a\", \"label\": 18446744073709551617}\n"),
      HasSubstr("a.jsonl:1: the field 'label' holds a number that is too large to be exact"));
  const Table table = read("{\"text\": \"a\", \"label\": 18446744073709551615}\n");
  EXPECT_THAT(table.labels.values(), ElementsAre("18446744073709551615"));
}

}  // namespace
}  // namespace thaw
