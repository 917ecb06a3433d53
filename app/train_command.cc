#include <cstdio>
#include <filesystem>
#include <memory>

#include "commands.h"
#include "outputs.h"
#include "recipe_argument.h"
#include "report/findings/caveats.h"
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/training_state.h"
#include "run_command.h"
#include "sanitize.h"
#include "setting_flags.h"

namespace thaw {
namespace {

struct TrainFlags {
  RunCommand run;
  std::string strategy;
  SettingFlags settings;
};

void run_train(const TrainFlags& flags) {
  std::vector<Assignment> recipe = read_recipe_argument(flags.run.recipe());
  std::vector<Assignment> command_line = flags.settings.assignments();
  std::string strategy = flags.strategy;
  if (strategy.empty() && !flags.run.resume().names_folder()) strategy = "full";
  // One strategy starts from the pretrained encoder, whatever it starts from in the recipe.
  std::erase_if(recipe, [](const Assignment& given) { return given.key == "init_from"; });
  if (!strategy.empty()) {
    command_line.push_back({"", "strategies", {strategy}, "--strategy"});
  }
  const auto finished = flags.run.run(
      {"train", std::filesystem::current_path(), recipe, command_line}, true, "the model");
  if (!finished) return;
  const ComparisonResults& results = finished->results;
  const Recommendation recommendation = recommend(results);
  std::fputs(sanitize_lines(format_references(results) + format_training_warnings(results) +
                            format_caveats(results) + format_slices(results, recommendation))
                 .c_str(),
             stdout);
  print_outputs(results, recommendation, finished->out, true);
}

}  // namespace

void add_train_command(CLI::App& app) {
  const auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = app.add_subcommand("train", "train one classifier and save it");
  command->add_option("--strategy", flags->strategy, "probe, last-N, full, lp-ft or bitfit (full)")
      ->type_name("NAME");
  flags->run.add_to(*command);
  flags->settings.add_to(*command, {"name", "strategy", "strategies", "init_from"});
  command->footer(
      "Examples:\n"
      "  thaw train --model minilm --data reviews.csv --strategy last-2 --out my-model\n"
      "  thaw train --data reviews.csv --strategy probe --test-size 20% --out my-probe\n"
      "  thaw train --data reviews.csv --plan     # what it will take, before it is done\n"
      "  thaw train --resume my-model       # goes on after a kill, a crash or a full disk");
  command->callback([flags] { run_train(*flags); });
}

}  // namespace thaw
