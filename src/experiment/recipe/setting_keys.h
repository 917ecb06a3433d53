#pragma once  // Tests: tests/experiment/recipe/settings_test.cc

#include <functional>
#include <string>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// A key with what it does; exactly one of the two functions is set.
struct Key {
  KeyDescription description;
  std::function<void(ExperimentSettings&, const Assignment&)> shared;
  std::function<void(StrategySettings&, const Assignment&)> of_strategy;
};

// All of them, in the order of --help.
const std::vector<Key>& keys();

}  // namespace thaw
