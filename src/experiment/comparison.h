#pragma once

#include <filesystem>

#include "base/listener.h"
#include "experiment/recipe/settings.h"
#include "experiment/resume/run_fingerprint.h"
#include "results/results.h"

namespace thaw {

// Loads, tokenizes, trains each strategy in turn, tests it, saves its model to OUT/<approach>/ and
// writes the report (report/report.h) at the end. `model_folder` is where settings.model lies.
// With `single`, the one strategy's model is saved to OUT itself.
//
// A strategy that comes to numbers that are not finite is reported as failed and the others go on;
// where all do, it ends with Diverged. Where the user stops (Interrupted) or something else fails
// (Error), what is complete by then is evaluated, reported and kept, and the exception goes on.
// The gold labels of the test are opened once, after all that is trained or chosen.
//
// With `asked`, from which the settings were made, a journal is kept in OUT/.resume
// (experiment/resume/journal.h) until all is written; where one is there already, the comparison
// goes on from it and ends with the bytes of one that was never broken off. Throws CannotResume
// where it is one of another comparison, and for an unfinished one where not `resume`.
ComparisonResults run_comparison(const ExperimentSettings& settings,
                                 const std::filesystem::path& model_folder, bool single,
                                 const Listener& listener, const RunSpec* asked = nullptr,
                                 bool resume = false);

// Says what run_comparison would do, and what of time, memory and disk it would take, by a short
// measurement on this machine, and writes nothing. Throws Error as run_comparison does before it
// begins to train, but for what concerns `out`.
void plan_comparison(const ExperimentSettings& settings, const std::filesystem::path& model_folder,
                     bool single, const Listener& listener);

}  // namespace thaw
