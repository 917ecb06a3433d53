#pragma once  // Tests: tests/data/labels_test.cc

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thaw {

// What a label is in its file. A cell of a CSV or TSV file is only text to look at: whether it is a
// number is decided for a whole column (labels.h). Parquet and JSON files say it themselves.
enum class ValueKind : uint8_t { kCell, kText, kNumber, kBoolean };
inline constexpr int kValueKinds = 4;

// The labels of a table as they stand in its files: each distinct value once, a code for each row,
// and the place where each value was first seen, for messages. Values of two kinds are two values,
// be their text the same. Numbers stand in the shortest text that reads back the same.
class LabelColumn {
 public:
  static constexpr int32_t kNoLabel = -1;     // code of a row whose label is missing
  static constexpr size_t kPlacesOfNone = 5;  // so many of them can be named

  LabelColumn() = default;
  // numbers_are_lines: places read "file:12" (lines from 1), else "file, row 12" (rows from 0).
  LabelColumn(std::string source, bool numbers_are_lines)
      : sources_{{std::move(source), numbers_are_lines}} {}

  int64_t size() const { return static_cast<int64_t>(codes_.size()); }
  int32_t code(int64_t row) const { return codes_[row]; }
  const std::vector<int32_t>& codes() const { return codes_; }        // [rows] or kNoLabel
  const std::vector<std::string>& values() const { return values_; }  // [codes]
  const std::vector<ValueKind>& kinds() const { return kinds_; }      // [codes]
  std::string place(int32_t code) const;            // where the value was first seen
  std::vector<std::string> places_of_none() const;  // of the first rows without a label

  // Code of a value, or kNoLabel if it has not been seen yet.
  int32_t find(std::string_view value, ValueKind kind = ValueKind::kCell) const;
  // Takes up a value that find() does not know. number: line or row.
  int32_t add(std::string_view value, int64_t number, ValueKind kind = ValueKind::kCell);
  void push_back(int32_t code) { codes_.push_back(code); }
  void push_back_none(int64_t number);
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
  using Codes = std::unordered_map<std::string, int32_t, Hash, std::equal_to<>>;

  std::string shown(const Place& place) const;

  std::vector<Source> sources_;
  std::vector<int32_t> codes_;
  std::vector<std::string> values_;
  std::vector<ValueKind> kinds_;
  std::vector<Place> places_;          // [codes]
  std::vector<Place> places_of_none_;  // at most kPlacesOfNone
  std::array<Codes, kValueKinds> code_of_;
};

}  // namespace thaw
