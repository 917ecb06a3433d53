#pragma once  // Tests: tests/data/readers/delimited_property_test.cc

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// A field as it stands in the file, without the quotes around it.
struct DelimitedField {
  std::string_view raw;
  bool quoted = false;
  bool has_doubled_quotes = false;  // "" inside, each of which stands for one "

  // The value; `scratch` holds it where it differs from what stands in the file.
  std::string_view value(std::string& scratch) const;
};

// Cuts the bytes of a CSV or TSV file into records (RFC 4180: quoted fields may hold delimiters,
// line ends and doubled quotes; lines end with LF or CRLF). Spaces before the quote that opens a
// field and behind the one that closes it are none of the field's. Quotes inside a field that does
// not start with one are plain characters. Blank lines are no records. Nothing is copied.
class DelimitedScanner {
 public:
  enum class Result {
    kRecord,
    kEnd,
    kTextAfterQuote,  // a closing quote is followed by neither delimiter nor line end
    kOpenQuote,       // the file ends inside quotes
  };

  // quotes: false reads quotes as plain characters everywhere. line_end: '\n', which takes CRLF as
  // well, or '\r' of old Macintosh programs. start: offset of the first record.
  DelimitedScanner(std::string_view bytes, char delimiter, bool quotes, char line_end = '\n',
                   size_t start = 0)
      : begin_(bytes.data()),
        at_(begin_ + start),
        end_(begin_ + bytes.size()),
        delimiter_(delimiter),
        line_end_(line_end),
        quotes_(quotes),
        record_(at_),
        problem_(at_),
        quote_(at_) {}

  // Reads the next record into `fields` (cleared first).
  Result next(std::vector<DelimitedField>& fields);

  // Where the record that next() read last begins; where its broken quote stands, and the one that
  // opened the field.
  size_t record_offset() const { return static_cast<size_t>(record_ - begin_); }
  size_t problem_offset() const { return static_cast<size_t>(problem_ - begin_); }
  size_t quote_offset() const { return static_cast<size_t>(quote_ - begin_); }
  // Blank lines before records so far, and where the first of them is.
  int64_t blank_lines() const { return blank_lines_; }
  size_t first_blank_offset() const { return static_cast<size_t>(first_blank_ - begin_); }
  // Bytes read so far.
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }

 private:
  bool next_quoted(DelimitedField& field, Result& result);
  bool at_quote();
  bool at_line_end(const char* at) const;

  const char* begin_;
  const char* at_;
  const char* end_;
  char delimiter_;
  char line_end_;
  bool quotes_;
  const char* record_;
  const char* problem_;
  const char* quote_;
  const char* first_blank_ = begin_;
  int64_t blank_lines_ = 0;
};

// Line numbers (from 1) of offsets that only grow.
class LineCounter {
 public:
  explicit LineCounter(std::string_view bytes, char line_end = '\n')
      : bytes_(bytes), line_end_(line_end) {}
  int64_t line_of(size_t offset);

 private:
  std::string_view bytes_;
  char line_end_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

}  // namespace thaw
