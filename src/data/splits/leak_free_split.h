#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "data/dataset.h"

namespace thaw {

// Nearly equal texts are looked for in at most so many bytes of text: a minute on two cores.
inline constexpr int64_t kMostBytesToCompare = 400'000'000;

// The largest share of a part that moves to train: of rows whose text another part has, and of
// those together with rows whose text is nearly another part's.
inline constexpr double kMostEqualMoved = 0.5, kMostNearMoved = 1 / 3.0;

// Moves rows of the parts that were drawn from train back to it, so that no text is trained on and
// tested with:
//   1. rows whose text (of pairs: both texts) stands in another part as well, to the byte; of a
//      text in validation and test, all rows;
//   2. rows that are a near duplicate of a row of another part, as drawn. Every such pair is
//      verified; what is near to it in turn stays (no chains), and is counted where it is left
//      near to a moved row.
// Labels do not matter. Moved rows stand at the end of train, by their number in the file.
//
// A part is not spoilt: rows stay that are all that it has of a label, and all rows of a step that
// would move more than the shares above. `dataset.changes` says what was moved and left.
//
// Parts that were not drawn are neither changed nor looked at; the checks of the data
// (data/audit/audit.h) tell what they share.
void make_split_leak_free(Dataset& dataset, bool drew_validation, bool drew_test);

// Takes rows out of train whose text stands in an earlier row of train, as pandas'
// drop_duplicates(subset=text) does, or in `validation` or `test`, whatever their labels. To be
// called before parts are drawn. Throws Error where a label loses its last row.
void drop_repeated_texts(Dataset& dataset);

// What was changed, as sentences for a terminal, a line each; empty where nothing was.
std::string format_split_changes(const SplitChanges& changes);

// The same as facts for results.json; empty where nothing was changed and nothing else asked for.
std::map<std::string, std::string> describe_split_changes(const SplitChanges& changes);

}  // namespace thaw
