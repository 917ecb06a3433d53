#include "data/splits/split_rows.h"

#include "data/readers/columns.h"

namespace thaw {

void append_rows(const Split& from, const std::vector<int64_t>& positions, Split& to) {
  for (const int64_t position : positions) {
    to.texts.push_back_row(from.texts, position);
    to.labels.push_back(from.labels[position]);
    to.rows.push_back(from.rows[position]);
    if (from.ids.size() > 0) to.ids.push_back(from.ids[position]);
  }
  append_rows(from.columns, positions, to.columns);
}

Split selected_rows(const Split& from, const std::vector<int64_t>& positions) {
  Split split;
  split.source = from.source;
  const auto count = static_cast<int64_t>(positions.size());
  const bool pairs = from.texts.has_pairs();
  size_t bytes = 0, pair_bytes = 0;
  for (const int64_t position : positions) {
    bytes += from.texts[position].size();
    if (pairs) pair_bytes += from.texts.pair(position).size();
  }
  split.texts.reserve(count, bytes);
  if (pairs) split.texts.reserve_pairs(count, pair_bytes);
  split.labels.reserve(positions.size());
  split.rows.reserve(positions.size());
  append_rows(from, positions, split);
  return split;
}

void check_slice_columns(const Split& split, ColumnRoles roles) {
  roles.source = split.source;
  for (const ColumnValues& column : split.columns) {
    const bool counted = column.name() == kLengthSlices && !column.present();
    if (!counted && !column.present()) throw_no_slice_column(column.name(), roles);
  }
}

}  // namespace thaw
