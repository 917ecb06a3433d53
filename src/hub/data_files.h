#pragma once  // Tests: tests/hub/data_set_test.cc

#include <string>
#include <vector>

#include "data/splits/split_names.h"
#include "hub/card.h"

namespace thaw {

// The splits that a card declares, with the files that match its patterns (perhaps none).
std::vector<SplitFiles> files_by_card(const CardConfiguration& configuration,
                                      const std::vector<std::string>& paths);

// The splits that names of files and folders tell (data/splits/split_names.h); else all files
// together are train. Only tables count (data/readers/table.h), and only those of the ending that
// most of them have. Empty where there are none.
std::vector<SplitFiles> files_by_name(const std::vector<std::string>& paths);

// The splits of a configuration in the hub's own Parquet copy (revision refs/convert/parquet):
// <configuration>/<split>/0000.parquet, or <configuration>/<name>-<split>.parquet of older copies.
// An empty configuration is the only one there is, or "default". Splits that were copied in part
// (partial-train) are left out.
std::vector<SplitFiles> files_of_parquet_copy(const std::string& configuration,
                                              const std::vector<std::string>& paths);

// The folders at the top: the configurations of such a copy.
std::vector<std::string> top_folders(const std::vector<std::string>& paths);

// Those below a folder, without it: {"a/b.csv"} of "a" -> {"b.csv"}.
std::vector<std::string> paths_below(const std::string& folder,
                                     const std::vector<std::string>& paths);

}  // namespace thaw
