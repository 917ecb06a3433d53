#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/audit/audit.h"
#include "results/results.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// Of a model's folder, in tokens; 0: none.
struct LengthLimits {
  int usual = 0;  // that a training takes where nobody says otherwise
  int most = 0;   // that the model takes at all
};

// The limits that a training of this model has (default_max_length), its weights not being read:
// what the folder of a sentence encoder names counts, not only what its tokenizer says. A folder
// that holds a tokenizer alone has the tokenizer's. `label_names`: any.
LengthLimits length_limits(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                           const std::vector<std::string>& label_names);

// What cutting texts of these lengths to max_length would take.
TruncationFindings truncation_of_lengths(const SplitLengths& lengths, int max_length,
                                         const LengthLimits& limits);

}  // namespace thaw
