#include "experiment/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/context.h"
#include "base/setting_words.h"
#include "base/stopwatch.h"
#include "engine/number_type.h"
#include "experiment/choose_precision.h"
#include "experiment/compared_trainings.h"
#include "experiment/describe.h"
#include "experiment/prepared_experiment.h"
#include "experiment/references.h"
#include "experiment/resume/journal.h"
#include "experiment/run_plan.h"
#include "experiment/sealed_labels.h"
#include "experiment/unlabelled_predictions.h"
#include "files/durable_folder.h"
#include "files/files.h"
#include "files/output_folder.h"
#include "report/findings/references.h"
#include "report/findings/words.h"
#include "report/report.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// What a process that was broken off has left besides the journal and the models: the report of
// what was complete, and files that it was writing.
void remove_traces(const ExperimentSettings& settings) {
  const fs::path out = settings.out;
  remove_report(out);
  remove_file(out / kUnlabelledPredictions);
  remove_leftovers(out);
  for (const StrategySettings& strategy : settings.strategies) {
    remove_leftovers(out / strategy.name);
  }
}

void say_plan(const PreparedExperiment& experiment, const Listener& listener) {
  const ExperimentSettings& settings = experiment.settings;
  const std::unique_ptr<Engine> engine = open_engine();
  const StrategyRunner runner(settings, experiment.prepared, *engine, experiment.trained, listener);
  say_freeze_plans(settings, experiment.pretrained().table, runner.plans(), listener);
  RunPlan plan = make_run_plan(settings, experiment.prepared, runner,
                               measure_costs(settings, experiment.prepared, runner));
  plan.other_seconds += measure_other_costs(settings, experiment.data, !experiment.single);
  listener.say(format_run_plan(plan));
}

// Whether an unfinished run lies there that is resumed. Throws CannotResume where it is not to
// be.
bool resumes(const ExperimentSettings& settings, const RunSpec* asked, bool resume) {
  if (asked == nullptr || !Journal::is_unfinished(settings.out)) return false;
  if (resume) return true;
  Journal::check_nobody_works(settings.out);  // it may have begun meanwhile
  throw CannotResume(
      "holds a run that is not finished", settings.out,
      fmt::format("go on with it ({}), or name a new folder with {}",
                  command_words(asked->command, {{"resume", settings.out}}), setting("out")));
}

// The journal of a run that may be resumed; memory and precision of a resumed one are those that
// it began with.
std::unique_ptr<Journal> open_journal(const RunSpec& asked, PreparedExperiment& experiment,
                                      ComparisonResults& results, const Listener& listener) {
  const ExperimentSettings& settings = experiment.settings;
  PreparedData& prepared = experiment.prepared;
  RunFingerprint identity{fingerprints_of(experiment.data, experiment.pretrained(),
                                          {&prepared.train, &prepared.validation, &prepared.test}),
                          environment_of()};
  const std::string chosen = fingerprint_of_choices(settings);
  if (!chosen.empty()) identity.fingerprints["settings that thaw chose"] = chosen;
  auto journal =
      std::make_unique<Journal>(settings.out, asked, identity, name_of(experiment.trained),
                                prepared.memory, settings.checkpoint_every, listener);
  prepared.memory = journal->memory();
  const bool was_bf16 = journal->precision() == name_of(NumberType::kBf16);
  if (was_bf16 != (experiment.trained == NumberType::kBf16)) {
    experiment.trained = choose_precision(journal->precision(), results.precision);
  }
  results.started = journal->started();
  return journal;
}

// Trains, evaluates what is complete, whatever happens, and writes the report.
void train_and_report(const PreparedExperiment& experiment, SealedLabels gold,
                      Clock::time_point start, Journal* journal, const Listener& listener,
                      ComparisonResults& results) {
  const ExperimentSettings& settings = experiment.settings;
  const std::unique_ptr<Engine> engine = open_engine();
  std::optional<ComparedTrainings> trainings;
  try {
    trainings.emplace(experiment, *engine, listener, journal, results);
  } catch (...) {  // what was asked for cannot be done: there is nothing to go on with
    if (journal != nullptr && !journal->goes_on()) journal->remove();
    throw;
  }
  const auto report = [&] {
    if (results.strategies.empty()) return;
    trainings->evaluate(std::move(gold).open());
    // What is recommended may depend on the times, so it is made of those that are recorded.
    if (!settings.record_timings) leave_out_times(results);
    Recommendation recommendation = recommend(results);
    compare_with_references(results, recommendation);
    if (settings.record_timings) {
      results.total_seconds =
          seconds_since(start) + (journal == nullptr ? 0 : journal->seconds_before());
    }
    write_report(results, findings(results, std::move(recommendation)), settings.out);
  };
  try {
    trainings->run();
  } catch (...) {
    report();
    throw;
  }
  report();
}

// Answers for rows of the test that have no labels.
void answer_unlabelled(const PreparedExperiment& experiment, const ComparisonResults& results,
                       const Listener& listener) {
  if (experiment.data.unlabelled.split.size() == 0) return;
  const fs::path out = experiment.settings.out;
  const auto folder_of = [&](const std::string& name) {
    return experiment.single ? out : out / name;
  };
  write_unlabelled_predictions(experiment.data.unlabelled, results, folder_of,
                               experiment.max_length, experiment.trained, out, listener);
}

}  // namespace

void plan_comparison(const ExperimentSettings& given, const fs::path& model_folder, bool single,
                     const Listener& listener) {
  Context context(given.threads);
  const InContext inside(context);
  ComparisonResults results;
  PreparedExperiment experiment = open_experiment(given, model_folder, single, results);
  say_introduction(experiment, results, listener);
  tokenize(experiment, results, listener);
  say_plan(experiment, listener);
}

ComparisonResults run_comparison(const ExperimentSettings& given, const fs::path& model_folder,
                                 bool single, const Listener& listener, const RunSpec* asked,
                                 bool resume) {
  const auto start = Clock::now();
  Context context(given.threads);
  const InContext inside(context);
  if (asked != nullptr) Journal::check_nobody_works(given.out);
  ComparisonResults results;
  PreparedExperiment experiment = open_experiment(given, model_folder, single, results);
  const ExperimentSettings& settings = experiment.settings;
  const bool resumed = resumes(settings, asked, resume);
  if (asked != nullptr) Journal::clear(settings.out);
  std::optional<OutputFolder> out_folder;
  if (!resumed) out_folder.emplace(settings.out);
  say_introduction(experiment, results, listener);
  audit_rows(experiment, results, listener);
  tokenize(experiment, results, listener);
  std::unique_ptr<Journal> journal;
  if (asked != nullptr) journal = open_journal(*asked, experiment, results, listener);
  if (resumed) remove_traces(settings);
  if (!single) add_text_references(experiment.data, results, listener);

  Dataset& data = experiment.data;
  SealedLabels gold(experiment.prepared.has_test ? std::move(data.test.labels)
                                                 : data.validation.labels);
  train_and_report(experiment, std::move(gold), start, journal.get(), listener, results);
  answer_unlabelled(experiment, results, listener);
  if (journal != nullptr) journal->remove();
  const auto failed = [](const StrategyResult& result) { return !result.failure.empty(); };
  if (std::all_of(results.strategies.begin(), results.strategies.end(), failed)) {
    throw Diverged(results.strategies.front().failure, results.strategies.front().name,
                   "lower the learning rate");
  }
  return results;
}

}  // namespace thaw
