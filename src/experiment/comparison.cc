#include "experiment/comparison.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/context.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/setting_words.h"
#include "base/stopwatch.h"
#include "data/audit/similar_labels.h"
#include "data/class_balance.h"
#include "data/splits/leak_free_split.h"
#include "engine/cpu/gemm/linear.h"
#include "experiment/choose_precision.h"
#include "experiment/compared_trainings.h"
#include "experiment/data_findings.h"
#include "experiment/describe.h"
#include "experiment/recipe/suited_settings.h"
#include "experiment/references.h"
#include "experiment/resume/journal.h"
#include "experiment/run_plan.h"
#include "experiment/run_sequence.h"
#include "experiment/sealed_labels.h"
#include "experiment/seed_classifiers.h"
#include "experiment/strategy_runner.h"
#include "experiment/suspects.h"
#include "experiment/sweep.h"
#include "experiment/tokenize_splits.h"
#include "experiment/unlabelled_predictions.h"
#include "files/durable_folder.h"
#include "files/files.h"
#include "files/output_folder.h"
#include "model/load_report.h"
#include "model/save_classifier.h"
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/tables.h"
#include "report/findings/truncation_words.h"
#include "report/report.h"
#include "results/evidence.h"

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
    remove_leftovers(out / strategy.approach);
  }
}

// Runs, whatever happens evaluates what is complete, and writes the report.
void run_in(const ExperimentSettings& settings, bool single, const Material& material,
            const Split& train_split, const Tokenizer& tokenizer, int max_length,
            NumberType trained, SealedLabels gold, Clock::time_point start,
            const Listener& listener, Journal* journal, ComparisonResults& results,
            const std::function<void()>& at_the_end) {
  const std::unique_ptr<Engine> engine = open_engine();
  std::optional<ComparedTrainings> opened;
  try {
    opened.emplace(settings, single, material, train_split, tokenizer, max_length, *engine, trained,
                   listener, journal, results);
  } catch (...) {  // what was asked for cannot be done: there is nothing to go on with
    if (journal != nullptr && !journal->goes_on()) journal->remove();
    throw;
  }
  ComparedTrainings& comparison = *opened;
  const auto finish = [&] {
    if (results.strategies.empty()) return;
    comparison.evaluate(std::move(gold).open());
    // What is recommended may depend on the times, so it is made of those that are recorded.
    if (!settings.times) leave_out_times(results);
    Recommendation recommendation = recommend(results);
    compare_with_references(results, recommendation);
    if (settings.times) {
      results.total_seconds =
          seconds_since(start) + (journal == nullptr ? 0 : journal->seconds_before());
    }
    write_report(results, findings(results, std::move(recommendation)), settings.out);
  };
  try {
    comparison.run();
  } catch (...) {
    finish();
    throw;
  }
  finish();
  at_the_end();
  if (journal != nullptr) journal->remove();
  const auto failed = [](const StrategyResult& result) { return !result.failure.empty(); };
  if (std::all_of(results.strategies.begin(), results.strategies.end(), failed)) {
    throw Diverged(results.strategies.front().failure, results.strategies.front().approach,
                   "lower the learning rate");
  }
}

// What a comparison works with, opened and checked.
struct Opened {
  ExperimentSettings settings;
  Dataset data;
  Material material;
  std::optional<Tokenizer> tokenizer;
  int max_length = 0;
  TrainingScale scale;

  const Classifier& pretrained() const { return material.pretrained.front(); }
};

