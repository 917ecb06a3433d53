#pragma once  // Tests: tests/baseline/sparse_logistic_regression_test.cc

#include <cstdint>
#include <vector>

namespace thaw {

// Compressed sparse rows, as scipy.sparse.csr_matrix: the entries of row r are those from
// offsets[r] to offsets[r + 1], by rising column.
struct SparseMatrix {
  int64_t columns = 0;
  std::vector<int64_t> offsets{0};  // [rows + 1]
  std::vector<int32_t> column;      // [entries]
  std::vector<double> value;        // [entries]

  int64_t rows() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t entries() const { return offsets.back(); }
};

// Its rows are the columns of `matrix`.
SparseMatrix transpose(const SparseMatrix& matrix);

// Which columns of a matrix became one.
struct MergedColumns {
  std::vector<int32_t> column;    // [columns before] the one that it became
  std::vector<double> root_size;  // [columns after] square root of how many became it
};

// Makes one column of all that are equal in every row, by the bits of their values, and multiplies
// it by the square root of their number.
//
// Under an L2 penalty a linear model is the same before and after: n equal columns x have equal
// weights w at the optimum, and sqrt(n) x with the weight sqrt(n) w adds as much to a logit and to
// the penalty. Of the n-grams of texts most are rare, and many of those stand in the same texts
// (the parts of a rare word), so less is left to solve.
MergedColumns merge_equal_columns(SparseMatrix& matrix);

}  // namespace thaw
