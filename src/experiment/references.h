#pragma once

#include "base/listener.h"
#include "data/dataset.h"
#include "results/results.h"
#include "training/class_weights.h"

namespace thaw {

// Adds the references that read no encoder (src/baseline/), with their answers to the evaluated
// rows: the majority class, and TF-IDF with logistic regression. One that cannot be fitted (its
// features do not fit into memory, say) is left out with a line that says why. Throws Interrupted
// as the listener says.
void add_text_references(const Dataset& data, ComparisonResults& results, const Listener& listener);

// What the first layer of a head with a dense layer reads of each row.
struct PooledVectors {
  int64_t size = 0;
  const float* train = nullptr;       // [train_labels, size]
  const float* validation = nullptr;  // [validation_labels, size]
  const float* evaluated = nullptr;   // [evaluated_rows, size]
  std::vector<int32_t> train_labels, validation_labels;
  int64_t evaluated_rows = 0;
  double seconds = 0;  // that they took
};

// Adds the optimum of a linear classifier on these vectors, solved as the exact probe is where the
// head is linear: C by the validation loss, or with fewer than kRowsToChooseBy validation rows by
// cross-validation; the weights of classes are those of `loss`. Vectors that are
// not finite leave it out with a line. Throws Interrupted as the listener says.
void add_pooled_reference(const PooledVectors& vectors, const LossSettings& loss,
                          ComparisonResults& results, const Listener& listener);

}  // namespace thaw