Opened open_experiment(const ExperimentSettings& given, const fs::path& model_folder) {
  Opened opened;
  opened.settings = given;
  ExperimentSettings& settings = opened.settings;
  opened.data = load_dataset(settings.data);
  const Dataset& data = opened.data;
  OpenOptions options;
  options.pooling = settings.pooling;
  options.head = settings.head;
  options.label_names = data.label_names;
  opened.material.pretrained = open_for_seeds(model_folder, settings, options);
  for (Classifier& classifier : opened.material.pretrained) classifier.columns = data.columns;
  const Classifier& pretrained = opened.pretrained();
  opened.tokenizer.emplace(load_tokenizer(pretrained));
  check_tokenizer_fits(pretrained, *opened.tokenizer);
  opened.max_length = settings.max_length > 0 ? settings.max_length
                                              : default_max_length(pretrained, *opened.tokenizer);
  check_max_length(pretrained, *opened.tokenizer, opened.max_length, data.train.texts.has_pairs());
  check_frozen_precision(settings.frozen_precision,
                         {"frozen_precision", settings.frozen_precision});
  if (settings.sweep_depth) expand_depth_sweep(settings, pretrained.table.layers);
  std::vector<int64_t> class_rows(data.label_names.size());
  for (const int32_t label : data.train.labels) ++class_rows.at(static_cast<size_t>(label));
  opened.scale = {data.train.size(), data.validation.size(), class_balance(class_rows)};
  suit_settings(settings, pretrained, opened.scale);
  if (settings.sweep_size) sweep_sizes(settings, data.train.size(), pretrained.head.labels);
  if (!settings.search.empty() && data.validation.size() == 0) {
    throw Error("there are no validation rows to search with", Setting{"search"},
                "hold some back with " + setting("validation_size", "0.1"));
  }
  return opened;
}

// What was read, and what will be done with it.
void say_introduction(const Opened& opened, const ComparisonResults& results,
                      const Listener& listener) {
  const Dataset& data = opened.data;
  std::string notes;
  for (const std::string& note : data.notes) notes += note + "\n";
  listener.say(notes);
  listener.say(format_introduction(results, opened.pretrained()));
  std::string choice = describe_choice_of_settings(opened.settings, opened.scale);
  if (!choice.empty()) choice = "Settings: " + choice + "\n";
  choice += describe_imbalance(opened.settings, opened.scale, data.label_names);
  if (!choice.empty()) listener.say(choice);
  const std::string of_rows = format_split_changes(data.changes) +
                              format_similar_labels(find_similar_labels(data.label_names));
  if (!of_rows.empty()) listener.say(of_rows);
}

void fill_material(Opened& opened, ComparisonResults& results, const Listener& listener) {
  Material& material = opened.material;
  const Dataset& data = opened.data;
  results.findings.truncation =
      tokenize_splits(data, *opened.tokenizer, opened.pretrained(), opened.max_length, material);
  listener.say("Truncation: " + truncation_sentence(results.findings.truncation) + "\n");
  material.train_labels = data.train.labels;
  material.train_numbers = data.train.rows;
  material.validation_labels = data.validation.labels;
  material.has_test = data.test.size() > 0;
  material.spill_folder = opened.settings.out;
  material.memory = opened.settings.memory > 0 ? opened.settings.memory : available_memory();
}

void say_plan(const Opened& opened, bool single, NumberType trained, const Listener& listener) {
  const ExperimentSettings& settings = opened.settings;
  const std::unique_ptr<Engine> engine = open_engine();
  const StrategyRunner runner(settings, opened.material, *engine, trained, listener);
  say_freeze_plans(settings, opened.pretrained().table, runner.plans(), listener);
  RunPlan plan = make_run_plan(settings, opened.material, runner,
                               measure_costs(settings, opened.material, runner));
  plan.other_seconds += measure_other_costs(settings, opened.data, !single);
  listener.say(format_run_plan(plan));
}

}  // namespace

void plan_comparison(const ExperimentSettings& given, const fs::path& model_folder, bool single,
                     const Listener& listener) {
  Context context(given.threads);
  const InContext inside(context);
  Opened opened = open_experiment(given, model_folder);
  ComparisonResults results;
  describe_experiment(opened.settings, opened.data, opened.pretrained(), opened.max_length,
                      results);
  const NumberType precision = choose_precision(opened.settings.precision, results.precision);
  say_introduction(opened, results, listener);
  fill_material(opened, results, listener);
  say_plan(opened, single, precision, listener);
}

