#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/listener.h"
#include "data/readers/column_values.h"
#include "evaluation/bootstrap.h"

namespace thaw {

// How good strategies are on parts of the evaluated rows: --slices.

inline constexpr int64_t kFewestSliceRows = 30;  // for an interval and a test
inline constexpr size_t kMostSliceValues = 20;   // of texts; above, the rest is one slice
inline constexpr size_t kMostSliceNumbers = 10;  // that stand for themselves; above, quartiles
inline constexpr double kUnknownSlice = std::numeric_limits<double>::quiet_NaN();

enum class SliceKind {
  kValue,  // rows with one value
  kBin,    // rows with numbers from one to another
  kOther,  // rows with one of the values that have the fewest rows
  kEmpty,  // rows without a value
};
const char* slice_kind_name(SliceKind kind);  // "value", "bin", "other", "empty"

// One metric of one strategy in a slice.
struct SliceMetric {
  Metric metric = Metric::kAccuracy;
  double value = 0;                                  // mean over the seeds
  double low = kUnknownSlice, high = kUnknownSlice;  // 95 %, as MetricEstimate's
  // The value less that in all other rows, where it was tested.
  double difference = kUnknownSlice, difference_low = kUnknownSlice;
  double difference_high = kUnknownSlice;
  double p = kUnknownSlice, p_holm = kUnknownSlice;
};

struct Slice {
  std::string name;  // the value, "12 to 57", "(other, 31 values)", "(empty)"
  SliceKind kind = SliceKind::kValue;
  int64_t rows = 0;
  std::vector<std::vector<SliceMetric>> strategies;  // [strategies][metrics]; empty: none

  bool too_few() const { return rows < kFewestSliceRows; }
};

// The slices of one column.
struct SlicedColumn {
  std::string name;
  bool tokens = false;  // the number of tokens of the text, not a column of the file
  bool text = false;    // the file says that the values are texts (ColumnValues::is_text)
  bool binned = false;  // numbers, by quartiles
  int64_t values = 0;   // different ones, "(empty)" not among them
  std::vector<Slice> slices;
};

// Which rows are in which slice.
//   texts    by value, the most rows first; of more than kMostSliceValues the last ones together
//   numbers  by value, ascending, or above kMostSliceNumbers by quartiles: pandas' qcut(values, 4,
//            duplicates="drop"), each named after the least and the greatest number in it
// Rows without a value are a slice of their own, last. A column is one of numbers if its file does
// not say that it holds texts and each value is a finite number without a leading zero;
// what pandas reads as missing is then none.
SlicedColumn make_slices(const ColumnValues& values, bool tokens,
                         std::vector<int32_t>& slice_of_row /* [rows] */);

// Fills in every metric of every strategy in every slice of the columns.
//
// Values and intervals are bootstrap_evidence() of the slice's rows alone: macro F1 is over the
// labels that occur there, in gold or in predictions. A difference from the rest is that of two
// samples of rows, drawn each by itself, with the seeds drawn together where there are several;
// its interval is BCa with the acceleration of both samples (as scipy.stats.bootstrap has it for
// two), its p-value counted as in bootstrap.h, and corrected by Holm's method over all slices of
// all columns that are tested, strategy by strategy and metric by metric. Two slices that are each
// other's rest are one test. Fewer than kFewestSliceRows rows, in the slice or beside it, are not
// tested; in the slice, they have no interval either. `listener` is told the rows of the slices
// that are done, column by column; it cannot stop it.
void judge_slices(const PairedPredictions& answers,
                  const std::vector<std::vector<int32_t>>& slice_of_row /* [columns][rows] */,
                  std::vector<SlicedColumn>& columns, const BootstrapSettings& settings = {},
                  const Listener& listener = {});

}  // namespace thaw
