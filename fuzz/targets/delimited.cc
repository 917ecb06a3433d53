// CSV and TSV. What was read is written as CSV with every field in quotes, by this file's own
// writer, and read again as the same table: a writer and two ways through the reader agree.
#include "data/readers/table.h"
#include "fuzz/target.h"
#include "text/utf8.h"

namespace {

using thaw::FileFormat;
using thaw::Table;
using thaw::TableRequest;

std::string in_csv(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

void check_table(const Table& table, const TableRequest& request) {
  using thaw::fuzz::require;
  require(table.texts.size() > 0, "a table has rows");
  require(!request.with_labels || table.labels.size() == table.texts.size(),
          "each row has a label");
  require(request.pair_column.empty() || table.texts.pairs() == table.texts.size(),
          "each row has a second text");
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    require(thaw::first_invalid_utf8(table.texts[row]) == std::string_view::npos,
            "texts are UTF-8");
    if (!request.with_labels) continue;
    const int32_t code = table.labels.code(row);
    require(code >= -1 && code < static_cast<int32_t>(table.labels.values().size()),
            "labels have a value or are none");
    if (code < 0) continue;
    require(!table.labels.values()[static_cast<size_t>(code)].empty(), "labels are not empty");
  }
}

}  // namespace

THAW_FUZZ_TARGET(delimited) {
  using thaw::fuzz::require;
  thaw::fuzz::Input bytes(input);
  const unsigned options = bytes.take_byte();
  TableRequest request;
  request.with_labels = (options & 1) == 0;
  if ((options & 2) != 0) request.columns = {"text", "label"};
  if ((options & 4) != 0) request.pair_column = "pair";
  if ((options & 8) != 0) request.text_column = "x";
  const FileFormat format = (options & 16) != 0 ? FileFormat::kTsv : FileFormat::kCsv;

  Table table;
  const auto path = thaw::fuzz::memory_file(0, bytes.rest());
  if (!thaw::fuzz::accepts([&] { table = thaw::read_delimited(path, format, request); })) return;
  check_table(table, request);

  std::string csv = request.with_labels ? "text,label" : "text";
  if (!request.pair_column.empty()) csv += ",pair";
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    csv += "\r\n" + in_csv(table.texts[row]);
    if (request.with_labels) {
      const int32_t code = table.labels.code(row);
      csv += ',' + (code < 0 ? "" : in_csv(table.labels.values()[static_cast<size_t>(code)]));
    }
    if (!request.pair_column.empty()) csv += ',' + in_csv(table.texts.pair(row));
  }
  TableRequest plain;
  plain.with_labels = request.with_labels;
  plain.pair_column = request.pair_column;
  Table again;
  bool doubted = false;
  require(thaw::fuzz::accepts([&] {
            try {
              again =
                  thaw::read_delimited(thaw::fuzz::memory_file(1, csv), FileFormat::kCsv, plain);
            } catch (const thaw::Error& error) {
              // A text of several lines that might be rows is refused, and rightly so.
              doubted = error.fact().find("look like rows") != std::string::npos;
              if (!doubted) throw;
            }
          }),
          "what is written as CSV can be read");
  if (doubted) return;
  require(again.texts.size() == table.texts.size(), "rows make a round trip");
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    require(again.texts[row] == table.texts[row], "texts make a round trip");
    if (!request.pair_column.empty()) {
      require(again.texts.pair(row) == table.texts.pair(row), "second texts make a round trip");
    }
  }
  require(again.labels.codes() == table.labels.codes() &&
              again.labels.values() == table.labels.values(),
          "labels make a round trip");
}
