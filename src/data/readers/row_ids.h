#pragma once

#include <string>
#include <vector>

#include "data/readers/column_roles.h"
#include "data/readers/table.h"

namespace thaw {

// Decides whether the training table's column of ids is taken, and puts its name into `roles`. Ids
// that were guessed are dropped unless every row has one and no two are equal; those of the column
// that the user `named` are taken as they are, with a note where they repeat or are empty. Throws
// Error where a column is named and the table has no ids, as in formats without columns.
void take_row_ids(const std::string& named, Table& table, ColumnRoles& roles,
                  std::vector<std::string>& notes);

}  // namespace thaw
