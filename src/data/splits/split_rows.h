#pragma once  // Tests: tests/data/load_test.cc

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/readers/column_roles.h"

namespace thaw {

// The rows of `from` that are listed by position, in that order, behind those of `to`.
void append_rows(const Split& from, const std::vector<int64_t>& positions, Split& to);

// The rows of a split that are listed by position, in that order.
Split selected_rows(const Split& from, const std::vector<int64_t>& positions);

// The slices by the number of tokens, where the file has no column of that name.
inline constexpr const char* kLengthSlices = "length";

// Throws Error where one of the split's columns is not present, but for kLengthSlices; it lists
// those that the file has. roles: of the split's file.
void check_slice_columns(const Split& split, ColumnRoles roles);

}  // namespace thaw
