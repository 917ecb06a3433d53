#pragma once  // Tests: tests/data/readers/slice_columns_test.cc

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thaw {

// A column that is neither text nor label, read to tell rows apart (--slices): each distinct value
// once, and a code for each row.
class ColumnValues {
 public:
  static constexpr int32_t kMissing = -1;  // null, empty or white space alone

  // A column of the name that no file has so far: present() is false, and all rows are missing.
  explicit ColumnValues(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }  // as the file spells it, where it is present
  bool present() const { return present_; }
  // The file says that the values are texts, whatever they look like (JSON's strings, say). Cells
  // of CSV and TSV files say nothing.
  bool is_text() const { return is_text_; }
  int64_t rows() const { return static_cast<int64_t>(codes_.size()); }
  const std::vector<int32_t>& codes() const { return codes_; }         // [rows] or kMissing
  const std::vector<std::string>& values() const { return *values_; }  // [codes]
  std::string_view operator[](int64_t row) const {                     // "" where it is missing
    const int32_t code = codes_[static_cast<size_t>(row)];
    return code < 0 ? std::string_view() : (*values_)[static_cast<size_t>(code)];
  }

  void set_present(std::string name) {
    name_ = std::move(name);
    present_ = true;
  }
  void set_text() { is_text_ = true; }
  // White space around a value is not part of it.
  void push_back(std::string_view value);
  void push_back_missing(int64_t rows = 1) {
    codes_.insert(codes_.end(), static_cast<size_t>(rows), kMissing);
  }
  // Adds rows of another column, by their positions; null: all of them.
  void append(const ColumnValues& from, const std::vector<int64_t>* positions);
  // Names instead of the numbers 0, 1, …, where all values are such.
  void name_numbers(const std::vector<std::string>& names);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view value) const { return std::hash<std::string_view>{}(value); }
  };
  using Codes = std::unordered_map<std::string, int32_t, Hash, std::equal_to<>>;

  int32_t code_of(std::string_view value);

  std::string name_;
  bool present_ = false, is_text_ = false;
  // Shared by the splits of one table; whoever adds a value to a shared list copies it first.
  std::shared_ptr<std::vector<std::string>> values_ = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<Codes> code_of_;  // of the values; null: to be made when one is looked for
  std::vector<int32_t> codes_;
};

// Adds rows of a split's columns to those of another, which are as many, or none yet.
void append_rows(const std::vector<ColumnValues>& from, const std::vector<int64_t>& positions,
                 std::vector<ColumnValues>& to);

}  // namespace thaw
