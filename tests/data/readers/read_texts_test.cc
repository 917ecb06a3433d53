// Texts alone, as thaw predict and thaw tokenize read them.

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
using ::testing::IsEmpty;
using ::testing::Not;

class ReadTexts : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(ReadTexts, ReadsPlainLinesAndTables) {
  const auto first = [&](const char* name, std::string_view bytes, const char* column = "") {
    return std::string(read_texts(folder_.write(name, bytes).string(), column)[0]);
  };
  const TextColumn lines = read_texts(folder_.write("a.txt", "one, two\t3\r\n\nthree").string());
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0], "one, two\t3");
  EXPECT_EQ(lines[1], "");
  EXPECT_EQ(lines[2], "three");
  EXPECT_EQ(first("a.csv", "id,text\n1,\"a, b\"\n"), "a, b");
  EXPECT_EQ(first("b.csv", "anything\nx\n", "anything"), "x");
  EXPECT_EQ(first("c.csv", "Review\nx\n"), "x");
  EXPECT_EQ(first("a.jsonl", "{\"text\": \"x\"}\n"), "x");
  EXPECT_EQ(first("b.txt", "id\tsaid\n1\tx\n", "said"), "x");
}

TEST_F(ReadTexts, SaysWhichTextsAreEmpty) {
  const auto notes_of = [&](const char* name, std::string_view bytes) {
    std::vector<std::string> notes;
    read_texts(folder_.write(name, bytes).string(), "", {}, "", {}, &notes);
    return notes;
  };
  EXPECT_THAT(
      notes_of("a.csv", "id,text\n1,a\n2,\n3,\" \"\n"),
      Contains(AllOf(HasSubstr("2 texts are empty or missing (null), and are taken as empty"),
                     HasSubstr("a.csv:3"))));
  EXPECT_THAT(notes_of("a.jsonl", "{\"text\": \"a\"}\n{\"text\": null}\n{\"text\": \"\"}\n"),
              Contains(AllOf(HasSubstr("2 texts are empty"), HasSubstr("a.jsonl:2"))));
  EXPECT_THAT(notes_of("a.txt", "a\n\nb\n \n"),
              Contains(AllOf(HasSubstr("2 lines are empty"), HasSubstr("a.txt:2"))));
  EXPECT_THAT(notes_of("c.csv", "text\r\na\r\n\r\n\r\nb\r\n\r\n"),
              Contains(AllOf(HasSubstr("c.csv: 2 blank lines are no rows (the first: line 3)"),
                             HasSubstr("write \"\" for a text that is empty"))));
  EXPECT_THAT(notes_of("d.csv", "text\na\n\"\"\n\n"),
              AllOf(Contains(HasSubstr("1 text is empty")), Not(Contains(HasSubstr("blank")))));
  EXPECT_THAT(notes_of("e.csv", "id,text\n\n1,a\n"), Not(Contains(HasSubstr("blank"))));
  EXPECT_THAT(notes_of("b.csv", "text\na\n"), Not(Contains(HasSubstr("empty"))));
  EXPECT_THAT(notes_of("b.txt", "a\n"), IsEmpty());
}

TEST_F(ReadTexts, AsksWhetherAnOnlyColumnHasAName) {
  const auto path = folder_.write("a.csv", "I love it\nI hate it\n").string();
  EXPECT_THAT(
      error_of([&] { read_texts(path); }),
      HasSubstr("a.csv:1: the first line, 'I love it', may be the column's name or the first "
                "text; say which: columns = text if"));
  EXPECT_EQ(read_texts(path, "", {"text"}).size(), 2);
  EXPECT_EQ(read_texts(path, "I love it").size(), 1);
  // Of a model that was trained on such a column.
  ColumnRoles remembered;
  remembered.text = "I love it";
  EXPECT_EQ(read_texts(path, "", {}, "", remembered).size(), 1);
  // JSON names its fields.
  EXPECT_EQ(read_texts(folder_.write("a.jsonl", "{\"said\": \"x\"}\n").string()).size(), 1);
}

TEST_F(ReadTexts, RefusesWhatCannotBeRead) {
  EXPECT_THAT(error_of([&] { read_texts(folder_.write("a.txt", "a\n\xFF\n").string()); }),
              HasSubstr("a.txt:2: the text is not valid UTF-8"));
  EXPECT_THAT(error_of([&] { read_texts(folder_.write("b.txt", "").string()); }),
              HasSubstr("b.txt: the file is empty"));
  EXPECT_THAT(error_of([&] { read_texts((folder_.path() / "none").string()); }),
              HasSubstr("there is no such file"));
  EXPECT_THAT(error_of([&] { read_texts(folder_.path().string()); }), HasSubstr("is a folder"));
}

}  // namespace
}  // namespace thaw
