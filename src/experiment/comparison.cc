#include "experiment/comparison.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/durable_folder.h"
#include "base/error.h"
#include "base/files.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/output_folder.h"
#include "base/stopwatch.h"
#include "base/threads.h"
#include "classifier/save_classifier.h"
#include "data/leak_free_split.h"
#include "data/similar_labels.h"
#include "experiment/choose_precision.h"
#include "experiment/data_findings.h"
#include "experiment/describe.h"
#include "experiment/journal.h"
#include "experiment/run_sequence.h"
#include "experiment/sealed_labels.h"
#include "experiment/seed_classifiers.h"
#include "experiment/strategy_runner.h"
#include "experiment/suspects.h"
#include "experiment/sweep.h"
#include "experiment/tokenize_splits.h"
#include "experiment/unlabelled_predictions.h"
#include "gemm/linear.h"
#include "model_io/load_report.h"
#include "report/evidence.h"
#include "report/report.h"
#include "report/tables.h"
#include "report/truncation_words.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// Above, `thaw data --suspects` looks at them; a comparison has better things to do.
constexpr int64_t kMostRowsToSuspect = 50'000;

// One comparison in one precision.
template <class T>
class Comparison {
 public:
  Comparison(const ExperimentSettings& settings, bool single, const Material& material,
             const Split& train_split, const Tokenizer& tokenizer, int max_length,
             const Listener& listener, Journal* journal, ComparisonResults& results)
      : settings_(settings),
        single_(single),
        material_(material),
        train_split_(train_split),
        tokenizer_(tokenizer),
        max_length_(max_length),
        listener_(listener),
        results_(results),
        runner_(settings, material, listener),
        sequence_(settings, single, runner_, journal, listener) {
    for (size_t i = 0; i < settings.strategies.size(); ++i) {
      training_.push_back(settings.strategies[i].training);
      if (settings.strategies[i].hidden) continue;
      listener.say(format_freeze_plan(table(), runner_.plans()[i]));
    }
  }

  // Everything but the evaluation.
  void run() {
    for (int seed = 0; seed < settings_.seeds; ++seed) {
      train_all(seed, nullptr, [&](size_t i, StrategyRun& run) { note(i, seed, run); });
    }
    if (settings_.check_data) look_for_suspects();
    if (!settings_.sweep_size) return;
    for (const int64_t size :
         sweep_sizes(settings_, material_.train.rows(), pretrained().head.labels)) {
      for (int seed = 0; seed < settings_.seeds; ++seed) {
        auto chosen = nested_order(material_.train_labels, settings_.seed + seed);
        chosen.resize(static_cast<size_t>(size));
        train_all(seed, &chosen, [&](size_t i, StrategyRun& run) {
          if (!run.failure.empty()) return;
          CurvePoint point{settings_.strategies[i].approach,
                           settings_.seed + seed,
                           size,
                           {},
                           run.train_seconds()};
          curve_.emplace_back(std::move(point), std::move(run.evaluated_logits));
        });
      }
    }
  }

  // Judges what there is by the gold labels of the evaluated rows.
  void evaluate(std::vector<int32_t> gold) {
    const int64_t labels = pretrained().head.labels, rows = material_.evaluated().rows();
    const auto metrics = [&](const std::vector<float>& logits) {
      return classification_metrics(logits.data(), gold.data(), rows, labels);
    };
    for (StrategyResult& result : results_.strategies) {
      if (!result.failure.empty()) {
        result.test.confusion.assign(static_cast<size_t>(labels * labels), 0);
        result.test.per_class.resize(static_cast<size_t>(labels));
        continue;
      }
      result.test = metrics(result.test_logits);
      if (result.calibration) {
        const auto summary = [&](double temperature) {
          return calibration_summary(result.test_logits.data(), gold.data(), rows, labels,
                                     temperature);
        };
        result.calibration->before = summary(1);
        result.calibration->after = summary(result.calibration->temperature);
      }
      for (SeedRun& rerun : result.reruns) {
        if (rerun.failure.empty()) rerun.test = metrics(rerun.test_logits);
      }
      listener_.say(format_evaluation(result.test, result.approach, results_.label_names,
                                      results_.evaluated_on));
    }
    for (auto& [point, logits] : curve_) {
      point.test = metrics(logits);
      results_.curve.push_back(point);
    }
    if (!curve_.empty()) add_whole_points();
    results_.test_gold = std::move(gold);
    results_.evidence = make_evidence(results_);
  }

