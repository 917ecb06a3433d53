#pragma once

#include "base/listener.h"
#include "experiment/comparison.h"
#include "experiment/recipe/settings.h"
#include "experiment/resume/run_fingerprint.h"
#include "hub/client.h"

namespace thaw {

// Finds model and data, which may be on the hub and then are named with their revisions in
// `settings`, and runs the comparison, or with `single` its one strategy alone: run_comparison()
// says what `asked` and `resume` are. Errors name the line of a recipe where one gave the value.
ComparisonResults run_experiment(ExperimentSettings& settings, bool single,
                                 const Listener& listener = {}, const HubListener& hub = {},
                                 const RunSpec* asked = nullptr, bool resume = false);

// The same up to the first training, which the listener is told the plan of.
void plan_experiment(ExperimentSettings& settings, bool single, const Listener& listener,
                     const HubListener& hub = {});

}  // namespace thaw
