#pragma once

#include "base/listener.h"
#include "experiment/comparison.h"
#include "experiment/recipe/settings.h"
#include "experiment/resume/run_fingerprint.h"
#include "hub/client.h"
#include "report/findings/recommendation.h"

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

// What new texts are to be answered with: the strategy that is recommended, or else the first that
// finished; null where none did.
const StrategyResult* strategy_to_take(const ComparisonResults& results,
                                       const Recommendation& recommendation);

}  // namespace thaw
