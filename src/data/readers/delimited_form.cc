#include "data/readers/delimited_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "data/readers/delimited_scanner.h"

namespace thaw {
namespace {

using Result = DelimitedScanner::Result;

constexpr size_t kSampledRows = 200, kSampledBytes = size_t{1} << 20;

// "sep=;" in the first line, as Excel reads and writes it; offset behind it.
struct NamedDelimiter {
  char delimiter;
  size_t end;
};

std::optional<NamedDelimiter> named_delimiter(std::string_view bytes) {
  size_t at = bytes.starts_with('"') ? 1 : 0;
  const bool quoted = at == 1;
  for (const char c : {'s', 'e', 'p'}) {
    if (at >= bytes.size() || std::tolower(static_cast<unsigned char>(bytes[at++])) != c) return {};
  }
  if (at + 1 >= bytes.size() || bytes[at++] != '=') return {};
  const char delimiter = bytes[at++];
  if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') return {};
  if (quoted && (at >= bytes.size() || bytes[at++] != '"')) return {};
  const size_t line = at;
  if (at < bytes.size() && bytes[at] == '\r') ++at;
  if (at < bytes.size() && bytes[at] == '\n') ++at;
  if (at == line) return {};
  return NamedDelimiter{delimiter, at};
}

// What ends the first line that does not lie in quotes.
char first_line_end(std::string_view bytes) {
  bool in_quotes = false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == '\n') return '\n';
    if (c == '\r') return i + 1 < bytes.size() && bytes[i + 1] == '\n' ? '\n' : '\r';
  }
  return '\n';
}

// Whether all records have one number of fields (`columns`, or where that is 0 the first record's)
// and no quote is out of place. spans_lines: set if a field in quotes holds a line end.
bool is_regular(std::string_view bytes, const DelimitedForm& form, size_t columns, bool quotes,
                bool& spans_lines) {
  DelimitedScanner scanner(bytes, form.delimiter, quotes, form.line_end, form.start);
  std::vector<DelimitedField> fields;
  Result result;
  while ((result = scanner.next(fields)) == Result::kRecord) {
    if (columns == 0) columns = fields.size();
    if (fields.size() != columns) return false;
    for (const DelimitedField& field : fields) {
      if (quotes && !field.quoted && field.raw.find('"') != std::string_view::npos) return false;
      if (field.quoted && field.raw.find(form.line_end) != std::string_view::npos) {
        spans_lines = true;
      }
    }
  }
  return result == Result::kEnd;
}

// Whether a TSV file was written with CSV's quoting. Such a file never has a quote in an unquoted
// field, closes each quoted one and has equal records; a single stray quote shows that the file's
// quotes are plain characters, as in most TSV files. Two stray quotes may look like a field that
// spans lines: if each line is a whole record by itself, they are that.
bool tsv_uses_quotes(std::string_view bytes, const DelimitedForm& form, size_t columns) {
  if (bytes.find('"') == std::string_view::npos) return false;
  bool spans_lines = false;
  if (!is_regular(bytes, form, columns, true, spans_lines)) return false;
  return !spans_lines || !is_regular(bytes, form, columns, false, spans_lines);
}

// The share of the first rows that have as many fields as they must; below 0 where the delimiter
// does not occur as it must in the header.
double agreement(std::string_view bytes, char delimiter, const DelimitedForm& form,
                 size_t columns) {
  const bool is_cut = bytes.size() > kSampledBytes;
  DelimitedScanner scanner(bytes.substr(0, kSampledBytes), delimiter, true, form.line_end,
                           form.start);
  std::vector<DelimitedField> fields;
  if (columns == 0) {
    if (scanner.next(fields) != Result::kRecord || fields.size() < 2) return -1;
    columns = fields.size();
  }
  size_t rows = 0, agreeing = 0;
  while (rows < kSampledRows) {
    const Result result = scanner.next(fields);
    // The last record may be one of which the sample holds a part.
    if (result == Result::kEnd) break;
    if (is_cut && (result == Result::kOpenQuote || scanner.offset() >= kSampledBytes)) break;
    ++rows;
    if (result != Result::kRecord) break;  // a broken quote: whatever follows is guesswork
    agreeing += fields.size() == columns ? 1 : 0;
  }
  return rows == 0 ? 1 : static_cast<double>(agreeing) / static_cast<double>(rows);
}

std::string shown(char delimiter) {
  switch (delimiter) {
    case ',':
      return "commas";
    case ';':
      return "semicolons";
    case '\t':
      return "tabs";
    default:
      return "bars (|)";
  }
}

void choose_delimiter(std::string_view bytes, size_t columns, const std::string& source,
                      DelimitedForm& form) {
  double best = 0;
  std::string fitting;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const double share = agreement(bytes, delimiter, form, columns);
    if (share > best) {
      best = share;
      fitting = delimiter;
    } else if (share == best && share > 0) {
      fitting += delimiter;
    }
  }
  form.delimiter = fitting.empty() ? ',' : fitting[0];
  // One column has no delimiter on which anything could depend.
  if (fitting.size() < 2 || columns == 1) return;
  form.note = fmt::format(
      "{}: cut at {}, though {} would do as well; begin the file with a line sep={} if they are "
      "meant",
      source, shown(fitting[0]), shown(fitting[1]),
      fitting[1] == '\t' ? "<tab>" : std::string(1, fitting[1]));
}

}  // namespace

DelimitedForm delimited_form(std::string_view bytes, FileFormat format, size_t columns,
                             const std::string& source) {
  DelimitedForm form;
  form.line_end = first_line_end(bytes);
  if (format == FileFormat::kTsv) {
    form.delimiter = '\t';
    form.quotes = tsv_uses_quotes(bytes, form, columns);
    return form;
  }
  if (const auto named = named_delimiter(bytes)) {
    form.start = named->end;
    form.delimiter = named->delimiter;
    form.line_end = first_line_end(bytes.substr(form.start));
    return form;
  }
  choose_delimiter(bytes, columns, source, form);
  return form;
}

}  // namespace thaw
