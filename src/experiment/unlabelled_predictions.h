#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/bf16.h"
#include "base/listener.h"
#include "data/dataset.h"
#include "results/results.h"

namespace thaw {

// What the models of a comparison say about a given test without labels: a line for each of its
// rows, the file's own id first (or "row", its number from 0), then <approach>_label and the
// probability of each label, <approach>_<label>, as `thaw predict` gives them.
inline constexpr char kUnlabelledPredictions[] = "unlabelled-predictions.csv";

// Writes that file into `out`, whole or not at all. folder_of: where the model of an approach is
// saved. Strategies that failed have empty fields. Throws Error where a model cannot be read or the
// file not be written.
void write_unlabelled_predictions(
    const UnlabelledTest& test, const ComparisonResults& results,
    const std::function<std::filesystem::path(const std::string&)>& folder_of, int max_length,
    NumberType precision, const std::filesystem::path& out, const Listener& listener);

}  // namespace thaw