 private:
  const Classifier& pretrained() const { return material_.pretrained.front(); }
  const ParameterTable& table() const { return pretrained().table; }

  // Trains every strategy once on the chosen rows and hands each run to `sink`.
  template <class Sink>
  void train_all(int seed, const std::vector<int64_t>* chosen, const Sink& sink) {
    std::map<std::string, StrategyRun> kept;  // by approach: what a later one starts from
    const auto& strategies = settings_.strategies;
    for (size_t i = 0; i < strategies.size(); ++i) {
      const StrategySettings& strategy = strategies[i];
      reset_peak_memory();
      RunRequest request;
      request.strategy = i;
      request.seed = seed;
      request.chosen = chosen;
      request.prove = chosen == nullptr;
      request.evaluate = !strategy.hidden;
      request.name = strategy.approach;
      if (chosen != nullptr) request.name += " on " + with_thousands(chosen->size()) + " rows";
      if (seed > 0) request.name += " (seed " + std::to_string(settings_.seed + seed) + ")";
      const bool needed = std::any_of(strategies.begin() + i, strategies.end(), [&](const auto& s) {
        return s.init_from == strategy.approach;
      });
      StrategyRun run;
      if (!strategy.init_from.empty()) request.start = &kept.at(strategy.init_from);
      if (request.start != nullptr && !request.start->failure.empty()) {
        run.failure = "it starts from " + strategy.init_from + ", which did not finish";
        run.worth_saving = false;
        if (!strategy.hidden) sink(i, run);
      } else {
        if (chosen == nullptr && seed == 0) search(request);
        request.training = training_[i];
        request.training.seed = settings_.seed + seed;
        run = sequence_.train(request, needed, [&](StrategyRun& ended) {
          // A probe and what follows it are one strategy in lp-ft, two elsewhere.
          if (strategy.strategy == "lp-ft" && request.start != nullptr) {
            ended.start_seconds = request.start->train_seconds();
          }
          if (!strategy.hidden) sink(i, ended);
        });
      }
      if (needed) kept.emplace(strategy.approach, std::move(run));
    }
  }

  // Successive halving on validation: all candidates on a quarter of the training rows, the better
  // half of them on a half of the rows. The best is what the strategy is trained with.
  void search(RunRequest request) {
    const size_t i = request.strategy;
    const StrategySettings& strategy = settings_.strategies[i];
    if (settings_.search.empty() || strategy.training.solver == Solver::kExact) return;
    auto candidates = search_candidates(settings_, strategy.training);
    if (candidates.size() < 2) return;
    const auto order = nested_order(material_.train_labels, settings_.seed);
    auto& trials = trials_[i];
    request.evaluate = request.prove = false;
    for (const int part : {4, 2}) {
      std::vector<int64_t> chosen(order.begin(),
                                  order.begin() + std::max<int64_t>(1, order.size() / part));
      request.chosen = &chosen;
      std::vector<std::pair<double, size_t>> ranking;  // validation loss, candidate
      const size_t first = trials.size();
      for (size_t c = 0; c < candidates.size(); ++c) {
        request.training = candidates[c];
        request.training.seed = settings_.seed;
        request.name = strategy.approach + ": search " + std::to_string(c + 1) + "/" +
                       std::to_string(candidates.size()) + " on " + with_thousands(chosen.size()) +
                       " rows";
        const StrategyRun run = sequence_.train(request, false, [](StrategyRun&) {});
        double loss = std::numeric_limits<double>::infinity();
        if (run.failure.empty()) {
          loss = run.outcome.epochs.at(run.outcome.best_epoch - 1).validation_loss;
        }
        ranking.emplace_back(loss, c);
        trials.push_back(describe_trial(candidates[c], static_cast<int64_t>(chosen.size()), loss,
                                        run.outcome.seconds));
      }
      std::sort(ranking.begin(), ranking.end());
      ranking.resize(part == 2 ? 1 : (ranking.size() + 1) / 2);
      std::vector<TrainingSettings> left;
      for (const auto& [loss, c] : ranking) {
        left.push_back(candidates[c]);
        trials[first + c].kept = true;
      }
      candidates = std::move(left);
    }
    training_[i] = candidates.front();
    listener_.say(strategy.approach + ": the search took a learning rate of " +
                  shortest_number(training_[i].learning_rate) + " and " +
                  std::to_string(training_[i].epochs) + " epochs\n");
  }

