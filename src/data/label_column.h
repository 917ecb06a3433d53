#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thaw {

// The labels of a table as they stand in its files: each distinct value once, a code for each row,
// and the place where each value was first seen, for messages.
class LabelColumn {
 public:
  LabelColumn() = default;
  // numbers_are_lines: places read "file:12" (lines from 1), else "file, row 12" (rows from 0).
  LabelColumn(std::string source, bool numbers_are_lines)
      : sources_{{std::move(source), numbers_are_lines}} {}

  int64_t size() const { return static_cast<int64_t>(codes_.size()); }
  int32_t code(int64_t row) const { return codes_[row]; }
  const std::vector<int32_t>& codes() const { return codes_; }        // [rows]
  const std::vector<std::string>& values() const { return values_; }  // [codes]
  std::string place(int32_t code) const;  // where the value was first seen

  // Code of a value, or -1 if it has not been seen yet.
  int32_t find(std::string_view value) const;
  // Takes up a value that find() does not know. number: line or row.
  int32_t add(std::string_view value, int64_t number);
  void push_back(int32_t code) { codes_.push_back(code); }
  void reserve(int64_t rows) { codes_.reserve(static_cast<size_t>(rows)); }

  // Appends the rows of another column, e.g. of the next shard of a split.
  void append(const LabelColumn& other);

 private:
  struct Source {
    std::string name;
    bool numbers_are_lines;
  };
  struct Place {
    int32_t source;
    int64_t number;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view value) const { return std::hash<std::string_view>{}(value); }
  };

  std::vector<Source> sources_;
  std::vector<int32_t> codes_;
  std::vector<std::string> values_;
  std::vector<Place> places_;  // [codes]
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> code_of_;
};

}  // namespace thaw
