#pragma once

#include "data/dataset.h"
#include "report/results.h"
#include "training/listener.h"

namespace thaw {

// Adds the references that read no encoder (src/baseline/), with their answers to the evaluated
// rows: the majority class, and TF-IDF with logistic regression. One that cannot be fitted (its
// features do not fit into memory, say) is left out with a line that says why. Throws Interrupted
// as the listener says.
void add_text_references(const Dataset& data, ComparisonResults& results, const Listener& listener);

}  // namespace thaw
