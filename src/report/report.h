#pragma once

#include <filesystem>

#include "report/findings/words.h"
#include "results/results.h"

namespace thaw {

// kLeave: somebody may have written on in the cards since.
enum class ModelCards { kWrite, kLeave };

// Writes into the folder `out` (created where it is missing) results.csv, results.json,
// predictions.csv, report.html, slices.csv where there are slices, figures/*.svg, tensorboard/ and
// artifacts.zip, which holds the others, and the card of each model that lies in `out` (see
// model_card.h). Each file is afterwards complete or absent; the same results give the same bytes.
// `words` are the findings of these results. Throws Error when the results do not fit together or a
// file cannot be written.
void write_report(const ComparisonResults& results, const Findings& words,
                  const std::filesystem::path& out, ModelCards cards = ModelCards::kWrite);
// With findings(results).
void write_report(const ComparisonResults& results, const std::filesystem::path& out,
                  ModelCards cards = ModelCards::kWrite);

// Removes from the folder what write_report puts there, but for the cards.
void remove_report(const std::filesystem::path& out) noexcept;

// Reads results.json and, where it lies beside it, predictions.csv. write_report then makes the
// same bytes again. Throws Error with the place of what does not fit.
ComparisonResults read_results(const std::filesystem::path& results_json);

}  // namespace thaw
