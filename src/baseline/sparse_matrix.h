#pragma once

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

}  // namespace thaw
