#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace thaw {

// A slice of rows as Python's `datasets` understands it: bounds count from the end where they are
// negative, are cut to the rows there are, and are percents of the rows (rounded to the nearest,
// halves to the even one) where one of them has a percent sign.
struct RowRange {
  std::optional<int64_t> from, to;  // left out: the first, the end
  bool in_percent = false;
  bool in_whole_percents = false;  // (pct1_dropremainder): a percent is rows / 100, rounded down

  // First row and the one after the last, of `rows` rows; first <= last. Throws Error for
  // pct1_dropremainder of fewer than 100 rows.
  std::pair<int64_t, int64_t> bounds(int64_t rows, const std::string& where) const;
};

// One term of an expression: "train[:30%]".
struct SplitTerm {
  std::string split;
  RowRange rows;
};

// "train", "train[100:200]", "test[-10%:]", "train[:10%]+validation", as in
// datasets.load_dataset(split=…). Nothing where the text is none such (a file's name, say); Error
// with `where` (a flag) for percents beyond 100 and unknown roundings.
std::optional<std::vector<SplitTerm>> parse_split_expression(const std::string& text,
                                                             const std::string& where);

}  // namespace thaw
