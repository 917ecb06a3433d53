// Ways in which one JSON document holds a table. Right values are those of json.loads (Python 3.11)
// and, for its own forms, of pandas 3.1.1 (read_json with the same orient).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/readers/table.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Table read(std::string_view bytes, const TableRequest& request = {}) {
  const TemporaryFolder folder;
  return read_table(folder.write("a.json", bytes), request);
}

std::vector<std::string> rows_of(const Table& table) {
  std::vector<std::string> rows;
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    const int32_t code = table.labels.code(row);
    rows.push_back(std::string(table.texts[row]) + "|" +
                   (code < 0 ? "-" : table.labels.values()[static_cast<size_t>(code)]));
  }
  return rows;
}

std::vector<std::string> rows(std::string_view bytes, const TableRequest& request = {}) {
  return rows_of(read(bytes, request));
}

std::string error(std::string_view bytes) {
  return error_of([&] { read(bytes); });
}

TEST(JsonLayouts, TakeNumbersThatOnlyPythonWrites) {
  EXPECT_THAT(rows("{\"text\": \"NaN, Infinity\", \"label\": 1, \"score\": NaN}\n"
                   "{\"text\": \"b\", \"label\": NaN, \"score\": -Infinity}\n"
                   "{\"text\": \"c\", \"label\": 0, \"score\": [Infinity, NaN]}\n"),
              ElementsAre("NaN, Infinity|1", "b|-", "c|0"));
  EXPECT_THAT(error("{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": -Infinity}\n"),
              HasSubstr("a.json:2: the field 'label' is -Infinity"));
  EXPECT_THAT(rows("[{\"text\": \"a\", \"label\": 1, \"x\": NaN}]"), ElementsAre("a|1"));
}

TEST(JsonLayouts, TakeObjectsHoweverTheyAreLaidOut) {
  const auto two = ElementsAre("a }{|1", "b|0");
  EXPECT_THAT(rows("{\n  \"text\": \"a }{\",\n  \"label\": 1\n}\n{\n  \"text\": \"b\",\n  "
                   "\"label\": 0\n}\n"),
              two);
  EXPECT_THAT(rows("{\"text\": \"a }{\", \"label\": 1}{\"text\": \"b\", \"label\": 0}"), two);
  EXPECT_THAT(rows("{\"text\": \"a }{\", \"label\": 1} {\"text\": \"b\",\n\"label\": 0}\n"), two);
  EXPECT_THAT(rows("[\n  {\n    \"text\": \"a }{\",\n    \"label\": 1\n  },\n  {\"text\": \"b\", "
                   "\"label\": 0}\n]"),
              two);
  EXPECT_THAT(rows("{\n  \"text\": \"a\",\n  \"label\": 1\n}\n"), ElementsAre("a|1"));
  EXPECT_THAT(rows("{\"text\": \"a\", \"label\": 1}"), ElementsAre("a|1"));
}

TEST(JsonLayouts, NameTheLineWhereARowBegins) {
  const std::string good = "{\n  \"text\": \"a\",\n  \"label\": 1\n}\n";
  EXPECT_THAT(error(good + "{\"text\": \"b\"}\n"),
              HasSubstr("a.json:5: the row has no field 'label'"));
  EXPECT_THAT(error(good + good + "{\n  \"text\": \"b\",\n  \"label\": oops\n}\n"),
              HasSubstr("a.json:9: is not valid JSON"));
  EXPECT_THAT(error(good + "{\"text\": \"b\", \"label\": 1}{\"text\": \"c\"}"),
              HasSubstr("a.json:5: the row has no field 'label'"));
  EXPECT_THAT(error(good + "{\n  \"text\": \"b\",\n"), HasSubstr("a.json:5: is not valid JSON"));
  EXPECT_THAT(error(good + ",\n" + good), HasSubstr("a.json:5: is not valid JSON"));
}

