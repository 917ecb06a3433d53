#include <sys/mman.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "data/columns.h"
#include "data/delimited_scanner.h"
#include "data/table.h"
#include "data/utf8.h"

namespace thaw {
namespace {

using Result = DelimitedScanner::Result;

// Gives pages of a mapped file back once they are read: otherwise a file's bytes would count
// against memory beside the texts that were copied from them. Reading them again is allowed.
class PageRelease {
 public:
  explicit PageRelease(const MappedFile& file) : begin_(file.data()), size_(file.size()) {}
  void read_all() const { ::madvise(const_cast<std::byte*>(begin_), size_, MADV_DONTNEED); }
  void read_up_to(const char* at) {
    constexpr size_t kStep = size_t{64} << 20;
    const size_t offset = static_cast<size_t>(reinterpret_cast<const std::byte*>(at) - begin_);
    if (offset - released_ < kStep) return;
    const size_t stop = offset / kStep * kStep;
    ::madvise(const_cast<std::byte*>(begin_) + released_, stop - released_, MADV_DONTNEED);
    released_ = stop;
  }

 private:
  const std::byte* begin_;
  size_t size_;
  size_t released_ = 0;
};

// Whether all records have one number of fields (`columns`, or where that is 0 the first record's)
// and no quote is out of place. spans_lines: set if a field in quotes holds a line end.
bool is_regular(std::string_view bytes, size_t columns, bool quotes, bool& spans_lines) {
  DelimitedScanner scanner(bytes, '\t', quotes);
  std::vector<DelimitedField> fields;
  Result result;
  while ((result = scanner.next(fields)) == Result::kRecord) {
    if (columns == 0) columns = fields.size();
    if (fields.size() != columns) return false;
    for (const DelimitedField& field : fields) {
      if (quotes && !field.quoted && field.raw.find('"') != std::string_view::npos) return false;
      if (field.quoted && field.raw.find('\n') != std::string_view::npos) spans_lines = true;
    }
  }
  return result == Result::kEnd;
}

// Whether a TSV file was written with CSV's quoting. Such a file never has a quote in an unquoted
// field, closes each quoted one and has equal records; a single stray quote shows that the file's
// quotes are plain characters, as in most TSV files. Two stray quotes may look like a field that
// spans lines: if each line is a whole record by itself, they are that.
bool tsv_uses_quotes(std::string_view bytes, size_t columns) {
  if (bytes.find('"') == std::string_view::npos) return false;
  bool spans_lines = false;
  if (!is_regular(bytes, columns, true, spans_lines)) return false;
  return !spans_lines || !is_regular(bytes, columns, false, spans_lines);
}

// CSV files of some countries are cut at semicolons, and others at tabs: the header tells, or
// without one the number of columns that the first row must have.
char csv_delimiter(std::string_view bytes, size_t columns) {
  if (columns > 0) {
    for (const char delimiter : {',', ';', '\t'}) {
      DelimitedScanner scanner(bytes, delimiter, true);
      std::vector<DelimitedField> fields;
      if (scanner.next(fields) == Result::kRecord && fields.size() == columns) return delimiter;
    }
    return ',';
  }
  const std::string_view header = bytes.substr(0, bytes.find('\n'));
  if (header.find(',') != std::string_view::npos) return ',';
  if (header.find(';') != std::string_view::npos) return ';';
  return header.find('\t') != std::string_view::npos ? '\t' : ',';
}

std::string place(const std::string& source, int64_t line) {
  return source + ":" + std::to_string(line);
}

[[noreturn]] void throw_broken_quote(Result result, const std::string& where) {
  if (result == Result::kOpenQuote) {
    throw Error("the quote that opens here is never closed", where,
                "close it, and double the quotes inside quoted fields");
  }
  throw Error("a closing quote is followed by more text", where,
              "double the quotes inside quoted fields (\"\")");
}

std::vector<std::string> header_names(const std::vector<DelimitedField>& fields,
                                      const std::string& source) {
  std::vector<std::string> names;
  std::string scratch;
  for (const DelimitedField& field : fields) {
    const std::string_view name = trim_ascii(field.value(scratch));
    if (first_invalid_utf8(name) != std::string_view::npos) {
      throw_invalid_utf8("the header", place(source, 1));
    }
    names.emplace_back(name);
  }
  return names;
}

}  // namespace

Table read_delimited(const std::filesystem::path& path, FileFormat format,
                     const TableRequest& request) {
  const MappedFile file = MappedFile::open(path);
  const std::string source = path.string();
  const std::string_view bytes = checked_text(file.text(), source);
  const char delimiter =
      format == FileFormat::kTsv ? '\t' : csv_delimiter(bytes, request.columns.size());
  PageRelease pages(file);
  const bool quotes = format == FileFormat::kCsv || tsv_uses_quotes(bytes, request.columns.size());

  pages.read_all();

  DelimitedScanner scanner(bytes, delimiter, quotes);
  LineCounter lines(bytes);
  std::vector<DelimitedField> fields;
  std::vector<std::string> names = request.columns;
  if (names.empty()) {
    const Result result = scanner.next(fields);
    if (result != Result::kRecord) {
      throw_broken_quote(result, place(source, lines.line_of(scanner.problem_offset())));
    }
    names = header_names(fields, source);
  }
  const ChosenColumns columns = choose_columns(names, request, source);

  Table table;
  table.roles = columns.roles(names, source);
  if (columns.id >= 0) table.id_name = names[columns.id];
  table.labels = LabelColumn(source, true);
  // The texts cannot exceed the file; pages that they do not fill are never touched. Growing by
  // doubling would hold them twice. The number of rows is guessed from the first MiB.
  const std::string_view start = bytes.substr(0, 1 << 20);
  const size_t start_lines = static_cast<size_t>(std::count(start.begin(), start.end(), '\n')) + 1;
  const size_t rows =
      static_cast<size_t>(static_cast<double>(bytes.size()) / start.size() * start_lines * 1.05) +
      16;
  table.texts.reserve(static_cast<int64_t>(rows), bytes.size());
  if (columns.pair >= 0) table.texts.reserve_pairs(static_cast<int64_t>(rows), bytes.size());
  if (columns.label >= 0) table.labels.reserve(static_cast<int64_t>(rows));

  std::string scratch;
  while (true) {
    const Result result = scanner.next(fields);
    if (result == Result::kEnd) break;
    if (result != Result::kRecord) {
      throw_broken_quote(result, place(source, lines.line_of(scanner.problem_offset())));
    }
    const auto here = [&] { return lines.line_of(scanner.record_offset()); };
    if (fields.size() != names.size()) {
      const std::string expected = request.columns.empty() ? "the header has " : "--columns names ";
      throw Error("the row has " + std::to_string(fields.size()) +
                      (fields.size() == 1 ? " field where " : " fields where ") + expected +
                      std::to_string(names.size()),
                  place(source, here()),
                  format == FileFormat::kTsv
                      ? "remove tabs and line breaks from its texts, or save the file as CSV"
                      : "put texts that hold commas or line breaks in quotes");
    }
    const auto checked_value = [&](int column) {
      const std::string_view text = fields[column].value(scratch);
      if (const size_t bad = first_invalid_utf8(text); bad != std::string_view::npos) {
        size_t offset = scanner.record_offset();
        if (text.data() >= bytes.data() && text.data() < bytes.data() + bytes.size()) {
          offset = static_cast<size_t>(text.data() - bytes.data()) + bad;
        }
        throw_invalid_utf8("the text", place(source, lines.line_of(offset)));
      }
      return text;
    };
    table.texts.push_back(checked_value(columns.text));
    if (columns.pair >= 0) table.texts.push_back_pair(checked_value(columns.pair));
    if (columns.id >= 0) table.ids.push_back(checked_value(columns.id));
    const std::string_view label =
        columns.label >= 0 ? trim_ascii(fields[columns.label].value(scratch)) : "";
    if (columns.label >= 0 && label.empty()) {
      table.labels.push_back_none(here());
    } else if (columns.label >= 0) {
      int32_t code = table.labels.find(label);
      if (code < 0) {
        if (first_invalid_utf8(label) != std::string_view::npos) {
          throw_invalid_utf8("the label", place(source, here()));
        }
        code = table.labels.add(label, here());
      }
      table.labels.push_back(code);
    }
    pages.read_up_to(bytes.data() + scanner.offset());
  }
  if (table.texts.size() == 0) {
    throw Error("the file has a header but no rows", source,
                "add rows, or name the columns with --columns if the first row is data");
  }
  return table;
}

}  // namespace thaw