ComparisonResults run_comparison(const ExperimentSettings& given, const fs::path& model_folder,
                                 bool single, const Listener& listener, const AskedRun* asked,
                                 bool resume) {
  const auto start = Clock::now();
  Context context(given.threads);
  const InContext inside(context);
  if (asked != nullptr) Journal::check_nobody_works(given.out);
  Opened opened = open_experiment(given, model_folder);
  const ExperimentSettings& settings = opened.settings;
  Dataset& data = opened.data;
  Material& material = opened.material;
  const Classifier& pretrained = opened.pretrained();
  const Tokenizer& tokenizer = *opened.tokenizer;
  const int max_length = opened.max_length;

  ComparisonResults results;
  describe_experiment(settings, data, pretrained, max_length, results);
  NumberType precision = choose_precision(settings.precision, results.precision);
  const bool goes_on = asked != nullptr && Journal::is_unfinished(settings.out);
  if (goes_on && !resume) {
    Journal::check_nobody_works(settings.out);  // it may have begun meanwhile
    throw CannotGoOn("holds a run that is not finished", settings.out,
                     "go on with it (" + command_words(asked->command, {{"resume", settings.out}}) +
                         "), or name a new folder with " + setting("out"));
  }
  if (asked != nullptr) Journal::clear(settings.out);
  std::optional<OutputFolder> out_folder;
  if (!goes_on) out_folder.emplace(settings.out);
  say_introduction(opened, results, listener);
  if (settings.check_data) {
    const SplitLengths lengths{tokenizer.lengths(data.train.texts),
                               tokenizer.lengths(data.validation.texts),
                               tokenizer.lengths(data.test.texts)};
    results.findings = find_data_problems(data, lengths, max_length);
    listener.say(format_findings(results.findings, data.label_names));
  }
  const Split& evaluated = data.test.size() > 0 ? data.test : data.validation;
  if (!evaluated.columns.empty()) {
    take_slice_values(evaluated.columns, tokenizer.lengths(evaluated.texts), results);
    for (const SlicedColumn& column : results.slices) {
      const std::string taken = slices_sentence(column);
      if (!taken.empty()) listener.say("Slices: " + taken + "\n");
      std::string& named = results.settings["slices"];
      named += (named.empty() ? "" : ", ") + column.name;
    }
  }
  fill_material(opened, results, listener);
  std::unique_ptr<Journal> journal;
  if (asked != nullptr) {
    RunIdentity identity{
        fingerprints_of(data, pretrained, {&material.train, &material.validation, &material.test}),
        environment_of()};
    const std::string chosen = fingerprint_of_choices(settings);
    if (!chosen.empty()) identity.fingerprints["settings that thaw chose"] = chosen;
    journal = std::make_unique<Journal>(settings.out, *asked, identity,
                                        precision == NumberType::kBf16 ? "bf16" : "fp32",
                                        material.memory, settings.checkpoint_every, listener);
    material.memory = journal->memory();
    const bool was_bf16 = journal->precision() == "bf16";
    if (was_bf16 != (precision == NumberType::kBf16)) {
      precision = choose_precision(journal->precision(), results.precision);
    }
    results.started = journal->started();
    if (goes_on) remove_traces(settings);
  }
  if (!single) add_text_references(data, results, listener);
  SealedLabels gold(material.has_test ? std::move(data.test.labels) : data.validation.labels);
  run_in(settings, single, material, data.train, tokenizer, max_length, precision, std::move(gold),
         start, listener, journal.get(), results, [&] {
           if (data.unlabelled.split.size() == 0) return;
           const auto folder_of = [&](const std::string& approach) {
             return single ? fs::path(settings.out) : fs::path(settings.out) / approach;
           };
           write_unlabelled_predictions(data.unlabelled, results, folder_of, max_length, precision,
                                        settings.out, listener);
         });
  return results;
}

}  // namespace thaw
