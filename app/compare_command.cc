#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "experiment/comparison.h"
#include "models.h"
#include "report/tables.h"
#include "report/words.h"
#include "setting_flags.h"
#include "shown.h"

namespace thaw {
namespace {

struct CompareFlags {
  std::string recipe;
  SettingFlags settings;
  bool quiet = false;
};

void run_compare(const CompareFlags& flags) {
  const auto recipe = flags.recipe.empty() ? std::vector<Assignment>{} : read_recipe(flags.recipe);
  ExperimentSettings settings = make_settings(recipe, flags.settings.assignments());
  require_data_and_out(settings, "results");
  name_revisions(settings);
  catch_interrupts();
  const Listener listener = console_listener(flags.quiet);
  resolve_data(settings.data, DataUse::kAllSplits, flags.quiet);
  const ComparisonResults results =
      run_comparison(settings, resolve_model(settings.model, flags.quiet), false, listener);
  std::printf("%s\n%s\n", shown(comparison_table(results)).c_str(),
              shown(findings_text(findings(results))).c_str());
  std::printf("report:  %s/report.html\n", settings.out.c_str());
  for (const StrategyResult& strategy : results.strategies) {
    std::printf("model:   %s/%s\n", settings.out.c_str(), strategy.approach.c_str());
  }
}

}  // namespace

void add_compare_command(CLI::App& app) {
  const auto flags = std::make_shared<CompareFlags>();
  CLI::App* command =
      app.add_subcommand("compare", "train several strategies on the same rows and compare them");
  command->add_option("recipe", flags->recipe, "TOML file; flags override it")->type_name("RECIPE");
  command->add_flag("--quiet", flags->quiet, "no progress");
  flags->settings.add_to(*command, {"name", "strategy", "init_from"});
  command->footer(
      "Examples:\n"
      "  thaw compare recipes/demo.toml --out results\n"
      "  thaw compare --model minilm --data reviews.csv --out results --strategies probe,full\n"
      "  thaw compare recipes/demo.toml --out results --full.epochs 1");
  command->callback([flags] { run_compare(*flags); });
}

}  // namespace thaw