  // Takes a run into the results, and saves the model of the first seed.
  void note(size_t i, int seed, StrategyRun& run) {
    const StrategySettings& strategy = settings_.strategies[i];
    if (!runner_.frozen_precision().empty() && !told_precision_) {
      results_.precision += "; frozen layers in " + runner_.frozen_precision();
      told_precision_ = true;
    }
    if (!run.failure.empty()) {
      listener_.say(strategy.approach + " did not finish: " + run.failure + "\n");
    }
    if (seed > 0) {
      StrategyResult& result =
          *std::find_if(results_.strategies.begin(), results_.strategies.end(),
                        [&](const StrategyResult& r) { return r.approach == strategy.approach; });
      result.reruns.push_back({settings_.seed + seed,
                               run.failure,
                               {},
                               std::move(run.evaluated_logits),
                               run.outcome.best_epoch,
                               run.train_seconds()});
      result.peak_memory_mb = std::max(result.peak_memory_mb, run.peak_memory_mb);
      return;
    }
    StrategyResult result;
    result.approach = strategy.approach;
    result.strategy = strategy.strategy;
    if (strategy.strategy != "lp-ft") result.init_from = strategy.init_from;
    StrategySettings used = strategy;
    used.training = training_[i];
    result.settings = describe_training(used);
    result.trials = trials_[i];
    result.trainable_parameters = runner_.plans()[i].trainable_parameters;
    result.total_parameters = runner_.plans()[i].total_parameters;
    result.load_report = format_load_report(pretrained().report);
    result.seed = settings_.seed;
    result.failure = run.failure;
    result.frozen_hash_before = run.frozen_hash_before;
    result.frozen_hash_after = run.frozen_hash_after;
    result.prefix_seconds = run.prefix_seconds;
    result.train_seconds = run.train_seconds();
    result.eval_seconds = run.eval_seconds;
    if (run.failure.empty()) {
      describe_outcome(run.outcome, result);
      listener_.say(epoch_table(result, pretrained().head.labels));
    }
    result.test_logits = std::move(run.evaluated_logits);
    result.peak_memory_mb = run.peak_memory_mb;
    calibrate(run, result);
    if (run.worth_saving && !sequence_.model_is_saved()) save(run.classifier, strategy.approach);
    results_.strategies.push_back(std::move(result));
  }

  // Training rows whose labels are likely wrong, by the features that a probe has read anyway.
  void look_for_suspects() {
    const float* features = runner_.shared_features();
    if (features == nullptr || material_.train.rows() > kMostRowsToSuspect) return;
    SuspectOptions options;
    options.seed = settings_.seed;
    const Suspects suspects = find_suspects(features, runner_.shared_feature_size(), train_split_,
                                            pretrained().head.labels, options, listener_);
    add_suspects(suspects, results_.findings);
    listener_.say(format_suspects(suspects, results_.label_names, 5));
  }

