#pragma once

#include <cstdint>
#include <vector>

#include "data/readers/text_column.h"

namespace thaw {

// Texts whose shingles (data/audit/shingles.h) have at least this Jaccard index are near
// duplicates: a hundred characters of which ten in one place differ, or a text with another link at
// its end. Texts of fewer than eight characters are near only if they are equal but for case and
// spaces.
inline constexpr double kNearDuplicate = 0.8;

// A row and the most similar row that stands before it: in another split, or in its own.
struct NearDuplicate {
  int32_t split, earlier_split;  // places in `splits`; earlier_split <= split
  int64_t row, earlier_row;      // positions in them
  double similarity;             // exact Jaccard index; of pairs, the lower of both texts'
};

// Whether rows are compared with those of their own split as well.
enum class NearWithin { kLookFor, kLeaveOut };

// Finds near duplicates by MinHash signatures (Broder 1997; one permutation with optimal
// densification, Shrivastava 2017) cut into bands (Leskovec, Rajaraman, Ullman, "Mining of Massive
// Datasets", 3.4): a pair at the limit is a candidate with a probability of 0.9996, one of
// similarity 0.3 with 0.05. Every candidate is verified, so what is returned is near for certain.
//
// A row is returned at most once with a row of an earlier split, and at most once with an earlier
// row of its own split; not with an earlier split if it stands there byte by byte, nor within its
// own if it repeats a row of it. Within a split, only texts that no earlier split has are compared.
// Empty texts are near to nothing. By split, then row, then earlier split. The same on any number
// of threads.
//
// Time and memory (about 120 bytes a row) are linear in the rows: of a crowd of candidates each row
// is compared with a few dozen.
std::vector<NearDuplicate> find_near_duplicates(const std::vector<const TextColumn*>& splits,
                                                NearWithin within = NearWithin::kLookFor);

}  // namespace thaw
