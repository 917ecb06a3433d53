#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "report/findings/words.h"
#include "results/results.h"

namespace thaw {

// What reads the folder that save_classifier wrote: a family's own head is Transformers', a head on
// pooled vectors sentence-transformers'.
enum class CardLibrary { kTransformers, kSentenceTransformers };

// README.md of the model that a strategy trained: the hub's metadata as YAML between two lines of
// "---" (library_name, pipeline_tag, tags, base_model and datasets where they are names of the hub,
// metrics, and the results as model-index), then what it is, its labels, how it is used, how it was
// trained, how good it is, and what it is not good for. Markup in names is escaped, folders of this
// machine are cut down to their last name. `words` are the findings of these results. Throws Error
// where the strategy has no metrics.
std::string model_card(const ComparisonResults& results, const Findings& words, size_t strategy,
                       CardLibrary library);

// Writes the card of each strategy whose model lies in out/<approach>, or in `out` itself where
// there is one strategy alone. Throws Error where a file cannot be written.
void write_model_cards(const ComparisonResults& results, const Findings& words,
                       const std::filesystem::path& out);

}  // namespace thaw
