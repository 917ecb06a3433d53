#include "run_command.h"

#include "api/resolve_data.h"
#include "api/run_experiment.h"
#include "base/error.h"
#include "experiment/recipe/settings.h"
#include "hub_console.h"
#include "self_check.h"

namespace thaw {

void RunCommand::add_to(CLI::App& command) {
  command.add_option("recipe", recipe_, "TOML file of settings; flags override it")
      ->type_name("RECIPE");
  command.add_flag("--quiet", console_.quiet, "no progress");
  command.add_flag("--plan", plan_,
                   "print rows, steps, time, memory and disk of each strategy, and stop");
  command.add_flag("--verbose", console_.verbose, "every part of the network in the freeze plans");
  resume_.add_to(command);
  command.add_flag("--self-check", self_check_,
                   "check that a killed and resumed run writes identical files");
}

std::optional<FinishedRun> RunCommand::run(const RunSpec& given, bool single,
                                           const std::string& what) const {
  if (plan_ && resume_.given()) {
    throw Error("--plan is of a run that has not begun", "--resume", "leave one of them out",
                ErrorKind::kUsage);
  }
  const auto asked = resume_.what_to_run(given);
  if (!asked) return {};
  ExperimentSettings settings = make_settings(asked->recipe, asked->command_line);
  const HubListener transfers = console_transfers(console_.quiet);
  if (plan_) {
    require_data(settings);
    plan_experiment(settings, single, console_listener(console_), transfers);
    return {};
  }
  require_data_and_out(settings, what);
  if (self_check_) throw CLI::RuntimeError(self_check(given.command, settings.out));
  remember_how_to_go_on(given.command, settings.out);
  catch_interrupts();
  ComparisonResults results = run_experiment(settings, single, console_listener(console_),
                                             transfers, &*asked, resume_.given());
  return FinishedRun{std::move(results), settings.out};
}

}  // namespace thaw
