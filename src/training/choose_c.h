#pragma once

#include <cstdint>
#include <vector>

#include "base/listener.h"

namespace thaw {

// Validation rows from which an epoch, C or a learning rate is chosen by them: with fewer, the
// standard error of the loss is larger than what there is to choose between.
inline constexpr int64_t kRowsToChooseBy = 100;

// From where nearly nothing is learnt to where nearly nothing holds the weights back.
inline constexpr double kGridOfC[] = {1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1,
                                      3,    10,   30,   100,  300, 1000};

// Folds of the cross-validation, and rows above which two are enough.
inline constexpr int64_t kMostFolds = 5;
inline constexpr int64_t kRowsForTwoFolds = 5000;

// Of rows with so many of each label: 0 where a label has a single one, so that nothing can be held
// out.
int64_t cross_validation_folds(const std::vector<int64_t>& label_rows);

struct ChosenC {
  double inverse_regularization = 1;
  int folds = 0;  // 0: a label has a single row, so that nothing could be held out and C is 1
};

// The C of kGridOfC with the lowest mean cross-entropy over rows that are held out in turn, ties to
// the smaller: for a linear classifier (logistic_regression.h) without validation rows enough to
// choose by. Five folds, two above 5,000 rows, fewer where a label has fewer rows; the rows of each
// label are dealt out in turn, so that the folds have the same shares of labels. Deterministic.
ChosenC cross_validated_c(const float* features /* [rows, hidden] */,
                          const int32_t* gold /* [rows] */, int64_t rows, int64_t hidden,
                          int64_t labels, const std::vector<double>& class_weights /* [labels] */,
                          const Listener& listener);

}  // namespace thaw
