#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "data/splits/split_files.h"

namespace thaw {

// What Python's `datasets` writes with save_to_disk(): a folder with state.json, which lists files
// of Arrow's stream format, and dataset_info.json, which names the classes; or one with
// dataset_dict.json and such a folder for each split. Nothing where the folder is neither. A folder
// of one table is the split that its state names, or else "train".
// Throws Error: JSON that is not as datasets writes it, a file or a split's folder that is missing,
// rows that were chosen by an indices mapping (versions before 2.0 saved them so).
std::optional<std::vector<NamedSplit>> saved_splits(const std::filesystem::path& folder);

}  // namespace thaw
