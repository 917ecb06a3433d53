// CSV and TSV: what stands in a file is what comes out, and what is broken is told with its line.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "data/readers/table.h"
#include "files/files.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> texts_of(const Table& table) {
  std::vector<std::string> texts;
  for (int64_t i = 0; i < table.texts.size(); ++i) texts.emplace_back(table.texts[i]);
  return texts;
}

std::vector<std::string> labels_of(const Table& table) {
  std::vector<std::string> labels;
  for (const int32_t code : table.labels.codes()) labels.push_back(table.labels.values()[code]);
  return labels;
}

class Delimited : public ::testing::Test {
 protected:
  Table read(const std::string& name, std::string_view bytes, const TableRequest& request = {}) {
    return read_table(folder_.write(name, bytes), request);
  }
  std::string error(const std::string& name, std::string_view bytes,
                    const TableRequest& request = {}) {
    const auto path = folder_.write(name, bytes);
    std::string what = error_of([&] { read_table(path, request); });
    const std::string prefix = folder_.path().string() + "/";
    for (size_t at; (at = what.find(prefix)) != std::string::npos;) what.erase(at, prefix.size());
    return what;
  }

  TemporaryFolder folder_;
};

using Csv = Delimited;
using Tsv = Delimited;

TEST_F(Csv, ReadsQuotesDelimitersLineBreaksAndDoubledQuotesInsideFields) {
  const Table table = read("a.csv",
                           "text,label\n"
                           "\"one, two\",a\n"
                           "\"line\nbreak\",b\n"
                           "\"he said \"\"hi\"\"\",a\n"
                           "\"\"\"\",b\n"
                           "\"\",a\n"
                           ",b\n");
  EXPECT_THAT(texts_of(table),
              ElementsAre("one, two", "line\nbreak", "he said \"hi\"", "\"", "", ""));
  EXPECT_THAT(labels_of(table), ElementsAre("a", "b", "a", "b", "a", "b"));
}

TEST_F(Csv, ReadsCrlfByteOrderMarkAndAMissingLastLineEnd) {
  const Table table = read("a.csv", "\xEF\xBB\xBFlabel,text\r\n1,first\r\n0,\"second\"\r\n1,third");
  EXPECT_THAT(texts_of(table), ElementsAre("first", "second", "third"));
  EXPECT_THAT(labels_of(table), ElementsAre("1", "0", "1"));
}

TEST_F(Csv, KeepsACarriageReturnInsideATextAndInsideQuotes) {
  const Table table = read("a.csv", "text,label\nx\ry,1\n\"p\r\nq\",0\n");
  EXPECT_THAT(texts_of(table), ElementsAre("x\ry", "p\r\nq"));
}

TEST_F(Csv, TakesQuotesInsideAnUnquotedFieldAsTheyAre) {
  EXPECT_THAT(texts_of(read("a.csv", "text,label\n9\" screen,1\nsay \"x\",0\n")),
              ElementsAre("9\" screen", "say \"x\""));
}

TEST_F(Csv, SkipsBlankLinesAndTrimsLabelsButNotTexts) {
  const Table table = read("a.csv", "text,label\n\n x , 1\n\r\ny ,1 \n\n");
  EXPECT_THAT(texts_of(table), ElementsAre(" x ", "y "));
  EXPECT_THAT(labels_of(table), ElementsAre("1", "1"));
}

TEST_F(Csv, FindsSemicolonsAndTabsInTheHeader) {
  EXPECT_THAT(texts_of(read("a.csv", "text;label\none, two;1\n")), ElementsAre("one, two"));
  EXPECT_THAT(texts_of(read("b.csv", "text\tlabel\none, two\t1\n")), ElementsAre("one, two"));
}

TEST_F(Csv, TakesColumnNamesForAFileWithoutAHeader) {
  TableRequest request;
  request.columns = {"id", "label", "text"};
  const Table table = read("a.csv", "1,spam,\"buy, now\"\n2,ham,hello\n", request);
  EXPECT_THAT(texts_of(table), ElementsAre("buy, now", "hello"));
  EXPECT_THAT(labels_of(table), ElementsAre("spam", "ham"));
  EXPECT_THAT(texts_of(read("b.csv", "1;spam;buy, now\n", request)), ElementsAre("buy, now"));
}

TEST_F(Csv, NamesTheLineOfARaggedRowAlsoBehindQuotedLineBreaks) {
  EXPECT_THAT(error("a.csv", "text,label\n\"two\nlines\",1\nx,1,2\n"),
              HasSubstr("a.csv:4: the row has 3 fields where the header has 2; put texts"));
  EXPECT_THAT(error("a.csv", "text,label\nonly\n"), HasSubstr("a.csv:2: the row has 1 field "));
  TableRequest request;
  request.columns = {"text", "label", "x"};
  EXPECT_THAT(error("a.csv", "a,1\n", request), HasSubstr("columns names 3"));
}

TEST_F(Csv, NamesTheLineOfABrokenQuote) {
  EXPECT_THAT(error("a.csv", "text,label\nx,1\n\"open,1\ny,0\n"),
              HasSubstr("a.csv:3: the quote that opens here is never closed"));
  EXPECT_THAT(error("a.csv", "text,label\nx,1\n\"closed\" late,1\n"),
              HasSubstr("a.csv:3: a closing quote is followed by more text"));
  EXPECT_THAT(error("a.csv", "\"text,label\nx,1\n"), HasSubstr("a.csv:1: the quote"));
}

