#include "run_experiment.h"

#include <filesystem>

#include "console.h"
#include "data/readers/table.h"
#include "models.h"

namespace thaw {

namespace {

// Finds model and data, and hands the model's folder to `work`.
template <class Work>
auto with_model(ExperimentSettings& settings, bool quiet, const Work& work) {
  try {
    name_revisions(settings);
    resolve_data(settings.data, DataUse::kAllSplits, quiet);
    const auto model = resolve_model(settings.model, ModelPlace::kFlag, quiet);
    return with_way_out("name another folder with " + setting("out"), [&] { return work(model); });
  } catch (const CannotGoOn&) {
    throw;
  } catch (const Diverged&) {
    throw;
  } catch (const Error& error) {
    throw as_given(error, settings);
  }
}

}  // namespace

ComparisonResults run_experiment(ExperimentSettings& settings, const AskedRun& asked, bool single,
                                 ConsoleOptions console, bool resume) {
  const Listener listener = console_listener(console);
  return with_model(settings, console.quiet, [&](const std::filesystem::path& model) {
    return run_comparison(settings, model, single, listener, &asked, resume);
  });
}

void plan_experiment(ExperimentSettings& settings, bool single, ConsoleOptions console) {
  with_model(settings, console.quiet, [&](const std::filesystem::path& model) {
    plan_comparison(settings, model, single, console_listener(console));
  });
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
