#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/readers/json_layouts.h"
#include "data/readers/json_rows.h"
#include "data/readers/table.h"
#include "text/json_text.h"
#include "text/utf8.h"

namespace thaw {
namespace {

// JSON objects one after another: each on a line of its own, over several lines, or several on one.
class ObjectWalk {
 public:
  ObjectWalk(std::string_view text, const std::string& source) : text_(text), source_(source) {
    skip_space();
  }

  bool at_end() const { return at_ >= text_.size(); }
  int64_t line() const { return line_; }  // where the next value begins
  std::string place() const { return fmt::format("{}:{}", source_, line_); }
  size_t offset() const { return at_; }

  nlohmann::json next() {
    if (line_end_ <= at_) line_end_ = std::min(text_.find('\n', at_), text_.size());
    const std::string_view line = trim_ascii(text_.substr(at_, line_end_ - at_));
    if (has_lines_) {
      nlohmann::json value = try_json_value(line, "the line", place());
      if (!value.is_discarded()) {
        move_to_line_end();
        return value;
      }
    }
    const bool has_brackets = text_[at_] == '{' || text_[at_] == '[';
    const size_t end = has_brackets ? json_value_end(text_, at_, place()) : std::string_view::npos;
    if (end == std::string_view::npos) {  // or a number, say, which is a value but no row
      nlohmann::json value = parse_json_value(line, "the line", place());
      move_to_line_end();
      return value;
    }
    nlohmann::json value = parse_json_value(text_.substr(at_, end - at_), "the object", place());
    // One that is alone on its line is likely to be followed by others.
    has_lines_ = end <= line_end_ && trim_ascii(text_.substr(end, line_end_ - end)).empty();
    move_to(end);
    return value;
  }

 private:
  void move_to_line_end() {
    at_ = line_end_;
    skip_space();
  }

  void move_to(size_t offset) {
    const auto begin = text_.begin();
    line_ += std::count(begin + static_cast<std::ptrdiff_t>(at_),
                        begin + static_cast<std::ptrdiff_t>(offset), '\n');
    at_ = offset;
    skip_space();
  }

  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != '\n' && c != ' ' && c != '\t' && c != '\r') return;
    }
  }

  std::string_view text_;
  const std::string& source_;
  size_t at_ = 0, line_end_ = 0;
  int64_t line_ = 1;
  bool has_lines_ = true;
};

// Whether nothing but white space stands behind the value.
bool is_whole(std::string_view text, size_t end) {
  return end != std::string_view::npos && skip_json_space(text, end) == text.size();
}

}  // namespace

Table read_json_lines(const TableFile& file, const TableRequest& request) {
  const std::string& source = file.source();
  const std::string_view bytes = checked_text(file);
  if (!request.columns.empty()) {
    throw Error(
        setting("columns") + " names the columns of CSV and TSV files, and this file names its own",
        source, fmt::format("leave {} out", setting("columns")));
  }
  ObjectWalk walk(bytes, source);
  const size_t start = walk.offset();
  if (bytes[start] == '[') return read_json_array(bytes.substr(start), request, source, "");
  if (bytes[start] == '{') {
    const size_t end = json_value_end(bytes, start, walk.place());
    if (is_whole(bytes, end)) {
      return read_json_document(bytes.substr(start, end - start), walk.line(), request, source);
    }
  }
  JsonRows reader(request, source, true);
  while (!walk.at_end()) {
    const int64_t line = walk.line();
    const std::string place = walk.place();
    reader.take(walk.next(), line, place);
  }
  return reader.finish();
}

}  // namespace thaw
