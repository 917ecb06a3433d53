#pragma once  // Tests: tests/experiment/recipe/settings_test.cc

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// read_recipe() of a text that has been read; `path` is its file, for messages and for what stands
// beside it.
std::vector<Assignment> parse_recipe(const std::string& text, const std::filesystem::path& path);

}  // namespace thaw
