#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/table.h"
#include "tests/model_io/temporary_folder.h"

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
  EXPECT_THAT(error(good + "{\"text\": \"x\", \"label\": null}"),
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
  EXPECT_THAT(error(std::string(200000, '[')), HasSubstr("not valid JSON"));
  EXPECT_THAT(error("{\"text\": " + std::string(200000, '[')), HasSubstr("not valid JSON"));
}

TEST(JsonLines, RefusesColumnNames) {
  TableRequest request;
  request.columns = {"text", "label"};
  EXPECT_THAT(error_of([&] { read("{\"text\": \"x\", \"label\": 0}", "a.jsonl", request); }),
              HasSubstr("leave --columns out"));
}

}  // namespace
}  // namespace thaw
