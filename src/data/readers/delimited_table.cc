// Tests: tests/data/readers/delimited_test.cc
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/readers/columns.h"
#include "data/readers/delimited_form.h"
#include "data/readers/delimited_scanner.h"
#include "data/readers/swallowed_lines.h"
#include "data/readers/table.h"
#include "text/utf8.h"

namespace thaw {
namespace {

using Result = DelimitedScanner::Result;

// Gives pages of a mapped file back once they are read: otherwise a file's bytes would count
// against memory beside the texts that were copied from them. Between read_all() and read_up_to()
// they are read again; behind the latter nobody looks back.
class PageRelease {
 public:
  // bytes: of the file, without its byte order mark.
  PageRelease(const MappedFile& file, std::string_view bytes) : file_(file), bytes_(bytes.data()) {}
  void read_all() const { file_.release(0, file_.size()); }
  void read_up_to(const char* at, LineCounter& lines) {
    constexpr size_t kStep = size_t{64} << 20;
    const size_t offset = static_cast<size_t>(at - file_.text().data());
    if (offset - released_ < kStep) return;
    const size_t stop = offset / kStep * kStep;
    // Lines are counted from where they were asked for last, and there is no second look.
    if (file_.is_in_memory())
      lines.line_of(stop - static_cast<size_t>(bytes_ - file_.text().data()));
    file_.discard(released_, stop);
    released_ = stop;
  }

