// Random tables, written by a small writer in every dialect and read back; random bytes, which may
// be refused but never crash or lose their line.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "data/readers/delimited_scanner.h"
#include "data/readers/table.h"
#include "tests/base/temporary_folder.h"
#include "text/utf8.h"

namespace thaw {
namespace {

struct Dialect {
  char delimiter;
  const char* line_end;
  bool quotes_all, byte_order_mark, last_line_end;
};

std::string field(const std::string& value, const Dialect& dialect) {
  const bool needs =
      dialect.quotes_all || value.empty() || value.starts_with(' ') ||
      value.find_first_of(std::string("\"\r\n") + dialect.delimiter) != std::string::npos;
  if (!needs) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

class RandomTable {
 public:
  explicit RandomTable(uint32_t seed) : engine_(seed) {
    columns_ = 2 + engine_() % 4;
    text_ = engine_() % columns_;
    label_ = (text_ + 1 + engine_() % (columns_ - 1)) % columns_;
    const size_t rows = 1 + engine_() % 40;
    for (size_t row = 0; row < rows; ++row) {
      texts.push_back(text(60));
      labels.push_back(std::string("label ") + static_cast<char>('a' + engine_() % 4));
    }
  }

  std::string write(const Dialect& dialect) {
    std::string bytes = dialect.byte_order_mark ? "\xEF\xBB\xBF" : "";
    for (size_t column = 0; column < columns_; ++column) {
      if (column > 0) bytes += dialect.delimiter;
      bytes += column == text_    ? "text"
               : column == label_ ? "label"
                                  : "other" + std::to_string(column);
    }
    for (size_t row = 0; row < texts.size(); ++row) {
      bytes += dialect.line_end;
      for (size_t column = 0; column < columns_; ++column) {
        if (column > 0) bytes += dialect.delimiter;
        const std::string value = column == text_    ? texts[row]
                                  : column == label_ ? labels[row]
                                                     : text(12);
        bytes += field(value, dialect);
      }
    }
    return bytes + (dialect.last_line_end ? dialect.line_end : "");
  }

  std::vector<std::string> texts, labels;

 private:
  std::string text(size_t longest) {
    static const char* const kPieces[] = {
        "a",    "word ", ",",  "\"", "\"\"",   "\n",
        "\r\n", "\t",    ";",  " ",  "\u00e9", "日",
        "😀",    "'",     "\r", "0",  "x,",     "long piece of text without anything "};
    std::string value;
    const size_t pieces = engine_() % (longest / 4);
    for (size_t i = 0; i < pieces; ++i) value += kPieces[engine_() % std::size(kPieces)];
    return value;
  }

  std::mt19937 engine_;
  size_t columns_, text_, label_;
};

TEST(DelimitedProperty, WhatIsWrittenIsReadInEveryDialect) {
  const TemporaryFolder folder;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    RandomTable table(seed);
    const Dialect dialect = {seed % 3 == 0 ? '\t' : ',', seed % 2 == 0 ? "\n" : "\r\n",
                             seed % 5 == 0, seed % 7 == 0, seed % 4 != 0};
    const auto path =
        folder.write(dialect.delimiter == ',' ? "a.csv" : "a.tsv", table.write(dialect));
    const Table read = read_table(path, {});
    ASSERT_EQ(read.texts.size(), static_cast<int64_t>(table.texts.size())) << "seed " << seed;
    for (size_t row = 0; row < table.texts.size(); ++row) {
      ASSERT_EQ(read.texts[static_cast<int64_t>(row)], table.texts[row])
          << "seed " << seed << ", row " << row;
      ASSERT_EQ(read.labels.values()[read.labels.codes()[row]], table.labels[row]);
    }
  }
}

TEST(DelimitedProperty, RandomBytesAreReadOrRefusedAndNeverCrash) {
  const TemporaryFolder folder;
  std::mt19937 engine(5);
  static const char kBytes[] = "a,\"\n\r\t;\xC3\xA9\xFF{}[]:0 ";
  int read = 0, refused = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string bytes = round % 2 == 0 ? "text,label\n" : "";
    const size_t size = engine() % 120;
    for (size_t i = 0; i < size; ++i) bytes += kBytes[engine() % (sizeof(kBytes) - 1)];
    const char* const names[] = {"a.csv", "a.tsv", "a.jsonl", "a.txt"};
    const auto path = folder.write(names[round % 4], bytes);
    try {
      const Table table = read_table(path, {});
      ++read;
      EXPECT_EQ(table.texts.size(), table.labels.size());
      for (int64_t row = 0; row < table.texts.size(); ++row) {
        EXPECT_EQ(first_invalid_utf8(table.texts[row]), std::string_view::npos);
      }
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(error.where().starts_with(path.string())) << error.what();
    }
  }
  EXPECT_GT(read, 0);
  EXPECT_GT(refused, 500);
}

// The scanner alone, against a reader that goes byte by byte.
std::vector<std::vector<std::string>> plain_records(const std::string& bytes, char delimiter) {
  std::vector<std::vector<std::string>> records;
  size_t at = 0;
  while (at < bytes.size()) {
    size_t end = bytes.find('\n', at);
    if (end == std::string::npos) end = bytes.size();
    std::string line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    records.emplace_back();
    std::string value;
    for (const char c : line + delimiter) {
      if (c == delimiter) {
        records.back().push_back(value);
        value.clear();
      } else {
        value += c;
      }
    }
  }
  return records;
}

TEST(DelimitedProperty, ScanningBlockByBlockEqualsScanningByteByByte) {
  std::mt19937 engine(9);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    const size_t size = engine() % 200;
    for (size_t i = 0; i < size; ++i) bytes += "abcdefgh,\n\"\r"[engine() % 12];
    // Runs of carriage returns at the end of the bytes are read as what a line ends with.
    std::replace(bytes.begin(), bytes.end(), '\r', round % 2 == 0 ? 'r' : 'q');
    DelimitedScanner scanner(bytes, ',', false);
    std::vector<DelimitedField> fields;
    std::vector<std::vector<std::string>> records;
    while (scanner.next(fields) == DelimitedScanner::Result::kRecord) {
      records.emplace_back();
      for (const auto& field : fields) records.back().emplace_back(field.raw);
    }
    ASSERT_EQ(records, plain_records(bytes, ',')) << bytes;
  }
}

}  // namespace
}  // namespace thaw
