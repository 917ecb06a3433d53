#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <filesystem>
#include <vector>

#include "experiment/recipe/settings.h"
#include "model/classifier.h"

namespace thaw {

// The classifier of each seed. They share all that comes from the folder; what is new is each
// seed's own.
// Throws Error as open_classifier does.
std::vector<ClassifierModel> open_for_seeds(const std::filesystem::path& folder,
                                            const ExperimentSettings& settings,
                                            OpenOptions options);

}  // namespace thaw
