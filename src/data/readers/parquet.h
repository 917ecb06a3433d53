#pragma once

#include <filesystem>
#include <vector>

#include "data/readers/table.h"

namespace thaw {

// Reads a Parquet file through the module thaw_parquet.so, which links Arrow and is opened here for
// the first time. Class names come from the file's "huggingface" metadata (a ClassLabel feature).
// Throws Error: no module (built without Arrow), not a Parquet file, columns as in columns.h,
// columns of another kind than text or number, invalid UTF-8.
Table read_parquet(const TableFile& file, const TableRequest& request);
Table read_parquet(const std::filesystem::path& path, const TableRequest& request);

// The same with the folders in which the module is looked for, in order.
Table read_parquet(const TableFile& file, const TableRequest& request,
                   const std::vector<std::filesystem::path>& module_folders);
Table read_parquet(const std::filesystem::path& path, const TableRequest& request,
                   const std::vector<std::filesystem::path>& module_folders);

// The folder of the running program, ../lib/thaw beside it, and the one above it (the build tree's
// tests).
std::vector<std::filesystem::path> parquet_module_folders();

}  // namespace thaw