TEST_F(Csv, NamesTheLineOfInvalidUtf8) {
  EXPECT_THAT(error("a.csv", "text,label\nx,1\n\"two\nli\xE9nes\",1\n"),
              HasSubstr("a.csv:4: the text is not valid UTF-8; convert the file"));
  EXPECT_THAT(error("a.csv", "text,label\nx,1\nx,\xFF\n"),
              HasSubstr("a.csv:3: the label is not valid UTF-8"));
  EXPECT_THAT(error("a.csv", "text,l\xFF\nx,1\n"), HasSubstr("a.csv:1: the header"));
  // What is not asked for does not matter.
  EXPECT_EQ(read("a.csv", "text,label,city\nx,1,M\xFCnchen\n").texts.size(), 1);
}

TEST_F(Csv, TakesAnEmptyCellAsNoLabel) {
  const Table table = read("a.csv", "text,label\nx,1\ny,\nz,\"\"\nv, \t\nw,nan\n");
  EXPECT_THAT(table.labels.codes(), ElementsAre(0, -1, -1, -1, 1));
  EXPECT_THAT(table.labels.places_of_none()[0], HasSubstr("a.csv:3"));
}

TEST_F(Csv, RefusesFilesThatAreEmptyOrNoText) {
  EXPECT_THAT(error("a.csv", ""), HasSubstr("a.csv: the file is empty"));
  EXPECT_THAT(error("a.csv", "\xEF\xBB\xBF"), HasSubstr("the file is empty"));
  EXPECT_THAT(error("a.csv", "\n \r\n\n"), HasSubstr("the file is empty"));
  EXPECT_THAT(error("a.csv", "text,label\n"), HasSubstr("a header but no rows"));
  EXPECT_THAT(error("a.csv", std::string("\xFF\xFEt\0e\0", 6)), HasSubstr("UTF-16"));
  EXPECT_THAT(error("a.csv", "\x1F\x8B\x08 gzip"), HasSubstr("compressed"));
  EXPECT_THAT(error("a.csv", "PK\x03\x04 zip"), HasSubstr("the file is a zip archive; unpack it"));
  EXPECT_THAT(error_of([&] { read_table(folder_.path() / "none.csv", {}); }),
              HasSubstr("there is no such file"));
}

TEST_F(Tsv, TakesStrayQuotesAsTheyAre) {
  const Table table = read("a.tsv",
                           "text\tlabel\n"
                           "\"I like it\tpos\n"
                           "he said \"no\"\tneg\n"
                           "so do I\"\tpos\n"
                           "''quoted''\tneg\n"
                           "\"all of it\"\tpos\n");
  EXPECT_THAT(texts_of(table), ElementsAre("\"I like it", "he said \"no\"", "so do I\"",
                                           "''quoted''", "\"all of it\""));
}

TEST_F(Tsv, ReadsQuotesAsCsvDoesWhereTheWholeFileIsWrittenThatWay) {
  const Table table = read("a.tsv",
                           "text\tlabel\n"
                           "\"a tab\there\"\tpos\n"
                           "\"a line\nbreak\"\tneg\n"
                           "\"he said \"\"no\"\"\"\tneg\n"
                           "plain\tpos\n");
  EXPECT_THAT(texts_of(table),
              ElementsAre("a tab\there", "a line\nbreak", "he said \"no\"", "plain"));
}

TEST_F(Tsv, DoesNotSwallowLinesBetweenTwoStrayQuotes) {
  TableRequest request;
  request.columns = {"id", "label", "text"};
  const Table table = read(
      "a.txt", "1\t0.5\t\"first half.\r\n2\t-1\tthe middle\r\n3\t0.5\tsecond half.\"\r\n", request);
  EXPECT_THAT(texts_of(table), ElementsAre("\"first half.", "the middle", "second half.\""));
}

TEST_F(Tsv, NamesTheLineOfARaggedRow) {
  EXPECT_THAT(error("a.tsv", "text\tlabel\nx\t1\na\tb\tc\n"),
              HasSubstr("a.tsv:3: the row has 3 fields where the header has 2; remove tabs"));
}

// The four sets of vaderSentiment that scripts/fetch-rated-sentences.sh fetches: no header, CRLF,
// quotes of all kinds. Digests were taken from a plain split at line ends and tabs.
TEST(RatedSentences, AreReadWholeAndToTheByte) {
  const std::filesystem::path folder = cache_folder() / "data" / "rated-sentences";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "scripts/fetch-rated-sentences.sh has not been run";
  }
  const struct {
    const char* name;
    int64_t rows;
    const char* digest;
  } sets[] = {{"tweets.tsv", 4200, "299208b0575d2f51"},
              {"products.tsv", 3708, "2a118d3b5263b808"},
              {"films.tsv", 10605, "26ba1a9a43f8117d"},
              {"news.tsv", 5190, "59c860f5edf39da3"}};
  TableRequest request;
  request.columns = {"id", "rating", "text"};
  for (const auto& set : sets) {
    const Table table = read_table(folder / set.name, request);
    EXPECT_EQ(table.texts.size(), set.rows) << set.name;
    Sha256 digest;
    for (int64_t i = 0; i < table.texts.size(); ++i) {
      digest.update(table.texts[i]);
      digest.update("\n");
    }
    EXPECT_EQ(digest.hex().substr(0, 16), set.digest) << set.name;
  }
}

}  // namespace
}  // namespace thaw
