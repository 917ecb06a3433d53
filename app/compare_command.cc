#include <filesystem>
#include <memory>

#include "commands.h"
#include "outputs.h"
#include "recipe_argument.h"
#include "report/findings/words.h"
#include "run_command.h"
#include "setting_flags.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

struct CompareFlags {
  RunCommand run;
  SettingFlags settings;
};

void run_compare(const CompareFlags& flags) {
  const auto finished =
      flags.run.run({"compare", fs::current_path(), read_recipe_argument(flags.run.recipe()),
                     flags.settings.assignments()},
                    false, "results");
  if (!finished) return;
  const Findings words = findings(finished->results);
  print_comparison(finished->results, words);
  print_outputs(finished->results, words.recommendation, finished->out, false);
}

}  // namespace

void add_compare_command(CLI::App& app) {
  const auto flags = std::make_shared<CompareFlags>();
  CLI::App* command =
      app.add_subcommand("compare", "train several strategies on the same rows and compare them");
  flags->run.add_to(*command);
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
