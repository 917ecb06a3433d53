#pragma once  // Tests: tests/report/findings/recommendation_headline_test.cc

#include <cstddef>
#include <string>

#include "results/results.h"

namespace thaw {

// A strategy as a sentence speaks of it. Those whose name is the user's own, or that share their
// kind with another one, go by their names.

// "Unfreeze the last layer", "Keep the encoder frozen", "Take my_name".
std::string to_do(const ComparisonResults& results, size_t strategy);
// "unfreezing the last layer", "training the head alone", "my_name"; never begins a sentence.
std::string doing(const ComparisonResults& results, size_t strategy);
// The same at the beginning of a sentence: "Unfreezing the last layer", "my_name".
std::string doing_first(const ComparisonResults& results, size_t strategy);

// " for three times the training time", from a factor as the tables show it; "" where unknown.
std::string for_times_the_training_time(double factor);

}  // namespace thaw
