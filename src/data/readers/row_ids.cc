#include "data/readers/row_ids.h"

#include <fmt/format.h>

#include <string_view>
#include <unordered_set>

#include "base/error.h"
#include "base/setting_words.h"
#include "text/utf8.h"

namespace thaw {
namespace {

bool tell_rows_apart(const TextColumn& ids) {
  std::unordered_set<std::string_view> seen;
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (trim_ascii(ids[row]).empty() || !seen.insert(ids[row]).second) return false;
  }
  return ids.size() > 0;
}

}  // namespace

void take_row_ids(const std::string& named, Table& table, ColumnRoles& roles,
                  std::vector<std::string>& notes) {
  if (!named.empty() && table.ids.size() == 0) {
    throw Error(fmt::format("has no column {} whose values could be read as ids of its rows",
                            quoted_excerpt(named)),
                roles.source,
                fmt::format("leave out {}, or name another one", setting("id_column")));
  }
  const bool unique = tell_rows_apart(table.ids);
  if (named.empty() && !unique) {
    table.ids = {};
    return;
  }
  roles.id = table.id_name;
  if (unique) return;
  notes.push_back(fmt::format(
      "column {} holds ids that repeat or are empty: it does not tell all rows apart ({})",
      quoted_excerpt(table.id_name), roles.source));
}

}  // namespace thaw
