#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "api/resolve_data.h"
#include "api/run_experiment.h"
#include "base/error.h"
#include "commands.h"
#include "console.h"
#include "hub_console.h"
#include "outputs.h"
#include "recipe_argument.h"
#include "report/findings/caveats.h"
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/training_state.h"
#include "resume.h"
#include "sanitize.h"
#include "self_check.h"
#include "setting_flags.h"

namespace thaw {
namespace {

struct TrainFlags {
  std::string recipe, strategy;
  SettingFlags settings;
  ResumeFlag resume;
  ConsoleOptions console;
  bool plan = false, self_check = false;
};

void run_train(const TrainFlags& flags) {
  std::vector<Assignment> recipe = read_recipe_argument(flags.recipe);
  std::vector<Assignment> command_line = flags.settings.assignments();
  std::string strategy = flags.strategy;
  if (strategy.empty() && !flags.resume.names_folder()) strategy = "full";
  // One strategy starts from the pretrained encoder, whatever it starts from in the recipe.
  std::erase_if(recipe, [](const Assignment& given) { return given.key == "init_from"; });
  if (!strategy.empty()) {
    command_line.push_back({"", "strategies", {strategy}, "--strategy"});
  }
  if (flags.plan && flags.resume.given()) {
    throw Error("--plan is of a run that has not begun", "--resume", "leave one of them out",
                ErrorKind::kUsage);
  }
  const auto asked =
      flags.resume.what_to_run({"train", std::filesystem::current_path(), recipe, command_line});
  if (!asked) return;
  ExperimentSettings settings = make_settings(asked->recipe, asked->command_line);
  if (flags.plan) {
    require_data(settings);
    plan_experiment(settings, true, console_listener(flags.console),
                    console_transfers(flags.console.quiet));
    return;
  }
  require_data_and_out(settings, "the model");
  if (flags.self_check) throw CLI::RuntimeError(self_check("train", settings.out));
  remember_how_to_go_on("train", settings.out);
  catch_interrupts();
  const ComparisonResults results =
      run_experiment(settings, true, console_listener(flags.console),
                     console_transfers(flags.console.quiet), &*asked, flags.resume.given());
  const Recommendation recommendation = recommend(results);
  std::fputs(sanitize_lines(format_references(results) + format_training_warnings(results) +
                            format_caveats(results) + format_slices(results, recommendation))
                 .c_str(),
             stdout);
  print_outputs(results, recommendation, settings.out, true);
}

}  // namespace

void add_train_command(CLI::App& app) {
  const auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = app.add_subcommand("train", "train one classifier and save it");
  command->add_option("recipe", flags->recipe, "TOML file of settings; flags override it")
      ->type_name("RECIPE");
  command->add_option("--strategy", flags->strategy, "probe, last-N, full, lp-ft or bitfit (full)")
      ->type_name("NAME");
  command->add_flag("--quiet", flags->console.quiet, "no progress");
  command->add_flag("--plan", flags->plan,
                    "print rows, steps, time, memory and disk of each strategy, and stop");
  command->add_flag("--verbose", flags->console.verbose,
                    "every part of the network in the freeze plans");
  flags->resume.add_to(*command);
  command->add_flag("--self-check", flags->self_check,
                    "check that a killed and resumed run writes identical files");
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
