#pragma once

#include <filesystem>

namespace thaw {

// Throws Error where files that thaw saved in a model's folder are not there any more: those that
// its manifest names (files/manifest.h) or, where that is gone as well, the modules.json that
// belongs to a thaw.json. What they hold is not compared. A folder that thaw did not save has none
// to lose.
void check_no_file_is_lost(const std::filesystem::path& folder);

}  // namespace thaw
