// JSONL, and a JSON array of the same. What was read is written as lines and as an array, and both
// are read again as the same table.
#include <nlohmann/json.hpp>

#include "data/readers/table.h"
#include "fuzz/target.h"

namespace {

using nlohmann::json;
using thaw::Table;
using thaw::TableRequest;

bool equal(const Table& a, const Table& b) {
  if (a.texts.size() != b.texts.size() || a.texts.pairs() != b.texts.pairs()) return false;
  for (int64_t row = 0; row < a.texts.size(); ++row) {
    if (a.texts[row] != b.texts[row]) return false;
    if (a.texts.has_pairs() && a.texts.pair(row) != b.texts.pair(row)) return false;
  }
  return a.labels.codes() == b.labels.codes() && a.labels.values() == b.labels.values() &&
         a.labels.kinds() == b.labels.kinds();
}

// The label of a row as JSON, of the kind that it is.
json label_of(const Table& table, int64_t row) {
  const int32_t code = table.labels.code(row);
  if (code < 0) return nullptr;
  const std::string& value = table.labels.values()[static_cast<size_t>(code)];
  const bool is_text = table.labels.kinds()[static_cast<size_t>(code)] == thaw::ValueKind::kText;
  return is_text ? json(value) : json::parse(value);
}

}  // namespace

THAW_FUZZ_TARGET(json_lines) {
  using thaw::fuzz::require;
  thaw::fuzz::Input bytes(input);
  const unsigned options = bytes.take_byte();
  TableRequest request;
  request.with_labels = (options & 1) == 0;
  if ((options & 2) != 0) request.pair_column = "pair";
  if ((options & 4) != 0) request.text_column = "x";
  Table table;
  const auto path = thaw::fuzz::memory_file(0, bytes.rest());
  if (!thaw::fuzz::accepts([&] { table = thaw::read_json_lines(path, request); })) return;
  require(table.texts.size() > 0, "a table has rows");

  json rows = json::array();
  std::string lines;
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    json object = {{"text", table.texts[row]}};
    if (request.with_labels) object["label"] = label_of(table, row);
    if (!request.pair_column.empty()) object["pair"] = table.texts.pair(row);
    lines += object.dump() + "\n";
    rows.push_back(std::move(object));
  }
  request.text_column.clear();
  for (const std::string& text : {lines, rows.dump()}) {
    Table again;
    require(thaw::fuzz::accepts(
                [&] { again = thaw::read_json_lines(thaw::fuzz::memory_file(1, text), request); }),
            "what is written as JSON can be read");
    require(equal(table, again), "rows make a round trip");
  }
}
