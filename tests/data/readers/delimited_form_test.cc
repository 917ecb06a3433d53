// Which dialect a CSV file is written in, and quotes that take whole rows with them. Right values
// are those of pandas 3.1.1 (read_csv with sep, skipinitialspace=True) unless said otherwise.

#include "data/readers/delimited_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CsvForm : public ::testing::Test {
 protected:
  Table read(std::string_view bytes, const TableRequest& request = {}, const char* name = "a.csv") {
    return read_table(folder_.write(name, bytes), request);
  }
  std::string error(std::string_view bytes, const TableRequest& request = {},
                    const char* name = "a.csv") {
    const auto path = folder_.write(name, bytes);
    return error_of([&] { read_table(path, request); }).substr(folder_.path().string().size() + 1);
  }
  // "text|label" of each row.
  std::vector<std::string> rows(std::string_view bytes, const TableRequest& request = {},
                                const char* name = "a.csv") {
    const Table table = read(bytes, request, name);
    std::vector<std::string> rows;
    for (int64_t row = 0; row < table.texts.size(); ++row) {
      rows.push_back(std::string(table.texts[row]) + "|" +
                     table.labels.values()[table.labels.code(row)]);
    }
    return rows;
  }

  TemporaryFolder folder_;
};

TEST_F(CsvForm, IsCutWhereTheHeaderAndTheRowsAgree) {
  TableRequest request;
  request.text_column = "text, raw";
  EXPECT_THAT(rows("\"text, raw\";label\ngood, really;pos\nbad;neg\n", request),
              ElementsAre("good, really|pos", "bad|neg"));
  EXPECT_THAT(rows("text, raw;label\ngood;pos\nbad, so bad, worse;neg\n", request),
              ElementsAre("good|pos", "bad, so bad, worse|neg"));
  EXPECT_THAT(rows("text|label\na, b; c|pos\nd|neg\n"), ElementsAre("a, b; c|pos", "d|neg"));
  EXPECT_THAT(rows("text\tlabel\na, b; c\tpos\nd\tneg\n"), ElementsAre("a, b; c|pos", "d|neg"));
  EXPECT_THAT(rows("text,label\na; b,pos\nc; d,neg\n"), ElementsAre("a; b|pos", "c; d|neg"));
  EXPECT_THAT(rows("text;label\n\"a;\nb\";pos\nc, d;neg\n"), ElementsAre("a;\nb|pos", "c, d|neg"));
  // Without an ending, too.
  EXPECT_THAT(rows("text|label\na, b|pos\n", {}, "a.txt"), ElementsAre("a, b|pos"));
  EXPECT_THAT(rows("text;label\na, b;pos\n", {}, "a.txt"), ElementsAre("a, b|pos"));
}

TEST_F(CsvForm, IsCutAtTheNumberOfNamedColumns) {
  TableRequest request;
  request.columns = {"text", "label"};
  EXPECT_THAT(rows("good, really;pos\nbad;neg\n", request),
              ElementsAre("good, really|pos", "bad|neg"));
  EXPECT_THAT(rows("good; really|pos\nbad|neg\n", request),
              ElementsAre("good; really|pos", "bad|neg"));
}

TEST_F(CsvForm, IsToldWhereTwoFitEquallyAndTheCommaIsTaken) {
  TableRequest request;
  request.text_column = "a;text";
  request.label_column = "label";
  const Table table = read("a;text,label\n1;2,pos\n3;4,neg\n", request);
  EXPECT_EQ(table.texts[0], "1;2");
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_THAT(table.notes[0], HasSubstr("a.csv: cut at commas, though semicolons would do as well; "
                                        "begin the file with a line sep=; if they are meant"));
  EXPECT_THAT(read("text,label\na;b,1\nc;d,2\n").notes, IsEmpty());
}

TEST_F(CsvForm, IsWhatExcelsFirstLineSays) {
  EXPECT_THAT(rows("sep=;\ntext,x;label\na,b;pos\nc,d;neg\n",
                   [] {
                     TableRequest request;
                     request.text_column = "text,x";
                     return request;
                   }()),
              ElementsAre("a,b|pos", "c,d|neg"));
  EXPECT_THAT(rows("\xEF\xBB\xBFSEP=|\r\ntext|label\r\na|pos\r\n"), ElementsAre("a|pos"));
  EXPECT_THAT(rows("\"sep=;\"\ntext;label\na;pos\n"), ElementsAre("a|pos"));
  EXPECT_THAT(rows("sep=\t\ntext\tlabel\na\tpos\n"), ElementsAre("a|pos"));
  EXPECT_THAT(rows("sep=;\ntext;label\na;pos\n", {}, "a.txt"), ElementsAre("a|pos"));
  EXPECT_THAT(error("sep=;\ntext;label\na;pos\nb\n"), HasSubstr("a.csv:4: the row has 1 field"));
  TableRequest request;
  request.columns = {"text", "label"};
  EXPECT_THAT(rows("sep=,\na,pos\n", request), ElementsAre("a|pos"));
}

