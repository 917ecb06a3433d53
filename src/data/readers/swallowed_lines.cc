#include "data/readers/swallowed_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr size_t kMostSuspects = 256, kMostLabels = 64;
constexpr int64_t kRowsWithoutLabels = 20;  // so many lines in a row are no accident

}  // namespace

// Counts the whole lines of a field that look like rows; the last one ends at the closing quote.
void SwallowedLines::look_at(const DelimitedField& field, size_t column, Suspect& suspect) const {
  DelimitedScanner scanner(field.raw, form_.delimiter, false, form_.line_end);
  std::vector<DelimitedField> fields;
  bool is_first = true;
  while (scanner.next(fields) == DelimitedScanner::Result::kRecord) {
    const bool is_last =
        scanner.offset() == field.raw.size() && !field.raw.ends_with(form_.line_end);
    if (is_last) break;
    // What stands before the opening quote is no part of the first line.
    const size_t before = is_first ? column : 0;
    is_first = false;
    ++suspect.lines;
    if (fields.size() + before != columns_) continue;
    ++suspect.rows;
    const auto label = static_cast<size_t>(std::max(label_, 0));
    if (label_ < 0 || label < before || suspect.labels.size() == kMostLabels) continue;
    std::string scratch;
    suspect.labels.emplace_back(trim_ascii(fields[label - before].value(scratch)));
  }
}

void SwallowedLines::look_at(const std::vector<DelimitedField>& record, std::string_view bytes,
                             LineCounter& line_of) {
  if (columns_ < 2) return;
  for (size_t column = 0; column < record.size(); ++column) {
    const DelimitedField& field = record[column];
    if (!field.quoted || field.raw.find(form_.line_end) == std::string_view::npos) continue;
    Suspect suspect{};
    look_at(field, column, suspect);
    if (suspect.rows == 0 || suspects_.size() == kMostSuspects) continue;
    const auto offset = static_cast<size_t>(field.raw.data() - bytes.data());
    suspect.opens = line_of.line_of(offset);
    suspect.closes = line_of.line_of(offset + field.raw.size());
    suspects_.push_back(std::move(suspect));
  }
}

std::vector<std::string> SwallowedLines::notes(const LabelColumn& labels,
                                               const std::string& source) const {
  std::vector<std::string> notes;
  for (const Suspect& suspect : suspects_) {
    int64_t rows = suspect.rows;
    if (label_ >= 0) {
      rows = std::count_if(suspect.labels.begin(), suspect.labels.end(),
                           [&](const std::string& label) { return labels.find(label) >= 0; });
    }
    const int64_t lines =
        std::min(suspect.lines, label_ >= 0 ? int64_t{kMostLabels} : suspect.lines);
    const std::string place = fmt::format("{}:{}", source, suspect.opens);
    const bool are_rows = label_ >= 0 ? rows >= 2 && rows * 5 >= lines * 4
                                      : rows >= kRowsWithoutLabels && rows == lines;
    if (are_rows) {
      throw Error(fmt::format("the quote that opens here closes only in line {}, and the lines "
                              "between look like rows",
                              suspect.closes),
                  place, "close it in its own line, or double it (\"\") if it belongs to the text");
    }
    if (label_ >= 0 && rows > 0 && rows * 2 >= lines) {
      notes.push_back(
          fmt::format("{}: the text in quotes goes on to line {}, though lines in it look like "
                      "rows; if they are, close the quote before",
                      place, suspect.closes));
    }
  }
  return notes;
}

}  // namespace thaw
