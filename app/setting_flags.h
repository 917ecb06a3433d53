#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "experiment/settings.h"

namespace thaw {

// The flags of an experiment: one for each key of a recipe (--learning-rate for learning_rate), the
// same for one strategy alone (--probe.epochs 2), and --set KEY=VALUE for any of them.
class SettingFlags {
 public:
  // `without`: keys that the command does not offer.
  void add_to(CLI::App& command, const std::vector<std::string>& without);
  // What the command line said, in its order.
  std::vector<Assignment> assignments() const;

 private:
  std::vector<Assignment> given_;
  std::vector<std::string> set_;
};

// The program's arguments as CLI11 reads them: --probe.epochs 2 as --set probe.epochs=2, and a key that
// is true or false without its value (--drop-duplicates) as --drop-duplicates=true.
std::vector<std::string> expand_strategy_flags(int argc, char** argv);

}  // namespace thaw
