#pragma once

#include <filesystem>
#include <vector>

#include "base/listener.h"
#include "results/results.h"

namespace thaw {

// What one comparison wrote, and the folder that it wrote it into.
struct SavedRun {
  std::filesystem::path folder;
  ComparisonResults results;
};

// Reads the folder that holds results.json, or results.json itself, as read_results() does. Throws
// Error where there is none.
SavedRun read_run(const std::filesystem::path& folder_or_file);

// Runs that were evaluated on the same rows, as one comparison: the strategies of all, in their
// order, so that the first of the first is what all are compared with. Where two have the same
// name, all names get that of their run's folder before them. What the runs do not share (shared
// settings, encoder, data, versions, machine, training rows) stands with the settings of each
// strategy. Evidence is left empty; the decision is that of the first run. Slices are judged anew,
// as the listener is told.
//
// Throws Error, with the folder, where a run has no predictions, comes twice, or was evaluated on
// other labels, rows, gold labels or texts than the first.
ComparisonResults merge_runs(std::vector<SavedRun> runs, const Listener& listener = {});

}  // namespace thaw