 private:
  const MappedFile& file_;
  const char* bytes_;
  size_t released_ = 0;
};

std::string place(const std::string& source, int64_t line) {
  return fmt::format("{}:{}", source, line);
}

[[noreturn]] void throw_broken_quote(Result result, const DelimitedScanner& scanner,
                                     LineCounter& lines, const std::string& source) {
  const int64_t opens = lines.line_of(scanner.quote_offset());
  if (result == Result::kOpenQuote) {
    throw Error("the quote that opens here is never closed", place(source, opens),
                "close it, and double the quotes inside quoted fields");
  }
  const int64_t closes = lines.line_of(scanner.problem_offset());
  if (closes > opens) {
    throw Error(
        fmt::format("the quote that opens here closes only in line {}, where more text follows it",
                    closes),
        place(source, opens),
        "close it in its own line, and double the quotes inside quoted fields (\"\")");
  }
  throw Error("a closing quote is followed by more text", place(source, closes),
              "double the quotes inside quoted fields (\"\")");
}

// The line up to which a field in quotes goes on in this record, where that is not its first.
std::string goes_on(const std::vector<DelimitedField>& record, const DelimitedForm& form,
                    std::string_view bytes, LineCounter& lines) {
  for (const DelimitedField& field : record) {
    if (!field.quoted || field.raw.find(form.line_end) == std::string_view::npos) continue;
    const auto offset = static_cast<size_t>(field.raw.data() - bytes.data());
    const std::string opens = std::to_string(lines.line_of(offset));
    return fmt::format(" (a quote that opens in line {} closes in line {})", opens,
                       lines.line_of(offset + field.raw.size()));
  }
  return "";
}

std::vector<std::string> header_names(const std::vector<DelimitedField>& fields,
                                      const std::string& where) {
  std::vector<std::string> names;
  std::string scratch;
  for (const DelimitedField& field : fields) {
    const std::string_view name = trim_ascii(field.value(scratch));
    if (first_invalid_utf8(name) != std::string_view::npos) {
      throw_invalid_utf8("the header", where);
    }
    names.emplace_back(name);
  }
  return names;
}

// A TSV file whose header has no tab, but commas: somebody called a CSV file so.
void check_tabs(const std::vector<std::string>& names, FileFormat format,
                const TableRequest& request, const std::string& source) {
  if (format != FileFormat::kTsv || names.size() != 1 || !request.columns.empty()) return;
  if (names[0].find_first_of(",;|") == std::string::npos || names[0] == request.text_column) return;
  throw Error("has no tab in its first line, " + quoted_excerpt(names[0]), source,
              "rename it to end in .csv if it is cut at commas or the like");
}

// The only column of a file of texts is taken whatever its name; but its first line may be a text
// as well, and would then be lost.
void check_only_name(const std::vector<std::string>& names, const TableRequest& request,
                     const std::string& where) {
  if (names.size() != 1 || request.with_labels || request.roles) return;
  if (!request.columns.empty() || !request.text_column.empty()) return;
  if (is_called_like_a_text(names[0])) return;
  if (request.remembered && request.remembered->text == names[0]) return;
  throw Error(fmt::format("the first line, {}, may be the column's name or the first text",
                          quoted_excerpt(names[0])),
              where,
              fmt::format("say which: {} if the file has no header, {} with the name if it has one",
                          setting("columns", "text"), setting("text_column")));
}

}  // namespace

Table read_delimited(const TableFile& file, FileFormat format, const TableRequest& request) {
  const std::string& source = file.source();
  const std::string_view bytes = checked_text(file);
  const DelimitedForm form = delimited_form(bytes, format, request.columns.size(), source);
  PageRelease pages(file.file(), bytes);
  pages.read_all();

  DelimitedScanner scanner(bytes, form.delimiter, form.quotes, form.line_end, form.start);
  LineCounter lines(bytes, form.line_end);
  std::vector<DelimitedField> fields;
  std::vector<std::string> names = request.columns;
  if (names.empty()) {
    const Result result = scanner.next(fields);
    if (result != Result::kRecord) throw_broken_quote(result, scanner, lines, source);
    names = header_names(fields, place(source, lines.line_of(scanner.record_offset())));
  }
  check_tabs(names, format, request, source);
  check_only_name(names, request, place(source, 1));
  const ChosenColumns columns = choose_columns(names, request, source);
  const std::vector<int> further = find_further_columns(names, request, source);

  Table table;
  for (size_t i = 0; i < further.size(); ++i) {
    table.further.emplace_back(request.further_columns[i]);
    if (further[i] >= 0) table.further[i].set_present(names[further[i]]);
  }
  if (!form.note.empty()) table.notes.push_back(form.note);
  SwallowedLines swallowed(form, names.size(), columns.label);
  for (std::string& line : duplicate_name_lines(names, source)) {
    table.notes.push_back(std::move(line));
  }
  table.roles = columns.roles(names, source);
  if (columns.id >= 0) table.id_name = names[columns.id];
  table.labels = LabelColumn(source, true);
  // The texts cannot exceed the file; pages that they do not fill are never touched. Growing by
  // doubling would hold them twice. The number of rows is guessed from the first MiB.
  const std::string_view start = bytes.substr(0, 1 << 20);
  const size_t start_lines =
      static_cast<size_t>(std::count(start.begin(), start.end(), form.line_end)) + 1;
  const size_t rows =
      static_cast<size_t>(static_cast<double>(bytes.size()) / start.size() * start_lines * 1.05) +
      16;
  table.texts.reserve(static_cast<int64_t>(rows), bytes.size());
  if (columns.pair >= 0) table.texts.reserve_pairs(static_cast<int64_t>(rows), bytes.size());
  if (columns.label >= 0) table.labels.reserve(static_cast<int64_t>(rows));

  std::string scratch, first_blank;
  const int64_t blank_before = scanner.blank_lines();
  while (true) {
    const Result result = scanner.next(fields);
    if (result == Result::kEnd) break;
    if (result != Result::kRecord) throw_broken_quote(result, scanner, lines, source);
    // Of one column a blank line may be meant for an empty text; of several it is none of its rows.
    if (names.size() == 1 && first_blank.empty() && scanner.blank_lines() > blank_before) {
      first_blank = blank_before > 0
                        ? fmt::format("above line {}", lines.line_of(scanner.record_offset()))
                        : fmt::format("line {}", lines.line_of(scanner.first_blank_offset()));
    }
    const auto here = [&] { return lines.line_of(scanner.record_offset()); };
    if (fields.size() != names.size()) {
      const std::string expected =
          request.columns.empty() ? "the header has " : setting("columns") + " names ";
      const int64_t line = here();
      throw Error(fmt::format("the row has {}{}{}{}{}", fields.size(),
                              fields.size() == 1 ? " field where " : " fields where ", expected,
                              names.size(), goes_on(fields, form, bytes, lines)),
                  place(source, line),
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
    const auto text_value = [&](int column) {
      const std::string_view text = checked_value(column);
      if (trim_ascii(text).empty() && table.missing_texts++ == 0) {
        table.first_missing_text = place(source, here());
      }
      return text;
    };
    table.texts.push_back(text_value(columns.text));
    if (columns.pair >= 0) table.texts.push_back_pair(text_value(columns.pair));
    if (columns.id >= 0) table.ids.push_back(checked_value(columns.id));
    for (size_t i = 0; i < further.size(); ++i) {
      table.further[i].push_back(further[i] >= 0 ? checked_value(further[i]) : "");
    }
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
    swallowed.look_at(fields, bytes, lines);
    pages.read_up_to(bytes.data() + scanner.offset(), lines);
  }
  if (table.texts.size() == 0) {
    throw Error("the file has a header but no rows", source,
                fmt::format("add rows, or name the columns with {} if the first row is data",
                            setting("columns")));
  }
  if (!first_blank.empty()) {
    const int64_t blank = scanner.blank_lines() - blank_before;
    table.notes.push_back(fmt::format(
        "{}: {}{}{}); write \"\" for a text that is empty", source, blank,
        blank == 1 ? " blank line is no row (" : " blank lines are no rows (the first: ",
        first_blank));
  }
  const std::vector<std::string> notes = swallowed.notes(table.labels, source);
  table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  return table;
}

}  // namespace thaw
