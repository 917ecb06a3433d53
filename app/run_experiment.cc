#include "run_experiment.h"

#include <filesystem>

#include "console.h"
#include "data/table.h"
#include "models.h"

namespace thaw {

ComparisonResults run_experiment(ExperimentSettings& settings, const AskedRun& asked, bool single,
                                 bool quiet, bool resume) {
  try {
    name_revisions(settings);
    resolve_data(settings.data, DataUse::kAllSplits, quiet);
    const Listener listener = console_listener(quiet);
    return run_comparison(settings, resolve_model(settings.model, ModelPlace::kFlag, quiet), single,
                          listener, &asked, resume);
  } catch (const CannotGoOn&) {
    throw;
  } catch (const Diverged&) {
    throw;
  } catch (const Error& error) {
    throw as_given(error, settings);
  }
}

std::vector<Assignment> read_recipe_argument(const std::string& path) {
  if (path.empty()) return {};
  if (has_table_ending(path)) {
    throw Error("'" + path + "' is a data file, where a recipe may stand", "",
                "name it with --data: --data " + path, ErrorKind::kUsage);
  }
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw Error("'" + path + "' is a folder, where a recipe's file may stand", "",
                "name data with --data, a model with --model, a run to go on with --resume",
                ErrorKind::kUsage);
  }
  return read_recipe(path);
}

}  // namespace thaw
