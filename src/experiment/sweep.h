#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// Adds every last-N, N = 1…layers, that the strategies lack, with the settings that stand for all
// strategies: before the first of full, lp-ft and bitfit, in the order of N.
void expand_depth_sweep(ExperimentSettings& settings, int layers);

// All rows in an order whose every beginning has each label's share of the whole as nearly as its
// length allows; which rows come first follows from the seed.  // [rows]
std::vector<int64_t> nested_order(const std::vector<int32_t>& labels /* [rows] */, uint64_t seed);

// Training sizes of a learning curve below `rows`, ascending, each once: those of the settings
// (shares up to 1, else rows), or rows/2, rows/4, … down to some ten rows a label. Throws Error
// where a size is beyond the rows.
std::vector<int64_t> sweep_sizes(const ExperimentSettings& settings, int64_t rows, int64_t labels);

// To so many significant digits: 1.5e-4, not 1.5000000000000001e-4.
double rounded(double value, int digits);

// What a search tries for a strategy: every pair of learning rate and epochs, where both are
// searched. Its own settings are among them unless candidates are named.
std::vector<TrainingSettings> search_candidates(const ExperimentSettings& settings,
                                                const TrainingSettings& own);

}  // namespace thaw