TEST(JsonLayouts, TakeTheOneListOfRows) {
  const Table table = read(
      "{\"version\": \"1\", \"data\": [{\"text\": \"a\", \"label\": 1}, {\"text\": \"b\", "
      "\"label\": 0}]}");
  EXPECT_THAT(rows_of(table), ElementsAre("a|1", "b|0"));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_THAT(table.notes[0], HasSubstr("a.json: read as the list 'data'"));
  EXPECT_THAT(rows("{\"rows\": [{\"text\": \"a\", \"label\": 1}], \"labels\": [\"x\", \"y\"]}"),
              ElementsAre("a|1"));
  // pandas' orient="table"
  EXPECT_THAT(rows("{\"schema\": {\"fields\": [{\"name\": \"text\"}]}, \"data\": [{\"index\": 0, "
                   "\"text\": \"a\", \"label\": 1}]}"),
              ElementsAre("a|1"));
  // A row may hold a list of objects itself.
  EXPECT_THAT(rows("{\"text\": \"a\", \"label\": 1, \"spans\": [{\"from\": 1}]}"),
              ElementsAre("a|1"));
  EXPECT_THAT(
      error("{\"train\": [{\"text\": \"a\", \"label\": 1}], \"test\": [{\"text\": \"b\", "
            "\"label\": 0}]}"),
      HasSubstr("a.json: holds several lists of rows: 'train', 'test'; save each as a file"));
}

TEST(JsonLayouts, TakeColumns) {
  const Table lists =
      read("{\"text\": [\"a\", \"b\"], \"label\": [1, 0], \"label_names\": [\"x\", \"y\", \"z\"]}");
  EXPECT_THAT(rows_of(lists), ElementsAre("a|1", "b|0"));
  ASSERT_EQ(lists.notes.size(), 1u);
  EXPECT_THAT(lists.notes[0], HasSubstr("a.json: read as columns: 'text', 'label'"));
  EXPECT_THAT(rows("{\"text\": {\"0\": \"a\", \"1\": \"b\"}, \"label\": {\"0\": 1, \"1\": NaN}}"),
              ElementsAre("a|1", "b|-"));
  EXPECT_THAT(error("{\"text\": [\"a\", \"b\"], \"label\": [1]}"),
              HasSubstr("a.json: its column 'label' is not as long as 'text', which has 2 values"));
  EXPECT_THAT(error("{\"text\": {\"0\": \"a\", \"1\": \"b\"}, \"label\": {\"1\": 1, \"0\": 2}}"),
              HasSubstr("a.json, row 0: its columns name their rows differently"));
}

TEST(JsonLayouts, TakePandasSplitAndIndex) {
  EXPECT_THAT(rows("{\"columns\": [\"text\", \"label\"], \"index\": [0, 1], \"data\": [[\"a\", 1], "
                   "[\"b\", 0]]}"),
              ElementsAre("a|1", "b|0"));
  EXPECT_THAT(error("{\"columns\": [\"text\", \"label\"], \"data\": [[\"a\", 1], [\"b\"]]}"),
              HasSubstr("a.json, row 1: has 1 values where 'columns' names 2"));
  EXPECT_THAT(
      rows("{\"0\": {\"text\": \"a\", \"label\": 1}, \"1\": {\"text\": \"b\", \"label\": 0}}"),
      ElementsAre("a|1", "b|0"));
}

TEST(JsonLayouts, NameHalfASurrogatePair) {
  const std::string good = "{\"text\": \"a \\ud83d\\ude00\", \"label\": 1}\n";
  EXPECT_THAT(error(good + "{\"text\": \"b \\ud83d\", \"label\": 1}\n"),
              HasSubstr("a.json:2: holds half of a surrogate pair (such as \\ud83d alone)"));
  EXPECT_THAT(error("[" + good + ", {\"text\": \"b \\ude00\", \"label\": 1}]"),
              HasSubstr("a.json, row 1: holds half of a surrogate pair"));
}

TEST(JsonLayouts, BoundHowDeepValuesNest) {
  const auto nested = [](int depth) {
    return "{\"text\": \"a\", \"label\": 1, \"more\": " + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_THAT(rows(nested(63) + "\n" + nested(63)), ElementsAre("a|1", "a|1"));
  EXPECT_THAT(error(nested(64)), HasSubstr("nests JSON deeper than 64 levels"));
  EXPECT_THAT(error(nested(10) + "\n" + nested(100000)),
              HasSubstr("a.json:2: nests JSON deeper than 64 levels"));
  EXPECT_THAT(error(std::string(200000, '[')), HasSubstr("nests JSON deeper than 64 levels"));
  // Brackets in texts are none.
  EXPECT_THAT(rows("{\"text\": \"" + std::string(100, '[') + "\", \"label\": 1}").size(), 1u);
}

}  // namespace
}  // namespace thaw
