#include <algorithm>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "experiment/comparison.h"
#include "models.h"
#include "setting_flags.h"

namespace thaw {
namespace {

struct TrainFlags {
  std::string recipe, strategy;
  SettingFlags settings;
  bool quiet = false;
};

void run_train(const TrainFlags& flags) {
  std::vector<Assignment> recipe =
      flags.recipe.empty() ? std::vector<Assignment>{} : read_recipe(flags.recipe);
  std::vector<Assignment> command_line = flags.settings.assignments();
  const std::string strategy = flags.strategy.empty() ? "full" : flags.strategy;
  // One strategy starts from the pretrained encoder, whatever it starts from in the recipe.
  std::erase_if(recipe, [](const Assignment& given) { return given.key == "init_from"; });
  command_line.push_back({"", "strategies", {strategy}, "--strategy"});
  ExperimentSettings settings = make_settings(recipe, command_line);
  require_data_and_out(settings, "the model");
  name_revisions(settings);
  catch_interrupts();
  const Listener listener = console_listener(flags.quiet);
  resolve_data(settings.data, DataUse::kAllSplits, flags.quiet);
  run_comparison(settings, resolve_model(settings.model, flags.quiet), true, listener);
  std::printf(
      "model:   %s\nreport:  %s/report.html\n\nTry it:  echo \"some text\" | thaw predict %s -\n",
      settings.out.c_str(), settings.out.c_str(), settings.out.c_str());
}

}  // namespace

void add_train_command(CLI::App& app) {
  const auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = app.add_subcommand("train", "train one classifier and save it");
  command->add_option("recipe", flags->recipe, "TOML file; flags override it")->type_name("RECIPE");
  command->add_option("--strategy", flags->strategy, "probe, last-N, full, lp-ft or bitfit (full)")
      ->type_name("NAME");
  command->add_flag("--quiet", flags->quiet, "no progress");
  flags->settings.add_to(*command, {"name", "strategy", "strategies", "init_from"});
  command->footer(
      "Example:\n"
      "  thaw train --model minilm --data reviews.csv --strategy last-2 --out my-model");
  command->callback([flags] { run_train(*flags); });
}

}  // namespace thaw