  // Temperature and thresholds on validation, into the model and the results.
  void calibrate(StrategyRun& run, StrategyResult& result) {
    const auto& gold = material_.validation_labels;
    const auto rows = static_cast<int64_t>(gold.size());
    if (run.validation_logits.empty() || rows < kRowsToCalibrate) return;
    const float* logits = run.validation_logits.data();
    const int64_t labels = pretrained().head.labels;
    ProbabilityRules& rules = run.classifier.rules;
    rules.temperature = fit_temperature(logits, gold.data(), rows, labels);
    result.calibration.emplace();
    result.calibration->temperature = rules.temperature;
    if (settings_.precision_target == 0) return;
    rules.precision_target = settings_.precision_target;
    rules.thresholds = precision_thresholds(logits, gold.data(), rows, labels, rules.temperature,
                                            settings_.precision_target);
  }

  void save(const Classifier& classifier, const std::string& approach) {
    save_classifier(classifier, tokenizer_, max_length_, sequence_.model_folder(approach),
                    single_ ? FolderWriter::Others::kKept : FolderWriter::Others::kGone);
    sequence_.model_was_saved(approach);
  }

  // The comparison itself is the curve's end.
  void add_whole_points() {
    const int64_t rows = material_.train.rows();
    for (const StrategyResult& r : results_.strategies) {
      if (!r.failure.empty()) continue;
      results_.curve.push_back({r.approach, r.seed, rows, r.test, r.train_seconds});
      for (const SeedRun& rerun : r.reruns) {
        if (!rerun.failure.empty()) continue;
        results_.curve.push_back({r.approach, rerun.seed, rows, rerun.test, rerun.train_seconds});
      }
    }
  }

