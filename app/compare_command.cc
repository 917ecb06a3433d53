#include <cstdio>
#include <filesystem>
#include <memory>

#include "commands.h"
#include "console.h"
#include "models.h"
#include "report/references.h"
#include "report/slices.h"
#include "report/tables.h"
#include "report/words.h"
#include "resume.h"
#include "run_experiment.h"
#include "self_check.h"
#include "setting_flags.h"
#include "shown.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

struct CompareFlags {
  std::string recipe;
  SettingFlags settings;
  ResumeFlag resume;
  bool quiet = false, self_check = false;
};

void run_compare(const CompareFlags& flags) {
  const auto recipe = read_recipe_argument(flags.recipe);
  const auto asked = flags.resume.what_to_run(
      {"compare", fs::current_path(), recipe, flags.settings.assignments()});
  if (!asked) return;
  ExperimentSettings settings = make_settings(asked->recipe, asked->command_line);
  require_data_and_out(settings, "results");
  if (flags.self_check) throw CLI::RuntimeError(self_check("compare", settings.out));
  remember_how_to_go_on("compare", settings.out);
  catch_interrupts();
  const ComparisonResults results =
      run_experiment(settings, *asked, false, flags.quiet, flags.resume.given());
  std::printf("%s\n%s\n", shown(comparison_table(results) + format_references(results)).c_str(),
              shown(findings_text(findings(results))).c_str());
  std::fputs(shown(format_slices(results)).c_str(), stdout);
  std::printf("report:  %s/report.html\n", settings.out.c_str());
  print_unlabelled_predictions(settings.out);
  for (const StrategyResult& strategy : results.strategies) {
    std::printf("model:   %s/%s\n", settings.out.c_str(), strategy.approach.c_str());
  }
}

}  // namespace

void add_compare_command(CLI::App& app) {
  const auto flags = std::make_shared<CompareFlags>();
  CLI::App* command =
      app.add_subcommand("compare", "train several strategies on the same rows and compare them");
  command->add_option("recipe", flags->recipe, "TOML file of settings; flags override it")
      ->type_name("RECIPE");
  command->add_flag("--quiet", flags->quiet, "no progress");
  flags->resume.add_to(*command);
  command->add_flag("--self-check", flags->self_check,
                    "check that a killed and resumed run writes identical files");
  flags->settings.add_to(*command, {"name", "strategy", "init_from"});
  command->footer(
      "Examples:\n"
      "  thaw compare recipes/demo.toml --out results\n"
      "  thaw compare --model minilm --data reviews.csv --out results --strategies probe,full\n"
      "  thaw compare recipes/demo.toml --out results --full.epochs 1\n"
      "  thaw compare --resume results      # goes on after a kill, a crash or a full disk");
  command->callback([flags] { run_compare(*flags); });
}

}  // namespace thaw
