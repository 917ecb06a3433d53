#pragma once  // Tests: tests/baseline/ngrams_test.cc

#include <cstdint>
#include <string_view>
#include <vector>

#include "baseline/ngrams.h"

namespace thaw {

// The n-grams of many texts and how many texts have them.
struct NgramCounts {
  std::vector<std::string_view> ngrams;     // by code points, as Python sorts; parts of the texts
  std::vector<int64_t> document_frequency;  // [ngrams]
  int64_t distinct = 0;                     // n-grams before the cap
  bool capped() const { return static_cast<int64_t>(ngrams.size()) < distinct; }
};

// Counts exactly. Where there are more than `most` n-grams, those are kept that the most texts
// have, of equals those that come first in the alphabet. (scikit-learn's max_features goes by how
// often they occur in all.)
//
// `table_entries` bounds the memory: at most so many n-grams, of some 64 bytes each, are counted at
// a time, by all threads together; where there are more, the texts are gone through again for each
// part of them. The views live as long as the texts.
NgramCounts count_ngrams(const NgramTexts& texts, NgramKind kind, int64_t most,
                         int64_t table_entries = int64_t{1} << 22);

}  // namespace thaw