  const ExperimentSettings& settings_;
  const bool single_;
  const Material& material_;
  const Split& train_split_;
  const Tokenizer& tokenizer_;
  const int max_length_;
  const Listener& listener_;
  ComparisonResults& results_;
  StrategyRunner<T> runner_;
  RunSequence<T> sequence_;
  std::vector<TrainingSettings> training_;                        // [strategies] after the search
  std::map<size_t, std::vector<SearchTrial>> trials_;             // by strategy
  std::vector<std::pair<CurvePoint, std::vector<float>>> curve_;  // with its logits
  bool told_precision_ = false;
};

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
template <class T>
void run_in(const ExperimentSettings& settings, bool single, const Material& material,
            const Split& train_split, const Tokenizer& tokenizer, int max_length, SealedLabels gold,
            Clock::time_point start, const Listener& listener, Journal* journal,
            ComparisonResults& results, const std::function<void()>& at_the_end) {
  std::optional<Comparison<T>> opened;
  try {
    opened.emplace(settings, single, material, train_split, tokenizer, max_length, listener,
                   journal, results);
  } catch (...) {  // what was asked for cannot be done: there is nothing to go on with
    if (journal != nullptr && !journal->goes_on()) journal->remove();
    throw;
  }
  Comparison<T>& comparison = *opened;
  const auto finish = [&] {
    if (results.strategies.empty()) return;
    comparison.evaluate(std::move(gold).open());
    results.total_seconds =
        seconds_since(start) + (journal == nullptr ? 0 : journal->seconds_before());
    if (!settings.times) leave_out_times(results);
    write_report(results, settings.out);
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

}  // namespace

ComparisonResults run_comparison(const ExperimentSettings& given, const fs::path& model_folder,
                                 bool single, const Listener& listener, const AskedRun* asked,
                                 bool resume) {
  const auto start = Clock::now();
  ExperimentSettings settings = given;
  set_thread_count(settings.threads);
  if (asked != nullptr) Journal::check_nobody_works(settings.out);
  Dataset data = load_dataset(settings.data);
  OpenOptions options;
  options.pooling = settings.pooling;
  options.head = settings.head;
  options.label_names = data.label_names;
  Material material;
  material.pretrained = open_for_seeds(model_folder, settings, options);
  for (Classifier& classifier : material.pretrained) classifier.columns = data.columns;
  const Classifier& pretrained = material.pretrained.front();
  const Tokenizer tokenizer = load_tokenizer(pretrained);
  check_tokenizer_fits(pretrained, tokenizer);
  const int max_length =
      settings.max_length > 0 ? settings.max_length : default_max_length(pretrained, tokenizer);
  check_max_length(pretrained, tokenizer, max_length, data.train.texts.has_pairs());
  check_frozen_precision(settings.frozen_precision,
                         "--frozen-precision " + settings.frozen_precision);
  if (settings.sweep_depth) expand_depth_sweep(settings, pretrained.table.layers);
  if (settings.sweep_size) sweep_sizes(settings, data.train.size(), pretrained.head.labels);
  if (!settings.search.empty() && data.validation.size() == 0) {
    throw Error("there are no validation rows to search with", "--search",
                "hold some back with --validation-size 0.1");
  }

  ComparisonResults results;
  describe_experiment(settings, data, pretrained, max_length, results);
  Precision precision = choose_precision(settings.precision, results.precision);
  const bool goes_on = asked != nullptr && Journal::is_unfinished(settings.out);
  if (goes_on && !resume) {
    Journal::check_nobody_works(settings.out);  // it may have begun meanwhile
    throw CannotGoOn("holds a run that is not finished", settings.out,
                     "go on with it (thaw " + asked->command + " --resume " + settings.out +
                         "), or name a new folder with --out");
  }
  if (asked != nullptr) Journal::clear(settings.out);
  std::optional<OutputFolder> out_folder;
  if (!goes_on) out_folder.emplace(settings.out);
  std::string notes;
  for (const std::string& note : data.notes) notes += note + "\n";
  listener.say(notes);
  listener.say(format_introduction(results, pretrained));
  const std::string of_rows = format_split_changes(data.changes) +
                              format_similar_labels(find_similar_labels(data.label_names));
  if (!of_rows.empty()) listener.say(of_rows);

  if (settings.check_data) {
    const SplitLengths lengths{tokenizer.lengths(data.train.texts),
                               tokenizer.lengths(data.validation.texts),
                               tokenizer.lengths(data.test.texts)};
    results.findings = find_data_problems(data, lengths, max_length);
    listener.say(format_findings(results.findings, data.label_names));
  }
  results.findings.truncation = tokenize_splits(data, tokenizer, pretrained, max_length, material);
  listener.say("Truncation: " + truncation_sentence(results.findings.truncation) + "\n");
  material.train_labels = data.train.labels;
  material.train_numbers = data.train.rows;
  material.validation_labels = data.validation.labels;
  material.has_test = data.test.size() > 0;
  material.spill_folder = settings.out;
  material.memory = settings.memory > 0 ? settings.memory : available_memory();
  std::unique_ptr<Journal> journal;
  if (asked != nullptr) {
    const RunIdentity identity{
        fingerprints_of(data, pretrained, {&material.train, &material.validation, &material.test}),
        environment_of()};
    journal = std::make_unique<Journal>(settings.out, *asked, identity,
                                        precision == Precision::kBf16 ? "bf16" : "fp32",
                                        material.memory, settings.checkpoint_every, listener);
    material.memory = journal->memory();
    const bool was_bf16 = journal->precision() == "bf16";
    if (was_bf16 != (precision == Precision::kBf16)) {
      precision = choose_precision(journal->precision(), results.precision);
    }
    results.started = journal->started();
    if (goes_on) remove_traces(settings);
  }
  SealedLabels gold(material.has_test ? std::move(data.test.labels) : data.validation.labels);
  const auto run = precision == Precision::kBf16 ? run_in<Bf16> : run_in<float>;
  run(settings, single, material, data.train, tokenizer, max_length, std::move(gold), start,
      listener, journal.get(), results, [&] {
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
