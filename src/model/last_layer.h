#pragma once  // Tests: tests/model/whole_classifier_test.cc

#include <string>

#include "model/classifier.h"

namespace thaw {

// Multiplies the weight and the bias of the layer that gives the logits, in memory of the
// classifier's own: what it shares them with stays as it is.
void scale_last_layer(ClassifierModel& classifier, double factor);

// The classifier whose logits are those divided by its temperature; itself where that is 1 or has
// been folded in before.
ClassifierModel with_folded_temperature(const ClassifierModel& classifier);

// SHA-256 of the last layer's weight and bias, as rows stand in the folder that it came from
// (ClassifierModel::head_rows): tells whether another program has trained a saved classifier on.
std::string last_layer_hash(const ClassifierModel& classifier);

}  // namespace thaw