TEST_F(CsvForm, MayEndLinesWithCarriageReturnsAlone) {
  EXPECT_THAT(rows("text,label\ra,pos\r\"b\nc\rd\",neg\r\re,pos"),
              ElementsAre("a|pos", "b\nc\rd|neg", "e|pos"));
  EXPECT_THAT(error("text,label\ra,pos\rb\r"), HasSubstr("a.csv:3: the row has 1 field"));
  EXPECT_THAT(rows("text\tlabel\ra\tpos\r", {}, "a.tsv"), ElementsAre("a|pos"));
  // In a file of other line ends it is a character of the text.
  EXPECT_THAT(rows("text,label\na\rb,pos\n"), ElementsAre("a\rb|pos"));
}

TEST_F(CsvForm, MayHaveSpacesAroundQuotes) {
  EXPECT_THAT(rows("text, label\n\"a, b\", \"pos\"\n\"c\",pos\n\"d\" ,  \"pos\" \r\n"),
              ElementsAre("a, b|pos", "c|pos", "d|pos"));
  EXPECT_EQ(read("text, label\n\"a\", \"pos\"\n\"c\",pos\n").labels.values().size(), 1u);
  // Quotes that do not hold all of the field are its own.
  EXPECT_THAT(rows("text,label\n \"Great\" he said,pos\n \"open, pos\n"),
              ElementsAre(" \"Great\" he said|pos", " \"open|pos"));
}

TEST_F(CsvForm, PointsAtAQuoteThatTakesRowsWithIt) {
  std::string bytes = "text,label\nfine,pos\nbad,neg\n\"it opens here,neg\n";
  for (int i = 0; i < 40; ++i)
    bytes += "row " + std::to_string(i) + (i % 2 == 0 ? ",pos\n" : ",neg\n");
  EXPECT_THAT(error(bytes + "and closes here\",pos\nlast,neg\n"),
              HasSubstr("a.csv:4: the quote that opens here closes only in line 45, and the lines "
                        "between look like rows; close it in its own line, or double it"));
  EXPECT_THAT(
      error(bytes + "he said \"no\",pos\n"),
      HasSubstr("a.csv:4: the quote that opens here closes only in line 45, where more text "
                "follows it"));
  EXPECT_THAT(
      error(bytes + "it closes\",pos,neg\n"),
      HasSubstr("a.csv:4: the row has 3 fields where the header has 2 (a quote that opens in "
                "line 4 closes in line 45)"));
  EXPECT_THAT(error(bytes), HasSubstr("a.csv:4: the quote that opens here is never closed"));
}

TEST_F(CsvForm, PointsAtSuchAQuoteInAnyColumn) {
  EXPECT_THAT(error("id,text,label\n1,\"a,pos\n2,b,neg\n3,c,pos\n4,d\",neg\n5,e,pos\n"),
              HasSubstr("a.csv:2: the quote that opens here closes only in line 5"));
  EXPECT_THAT(error("note,text,label\n\"x,a,pos\ny,b,neg\nz,c,pos\nw\",d,neg\nv,e,pos\n"),
              HasSubstr("a.csv:2: the quote that opens here closes only in line 5"));
}

TEST_F(CsvForm, LeavesTextsOfSeveralLinesAlone) {
  const Table table = read(
      "text,label\n"
      "\"Roses are red,\nviolets are blue,\nsugar is sweet,\nand so are you.\",pos\n"
      "\"Dear all,\n\nthe bill, as asked:\npaper, 3\npens, 4\nink, 5\n\nYours, A.\",neg\n"
      "\"one\ntwo\nthree\nfour\nfive\nsix\",pos\n");
  EXPECT_EQ(table.texts.size(), 3);
  EXPECT_THAT(table.notes, IsEmpty());
}

TEST_F(CsvForm, DoubtsATextOfTwoLinesWhoseFirstLooksLikeARow) {
  const Table table = read("text,label\nx,pos\n\"broken,pos\nso I said it\",neg\n");
  EXPECT_EQ(table.texts.size(), 2);
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_THAT(table.notes[0], HasSubstr("a.csv:3: the text in quotes goes on to line 4, though "
                                        "lines in it look like rows"));
}

}  // namespace
}  // namespace thaw
