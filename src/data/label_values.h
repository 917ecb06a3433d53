#pragma once  // Tests: tests/data/labels_test.cc

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/readers/label_column.h"

namespace thaw {

// What the labels of a column are, decided for all of its values at once.
enum class LabelKind { kText, kIntegers, kFractions, kBooleans };

struct ColumnKind {
  LabelKind kind = LabelKind::kText;
  std::vector<bool> missing;  // [codes] values that stand for no label
};

// JSON and Parquet files say what their values are; numbers that are all whole are integers.
// The cells of a CSV or TSV file are integers where each is written as thaw would write one (no
// "01", "+1", "1e5") or with zeros alone behind the point ("1.0"), fractions where each is a number
// and one of them not whole, and text otherwise. Where they are numbers, cells that pandas reads as
// missing ("nan", "NA") stand for no label; in text these are labels like any other.
// Beside values of JSON or Parquet, cells are of their kind: text beside strings.
// Throws Error with both places for a column that mixes text, numbers and booleans.
ColumnKind kind_of_labels(const LabelColumn& column);

// The shortest text of a number that reads back the same: "0.5", "3", "1e+20".
std::string shortest_text(double number);

// The number that a text holds, infinities included; none for NaN.
std::optional<double> as_number(std::string_view value);

// The canonical text of a whole number of any size that is written canonically or with zeros alone
// behind its point: "-3" for "-3" and "-3.0"; none for "03", "+3", "3e0", "-0".
std::optional<std::string> whole_number(std::string_view value);

// The same as a number, where it lies in 0 … count - 1.
std::optional<int32_t> as_index(std::string_view whole, size_t count);

// Orders canonical whole numbers by value.
struct LessAsNumbers {
  bool operator()(const std::string& a, const std::string& b) const;
};

// Whether pandas.read_csv takes a cell as missing.
bool is_missing_in_pandas(std::string_view value);

// Without the difference between upper and lower case, for hints.
std::string without_case(std::string_view text);

// Names with commas between, the first twelve of them.
std::string listed_names(const std::vector<std::string>& names);

}  // namespace thaw
