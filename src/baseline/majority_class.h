#pragma once  // Tests: tests/baseline/tfidf_classifier_test.cc

#include <cstdint>
#include <vector>

namespace thaw {

// Says the same of every text: the least that a classifier must beat. scikit-learn's
// DummyClassifier(strategy="prior").
struct MajorityClass {
  std::vector<double> shares;  // [labels] of the training rows; they sum to 1
  int32_t label = 0;           // the most frequent, of equals the one with the lower id

  // Throws Error where there are no rows or a label is none of [0, labels).
  static MajorityClass fit(const std::vector<int32_t>& gold /* [rows] */, int64_t labels);

  // The shares, for each row. Their largest, the first of equals, is `label`.  // [rows, labels]
  std::vector<double> probabilities(int64_t rows) const;
};

}  // namespace thaw
