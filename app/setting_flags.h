#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "experiment/recipe/settings.h"

namespace thaw {

// The flags of an experiment: one for each key of a recipe (--learning-rate for learning_rate), the
// same for one strategy alone (--probe.epochs 2), and --set KEY=VALUE for any of them.
class SettingFlags {
 public:
  // `without`: keys that the command does not offer.
  void add_to(CLI::App& command, const std::vector<std::string>& without);
  // What the command line said, in its order. Throws Error for what is not KEY=VALUE.
  std::vector<Assignment> assignments() const;

 private:
  std::vector<Assignment> given_;
  std::vector<std::string> set_, of_one_strategy_;
};

// Arguments as CLI11 reads them: --probe.epochs 2 as an option that it knows.
std::vector<std::string> expand_strategy_flags(const std::vector<std::string>& arguments);

}  // namespace thaw
