#include "evaluation/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "data/label_values.h"
#include "evaluation/bca.h"

namespace thaw {
namespace {

constexpr double kLargestExact = 0x1p53;  // above, two whole numbers may be one

// "007" is a code and no number, as labels have it.
bool has_leading_zero(std::string_view value) {
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  return value.size() > 1 && value[0] == '0' && value[1] >= '0' && value[1] <= '9';
}

// The numbers that the values are, NaN for what stands for no value; none where they are no
// numbers.
std::optional<std::vector<double>> numbers_of(const ColumnValues& column) {
  if (column.is_text()) return std::nullopt;
  // The list of values may be that of a whole table, of which other rows were taken.
  std::vector<bool> occurs(column.values().size());
  for (const int32_t code : column.codes()) {
    if (code >= 0) occurs[code] = true;
  }
  std::vector<double> numbers(occurs.size(), kUnknownSlice);
  bool any = false;
  for (size_t code = 0; code < occurs.size(); ++code) {
    const std::string& value = column.values()[code];
    if (!occurs[code] || is_missing_in_pandas(value)) continue;
    const std::optional<double> number = as_number(value);
    if (!number || !(std::fabs(*number) < kLargestExact) || has_leading_zero(value)) {
      return std::nullopt;
    }
    numbers[code] = *number;
    any = true;
  }
  return any ? std::optional(numbers) : std::nullopt;
}

class Slicing {
 public:
  Slicing(const ColumnValues& column, std::vector<int32_t>& slice_of_row)
      : column_(column), of_row_(slice_of_row) {
    of_row_.assign(static_cast<size_t>(column.rows()), -1);
  }

  void by_number(const std::vector<double>& number_of_code, SlicedColumn& sliced) {
    std::vector<double> numbers;
    std::map<double, int32_t> distinct;
    for (const int32_t code : column_.codes()) {
      if (code < 0 || std::isnan(number_of_code[code])) continue;
      numbers.push_back(number_of_code[code]);
      distinct.emplace(numbers.back(), 0);
    }
    sliced.values = static_cast<int64_t>(distinct.size());
    sliced.binned = distinct.size() > kMostSliceNumbers;
    std::vector<double> edges;  // the last number of each slice but one
    if (sliced.binned) {
      for (const double share : {0.25, 0.5, 0.75})
        edges.push_back(quantile_in_place(numbers, share));
      edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    }
    std::vector<double> least, greatest;
    for (auto& [number, slice] : distinct) {
      const auto bin = std::lower_bound(edges.begin(), edges.end(), number) - edges.begin();
      const bool opens = !sliced.binned || least.empty() || bin != last_bin_;
      if (opens) {
        least.push_back(number);
        greatest.push_back(number);
      }
      greatest.back() = number;
      last_bin_ = bin;
      slice = static_cast<int32_t>(least.size()) - 1;
    }
    for (size_t i = 0; i < least.size(); ++i) {
      const bool one = least[i] == greatest[i];
      add(sliced, shortest_text(least[i]) + (one ? "" : " to " + shortest_text(greatest[i])),
          sliced.binned ? SliceKind::kBin : SliceKind::kValue);
    }
    std::vector<int32_t> slice_of_code;
    for (const double number : number_of_code) {
      const auto found = distinct.find(number);
      slice_of_code.push_back(std::isnan(number) || found == distinct.end() ? -1 : found->second);
    }
    assign(slice_of_code, sliced);
  }

  void by_text(SlicedColumn& sliced) {
    std::vector<int64_t> rows(column_.values().size());
    for (const int32_t code : column_.codes()) {
      if (code >= 0) ++rows[code];
    }
    std::vector<int32_t> order;  // of the values that occur
    for (size_t code = 0; code < rows.size(); ++code) {
      if (rows[code] > 0) order.push_back(static_cast<int32_t>(code));
    }
    std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return rows[a] != rows[b] ? rows[a] > rows[b] : column_.values()[a] < column_.values()[b];
    });
    sliced.values = static_cast<int64_t>(order.size());
    const size_t own = order.size() > kMostSliceValues ? kMostSliceValues - 1 : order.size();
    std::vector<int32_t> slice_of_code(rows.size(), -1);
    for (size_t i = 0; i < order.size(); ++i) {
      slice_of_code[order[i]] = static_cast<int32_t>(std::min(i, own));
      if (i < own) add(sliced, column_.values()[order[i]], SliceKind::kValue);
    }
    if (own < order.size()) {
      add(sliced, fmt::format("(other, {} values)", order.size() - own), SliceKind::kOther);
    }
    assign(slice_of_code, sliced);
  }

 private:
  static void add(SlicedColumn& sliced, std::string name, SliceKind kind) {
    Slice& slice = sliced.slices.emplace_back();
    slice.name = std::move(name);
    slice.kind = kind;
  }

  void assign(const std::vector<int32_t>& slice_of_code, SlicedColumn& sliced) {
    bool any_empty = false;
    for (size_t row = 0; row < of_row_.size(); ++row) {
      const int32_t code = column_.codes()[row];
      of_row_[row] = code < 0 ? -1 : slice_of_code[code];
      any_empty |= of_row_[row] < 0;
    }
    if (any_empty) add(sliced, "(empty)", SliceKind::kEmpty);
    for (int32_t& slice : of_row_) {
      if (slice < 0) slice = static_cast<int32_t>(sliced.slices.size()) - 1;
      ++sliced.slices[slice].rows;
    }
  }

  const ColumnValues& column_;
  std::vector<int32_t>& of_row_;
  std::ptrdiff_t last_bin_ = 0;
};

}  // namespace

SlicedColumn make_slices(const ColumnValues& values, bool tokens,
                         std::vector<int32_t>& slice_of_row) {
  SlicedColumn sliced;
  sliced.name = values.name();
  sliced.tokens = tokens;
  sliced.text = values.is_text();
  Slicing slicing(values, slice_of_row);
  if (const auto numbers = numbers_of(values)) {
    slicing.by_number(*numbers, sliced);
  } else {
    slicing.by_text(sliced);
  }
  return sliced;
}

}  // namespace thaw
