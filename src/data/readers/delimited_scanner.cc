#include "data/readers/delimited_scanner.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace thaw {
namespace {

using Bytes16 = uint8_t __attribute__((vector_size(16)));

// The first of two characters, 16 bytes at a time (SSE2 and NEON from the same source).
const char* find_either(const char* at, const char* end, char a, char b) {
  static_assert(std::endian::native == std::endian::little);
  const auto first = static_cast<uint8_t>(a), second = static_cast<uint8_t>(b);
  while (end - at >= 16) {
    Bytes16 block;
    std::memcpy(&block, at, 16);
    const auto hits = (block == first) | (block == second);
    uint64_t halves[2];
    std::memcpy(halves, &hits, 16);
    if (halves[0] != 0) return at + std::countr_zero(halves[0]) / 8;
    if (halves[1] != 0) return at + 8 + std::countr_zero(halves[1]) / 8;
    at += 16;
  }
  while (at < end && *at != a && *at != b) ++at;
  return at;
}

}  // namespace

std::string_view DelimitedField::value(std::string& scratch) const {
  if (!has_doubled_quotes) return raw;
  scratch.clear();
  for (size_t at = 0; at < raw.size();) {
    const size_t quote = raw.find('"', at);
    const size_t stop = quote == std::string_view::npos ? raw.size() : quote + 1;
    scratch.append(raw, at, stop - at);
    at = stop + (quote == std::string_view::npos ? 0 : 1);
  }
  return scratch;
}

// Whether a line ends here; the end of the bytes is one, too.
bool DelimitedScanner::at_line_end(const char* at) const {
  if (at == end_ || *at == line_end_) return true;
  return line_end_ == '\n' && *at == '\r' && (at + 1 == end_ || at[1] == '\n');
}

// Whether a field in quotes begins here, perhaps behind spaces; then at_ is left at the quote.
bool DelimitedScanner::at_quote() {
  if (!quotes_ || at_ == end_) return false;
  if (*at_ == '"') return true;
  if (*at_ != ' ' || delimiter_ == ' ') return false;
  const char* at = at_;
  while (at < end_ && *at == ' ') ++at;
  if (at == end_ || *at != '"') return false;
  at_ = at;
  return true;
}

// Reads a field whose opening quote is at at_; leaves at_ behind its closing quote. False, with the
// reason in `result`, where the quotes are broken.
bool DelimitedScanner::next_quoted(DelimitedField& field, Result& result) {
  problem_ = quote_ = at_;
  const char* content = ++at_;
  field.quoted = true;
  while (true) {
    const auto* quote =
        static_cast<const char*>(std::memchr(at_, '"', static_cast<size_t>(end_ - at_)));
    if (quote == nullptr) {
      result = Result::kOpenQuote;
      return false;
    }
    at_ = quote + 1;
    if (at_ < end_ && *at_ == '"') {
      field.has_doubled_quotes = true;
      ++at_;
      continue;
    }
    field.raw = {content, static_cast<size_t>(quote - content)};
    const char* behind = at_;
    while (behind < end_ && *behind == ' ' && delimiter_ != ' ') ++behind;
    if (at_line_end(behind) || *behind == delimiter_) {
      at_ = behind;
      return true;
    }
    problem_ = quote;
    result = Result::kTextAfterQuote;
    return false;
  }
}

DelimitedScanner::Result DelimitedScanner::next(std::vector<DelimitedField>& fields) {
  fields.clear();
  const char* start_of_blank = at_;
  int64_t blank = 0;
  for (; at_ < end_ && (at_line_end(at_) || *at_ == '\n'); ++at_)
    blank += *at_ == line_end_ ? 1 : 0;
  record_ = at_;
  if (at_ == end_) return Result::kEnd;
  if (blank > 0 && blank_lines_ == 0) first_blank_ = start_of_blank;
  blank_lines_ += blank;
  while (true) {
    DelimitedField field;
    const char* start = at_;
    bool is_quoted = at_quote();
    if (is_quoted) {
      Result result;
      const bool has_spaces = at_ > start;
      if (!next_quoted(field, result)) {
        // Behind a space, only quotes that hold all of a field are that.
        if (!has_spaces) return result;
        field = {};
        at_ = start;
        is_quoted = false;
      }
    }
    if (is_quoted) {
      if (line_end_ == '\n' && at_ < end_ && *at_ == '\r') ++at_;
    } else {
      at_ = find_either(at_, end_, delimiter_, line_end_);
      const char* stop = at_;
      const bool line_ends = at_ == end_ || *at_ == line_end_;
      if (line_end_ == '\n' && line_ends && stop > start && stop[-1] == '\r') --stop;
      field.raw = {start, static_cast<size_t>(stop - start)};
    }
    fields.push_back(field);
    if (at_ == end_) return Result::kRecord;
    if (*at_++ == line_end_) return Result::kRecord;
  }
}

int64_t LineCounter::line_of(size_t offset) {
  offset = std::min(offset, bytes_.size());
  if (offset > at_) {
    line_ += std::count(bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                        bytes_.begin() + static_cast<std::ptrdiff_t>(offset), line_end_);
    at_ = offset;
  }
  return line_;
}

}  // namespace thaw
