#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "data/json_rows.h"
#include "data/table.h"
#include "data/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;

json parsed(std::string_view bytes, const std::string& place) {
  try {
    return json::parse(bytes.begin(), bytes.end());
  } catch (const json::parse_error& error) {
    throw Error("is not valid JSON (byte " + std::to_string(error.byte) + " of it)", place,
                "write each row as one JSON object on a line of its own");
  } catch (const json::out_of_range&) {  // such as 1e999
    throw Error("holds a number that is too large", place, "correct the number");
  }
}

Table read_array(std::string_view bytes, const TableRequest& request, const std::string& source) {
  const json rows = parsed(bytes, source);
  JsonRows reader(request, source, false);
  int64_t number = 0;
  for (const json& row : rows) {
    reader.take(row, number, source + ", row " + std::to_string(number));
    ++number;
  }
  return reader.finish();
}

}  // namespace

Table read_json_lines(const TableFile& file, const TableRequest& request) {
  const std::string& source = file.source();
  std::string_view bytes = checked_text(file);
  if (!request.columns.empty()) {
    throw Error("--columns names the columns of CSV and TSV files, and this file names its own",
                source, "leave --columns out");
  }
  if (trim_ascii(bytes.substr(0, 256)).starts_with("[")) {
    if (first_invalid_utf8(bytes) != std::string_view::npos) throw_invalid_utf8("the file", source);
    return read_array(bytes, request, source);
  }
  JsonRows reader(request, source, true);
  for (int64_t number = 1; !bytes.empty(); ++number) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = trim_ascii(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.empty()) continue;
    const std::string place = source + ":" + std::to_string(number);
    if (first_invalid_utf8(line) != std::string_view::npos) throw_invalid_utf8("the line", place);
    reader.take(parsed(line, place), number, place);
  }
  return reader.finish();
}

}  // namespace thaw
