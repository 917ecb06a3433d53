// A recipe (TOML), and lines of --set KEY=VALUE: settings that were made of them are possible ones.
#include "experiment/recipe/recipe.h"

#include <set>

#include "fuzz/target.h"
#include "text/printable.h"

namespace {

using thaw::fuzz::require;

void check_settings(const thaw::ExperimentSettings& settings) {
  require(!settings.strategies.empty(), "there is a strategy");
  require(settings.max_length >= 0 && settings.threads >= 0 && settings.seeds >= 1,
          "counts are possible");
  require(settings.data.fraction > 0 && settings.data.fraction <= 1, "a fraction is one");
  std::set<std::string> names;
  for (const thaw::StrategySettings& strategy : settings.strategies) {
    const std::string& name = strategy.name;
    require(names.insert(name).second, "strategies have names of their own");
    require(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                name.find('\0') == std::string::npos,
            "a strategy's name is a folder's");
    require(thaw::sanitize_for_terminal(name) == name, "a strategy's name can be printed");
    const thaw::TrainingSettings& training = strategy.training;
    require(training.epochs >= 1 && training.batch_size >= 1, "there is something to train");
    require(training.learning_rate >= 0 && training.learning_rate <= 1e3, "rates are numbers");
    require(strategy.init_from.empty() || names.contains(strategy.init_from),
            "a strategy starts from one before it");
  }
}

}  // namespace

THAW_FUZZ_TARGET(recipe) {
  thaw::fuzz::Input parts(input);
  const std::string toml(parts.take_part());
  std::vector<thaw::Assignment> recipe, flags;
  thaw::fuzz::accepts([&] { recipe = thaw::parse_recipe(toml, "recipe.toml"); });
  while (!parts.rest().empty()) {
    const std::string line(parts.take_part());
    thaw::fuzz::accepts([&] { flags.push_back(thaw::parse_assignment(line, "--set")); });
  }
  thaw::fuzz::accepts([&] { check_settings(thaw::make_settings(recipe, flags)); });
}
