#pragma once

#include "console.h"
#include "experiment/comparison.h"
#include "experiment/recipe/settings.h"
#include "experiment/resume/run_identity.h"

namespace thaw {

// Finds model and data, which may be on the hub, and runs the comparison, or with `single` its one
// strategy alone. Errors name the line of a recipe where one gave the value.
ComparisonResults run_experiment(ExperimentSettings& settings, const AskedRun& asked, bool single,
                                 ConsoleOptions console, bool resume);

// The same up to the first training, and prints the plan instead of training (--plan).
void plan_experiment(ExperimentSettings& settings, bool single, ConsoleOptions console);

// The assignments of a recipe; none where no recipe is named. Throws Error, also for a data file in
// a recipe's place.
std::vector<Assignment> read_recipe_argument(const std::string& path);

}  // namespace thaw
