#include "baseline/sparse_matrix.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "base/threads.h"

namespace thaw {
namespace {

constexpr int64_t kGrain = 1024;  // columns below which a thread is not worth waking

bool equal_rows(const SparseMatrix& matrix, int64_t a, int64_t b) {
  const int64_t first = matrix.offsets[a], other = matrix.offsets[b];
  const int64_t count = matrix.offsets[a + 1] - first;
  return matrix.offsets[b + 1] - other == count &&
         std::equal(&matrix.column[first], &matrix.column[first] + count, &matrix.column[other]) &&
         std::equal(&matrix.value[first], &matrix.value[first] + count, &matrix.value[other]);
}

// For each row the first that is equal to it.
std::vector<int32_t> first_equal_row(const SparseMatrix& matrix) {
  std::vector<uint64_t> hash(matrix.rows());
  parallel_parts(matrix.rows(), kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
        hash[row] = mix64(hash[row] ^ static_cast<uint64_t>(matrix.column[i]));
        hash[row] = mix64(hash[row] ^ std::bit_cast<uint64_t>(matrix.value[i]));
      }
    }
  });
  std::vector<int32_t> order(matrix.rows()), first(matrix.rows());
  std::iota(order.begin(), order.end(), 0);
  first = order;
  std::sort(order.begin(), order.end(),
            [&](int32_t a, int32_t b) { return hash[a] != hash[b] ? hash[a] < hash[b] : a < b; });
  for (size_t i = 1; i < order.size(); ++i) {
    // The first of those that share a hash; one that is not equal to it stays alone, which is right
    // as well.
    const int32_t before = first[order[i - 1]];
    if (hash[before] == hash[order[i]] && equal_rows(matrix, before, order[i])) {
      first[order[i]] = before;
    }
  }
  return first;
}

}  // namespace

SparseMatrix transpose(const SparseMatrix& matrix) {
  SparseMatrix result;
  result.columns = matrix.rows();
  result.offsets.assign(matrix.columns + 1, 0);
  for (const int32_t column : matrix.column) ++result.offsets[column + 1];
  for (int64_t c = 0; c < matrix.columns; ++c) result.offsets[c + 1] += result.offsets[c];
  result.column.resize(matrix.entries());
  result.value.resize(matrix.entries());
  std::vector<int64_t> next(result.offsets.begin(), result.offsets.end() - 1);
  for (int64_t row = 0; row < matrix.rows(); ++row) {
    for (int64_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
      const int64_t place = next[matrix.column[i]]++;
      result.column[place] = static_cast<int32_t>(row);
      result.value[place] = matrix.value[i];
    }
  }
  return result;
}

MergedColumns merge_equal_columns(SparseMatrix& matrix) {
  const std::vector<int32_t> first = first_equal_row(transpose(matrix));
  MergedColumns merged;
  merged.column.resize(first.size());
  for (size_t c = 0; c < first.size(); ++c) {
    if (first[c] == static_cast<int32_t>(c)) {
      merged.column[c] = static_cast<int32_t>(merged.root_size.size());
      merged.root_size.push_back(0);
    } else {
      merged.column[c] = merged.column[first[c]];
    }
    ++merged.root_size[merged.column[c]];
  }
  for (double& size : merged.root_size) size = std::sqrt(size);

  int64_t left = 0, begin = 0;
  for (int64_t row = 0; row < matrix.rows(); ++row) {
    const int64_t end = matrix.offsets[row + 1];
    for (int64_t i = begin; i < end; ++i) {
      const int32_t column = matrix.column[i];
      if (first[column] != column) continue;
      matrix.column[left] = merged.column[column];
      matrix.value[left++] = matrix.value[i] * merged.root_size[merged.column[column]];
    }
    begin = end;
    matrix.offsets[row + 1] = left;
  }
  matrix.columns = static_cast<int64_t>(merged.root_size.size());
  matrix.column.resize(left);
  matrix.value.resize(left);
  return merged;
}

}  // namespace thaw
