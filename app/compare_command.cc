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
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/tables.h"
#include "report/findings/words.h"
#include "resume.h"
#include "sanitize.h"
#include "self_check.h"
#include "setting_flags.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

struct CompareFlags {
  std::string recipe;
  SettingFlags settings;
  ResumeFlag resume;
  ConsoleOptions console;
  bool plan = false, self_check = false;
};

void run_compare(const CompareFlags& flags) {
  const auto recipe = read_recipe_argument(flags.recipe);
  if (flags.plan && flags.resume.given()) {
    throw Error("--plan is of a run that has not begun", "--resume", "leave one of them out",
                ErrorKind::kUsage);
  }
  const auto asked = flags.resume.what_to_run(
      {"compare", fs::current_path(), recipe, flags.settings.assignments()});
  if (!asked) return;
  ExperimentSettings settings = make_settings(asked->recipe, asked->command_line);
  if (flags.plan) {
    require_data(settings);
    plan_experiment(settings, false, console_listener(flags.console),
                    console_transfers(flags.console.quiet));
    return;
  }
  require_data_and_out(settings, "results");
  if (flags.self_check) throw CLI::RuntimeError(self_check("compare", settings.out));
  remember_how_to_go_on("compare", settings.out);
  catch_interrupts();
  const ComparisonResults results =
      run_experiment(settings, false, console_listener(flags.console),
                     console_transfers(flags.console.quiet), &*asked, flags.resume.given());
  const Findings words = findings(results);
  std::printf("%s\n%s\n",
              sanitize_lines(comparison_table(results, words.recommendation, output_columns()) +
                             format_references(results))
                  .c_str(),
              sanitize_lines(findings_text(words, std::min(100, output_columns()))).c_str());
  std::fputs(sanitize_lines(format_slices(results, words.recommendation)).c_str(), stdout);
  print_outputs(results, words.recommendation, settings.out, false);
}

}  // namespace

void add_compare_command(CLI::App& app) {
  const auto flags = std::make_shared<CompareFlags>();
  CLI::App* command =
      app.add_subcommand("compare", "train several strategies on the same rows and compare them");
  command->add_option("recipe", flags->recipe, "TOML file of settings; flags override it")
      ->type_name("RECIPE");
  command->add_flag("--quiet", flags->console.quiet, "no progress");
  command->add_flag("--plan", flags->plan,
                    "print rows, steps, time, memory and disk of each strategy, and stop");
  command->add_flag("--verbose", flags->console.verbose,
                    "every part of the network in the freeze plans");
  flags->resume.add_to(*command);
  command->add_flag("--self-check", flags->self_check,
                    "check that a killed and resumed run writes identical files");
  flags->settings.add_to(*command, {"name", "strategy", "init_from"});
  command->footer(
      "Examples:\n"
      "  thaw compare recipes/demo.toml --out results\n"
      "  thaw compare --model minilm --data reviews.csv --out results --strategies probe,full\n"
      "  thaw compare recipes/demo.toml --out results --full.epochs 1\n"
      "  thaw compare --data reviews.csv --plan   # what it will take, before it is done\n"
      "  thaw compare --resume results      # goes on after a kill, a crash or a full disk");
  command->callback([flags] { run_compare(*flags); });
}

}  // namespace thaw
