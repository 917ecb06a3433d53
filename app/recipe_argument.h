#pragma once

#include <string>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// The assignments of a recipe; none where no recipe is named. Throws Error, also for a data file in
// a recipe's place.
std::vector<Assignment> read_recipe_argument(const std::string& path);

}  // namespace thaw
