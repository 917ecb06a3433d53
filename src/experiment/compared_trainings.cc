#include "experiment/compared_trainings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "base/machine.h"
#include "experiment/choose_class_weights.h"
#include "experiment/data_findings.h"
#include "experiment/describe.h"
#include "experiment/label_issues.h"
#include "experiment/recipe/suited_settings.h"
#include "experiment/references.h"
#include "experiment/run_plan.h"
#include "experiment/sweep.h"
#include "model/save_classifier.h"
#include "report/findings/references.h"
#include "report/findings/slices.h"
#include "report/findings/tables.h"
#include "results/evidence.h"
#include "results/shown.h"

namespace thaw {
namespace {

// A candidate of a search; the least is the best.
struct Ranked {
  double lost_metric = std::numeric_limits<double>::infinity();  // minus the metric that decides
  double loss = std::numeric_limits<double>::infinity();         // on validation, between equals
  size_t candidate = 0;

  bool operator<(const Ranked& other) const {
    return std::tie(lost_metric, loss, candidate) <
           std::tie(other.lost_metric, other.loss, other.candidate);
  }
};

// Whether the end of an epoch says the metric; of the others the logits do.
bool is_noted(Metric metric) {
  return metric == Metric::kAccuracy || metric == Metric::kF1 || metric == Metric::kMacroF1;
}

// Of the epoch that stays; NaN where the loss decides or nothing was validated.
double validation_metric(const StrategyRun& run, const std::vector<int32_t>& gold, int64_t labels,
                         Metric metric) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (metric == Metric::kLoss || !run.failure.empty()) return kNone;
  if (!is_noted(metric)) {
    if (run.validation_logits.empty()) return kNone;
    return metric_value(classification_metrics(run.validation_logits.data(), gold.data(),
                                               static_cast<int64_t>(gold.size()), labels),
                        metric);
  }
  for (const EpochOutcome& epoch : run.outcome.epochs) {
    if (epoch.epoch != run.outcome.best_epoch || !epoch.validated) continue;
    if (metric == Metric::kAccuracy) return epoch.validation_accuracy;
    return metric == Metric::kF1 ? epoch.validation_f1 : epoch.validation_macro_f1;
  }
  return kNone;
}

}  // namespace

ComparedTrainings::ComparedTrainings(const PreparedExperiment& experiment, Engine& engine,
                                     const Listener& listener, Journal* journal,
                                     ComparisonResults& results)
    : experiment_(experiment),
      settings_(experiment.settings),
      prepared_(experiment.prepared),
      listener_(listener),
      results_(results),
      runner_(settings_, prepared_, engine, experiment.trained, listener),
      sequence_(settings_, experiment.single, runner_, journal, listener) {
  for (const StrategySettings& strategy : settings_.strategies) {
    training_.push_back(strategy.training);
  }
  say_freeze_plans(settings_, table(), runner_.plans(), listener);
  // What is left of a run that goes on, nobody has counted.
  if (!listener.message || (journal != nullptr && journal->goes_on())) return;
  const MeasuredCosts costs = measure_costs(settings_, prepared_, runner_);
  listener.say(estimate_sentence(make_run_plan(settings_, prepared_, runner_, costs)));
}

void ComparedTrainings::run() {
  for (int seed = 0; seed < settings_.seeds; ++seed) {
    train_all(seed, nullptr, [&](size_t i, StrategyRun& run) { note(i, seed, run); });
  }
  add_solved_reference();
  if (settings_.check_data) look_for_label_issues();
  if (!settings_.sweep_size) return;
  for (const int64_t size :
       sweep_sizes(settings_, prepared_.train.rows(), pretrained().head.labels)) {
    for (int seed = 0; seed < settings_.seeds; ++seed) {
      auto chosen = nested_order(prepared_.train_labels, settings_.seed + seed);
      chosen.resize(static_cast<size_t>(size));
      train_all(seed, &chosen, [&](size_t i, StrategyRun& run) {
        if (!run.failure.empty()) return;
        CurvePoint point{
            settings_.strategies[i].name, settings_.seed + seed, size, {}, run.train_seconds()};
        curve_.emplace_back(std::move(point), std::move(run.evaluated_logits));
      });
    }
  }
}

void ComparedTrainings::evaluate(std::vector<int32_t> gold) {
  const int64_t labels = pretrained().head.labels, rows = prepared_.evaluated().rows();
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
    listener_.say(format_evaluation(result.test, result.name + first_seed_note(result),
                                    results_.label_names, results_.evaluated_on));
  }
  for (ReferenceResult& reference : results_.references) {
    reference.test = metrics(reference.test_logits);
  }
  for (auto& [point, logits] : curve_) {
    point.test = metrics(logits);
    results_.curve.push_back(point);
  }
  if (!curve_.empty()) add_whole_points();
  results_.test_gold = std::move(gold);
  results_.evidence = make_evidence(results_);
  judge_slices(results_, listener_);
}

bool ComparedTrainings::is_reference(size_t strategy, int seed,
                                     const std::vector<int64_t>* chosen) const {
  const StrategySettings& s = settings_.strategies[strategy];
  return s.hidden && s.training.solver == Solver::kLbfgs && seed == 0 && chosen == nullptr &&
         find_reference(results_, ReferenceResult::Kind::kLinear) == nullptr;
}

template <class Sink>
void ComparedTrainings::train_all(int seed, const std::vector<int64_t>* chosen, const Sink& sink) {
  std::map<std::string, StrategyRun> kept;  // by approach: what a later one starts from
  const auto& strategies = settings_.strategies;
  for (size_t i = 0; i < strategies.size(); ++i) {
    const StrategySettings& strategy = strategies[i];
    const bool needed = std::any_of(strategies.begin() + i, strategies.end(), [&](const auto& s) {
      return s.init_from == strategy.name || s.balanced_start == strategy.name;
    });
    const bool reference = is_reference(i, seed, chosen);
    if (strategy.hidden && !needed && !reference) continue;
    reset_peak_memory();
    RunRequest request;
    request.strategy = i;
    request.seed = seed;
    request.chosen = chosen;
    request.prove = chosen == nullptr;
    request.evaluate = !strategy.hidden || reference;
    request.name = strategy.name;
    if (chosen != nullptr)
      request.name += fmt::format(" on {} rows", with_thousands(chosen->size()));
    if (seed > 0) request.name += fmt::format(" (seed {})", settings_.seed + seed);
    StrategyRun run;
    if (!strategy.init_from.empty()) request.start = &kept.at(strategy.init_from);
    if (chosen == nullptr && seed == 0 &&
        (request.start == nullptr || request.start->failure.empty())) {
      const auto balanced = kept.find(strategy.balanced_start);
      search(request, balanced == kept.end() ? nullptr : &balanced->second);
    }
    if (!start_of(i).empty()) request.start = &kept.at(start_of(i));
    if (request.start != nullptr && !request.start->failure.empty()) {
      run.failure = fmt::format("it starts from {}, which did not finish", start_of(i));
      run.worth_saving = false;
      if (!strategy.hidden) sink(i, run);
    } else {
      request.training = training_[i];
      request.training.seed = settings_.seed + seed;
      if (chosen != nullptr && strategy.epochs_suit_rows()) {
        request.training.epochs =
            suited_epochs(static_cast<int64_t>(chosen->size()), request.training.batch_size,
                          strategy, table().layers);
      }
      run = sequence_.train(request, needed);
      // A probe whose head a strategy begins with is a part of it, one that init_from names is a
      // strategy of its own, but for lp-ft.
      if (request.start != nullptr &&
          (strategy.strategy == "lp-ft" || strategy.head_start == HeadStart::kProbe)) {
        run.start_seconds = request.start->train_seconds();
      }
      if (!strategy.hidden) {
        sink(i, run);
      } else if (reference) {
        ReferenceResult solved;
        solved.kind = ReferenceResult::Kind::kLinear;
        solved.test_logits = std::move(run.evaluated_logits);
        solved.train_seconds = run.train_seconds();
        results_.references.push_back(std::move(solved));
      }
      sequence_.finish(run);
    }
    if (needed) kept.emplace(strategy.name, std::move(run));
  }
}

const std::string& ComparedTrainings::start_of(size_t strategy) const {
  const StrategySettings& own = settings_.strategies[strategy];
  const bool balanced = training_[strategy].balanced_classes && !own.balanced_start.empty();
  return balanced ? own.balanced_start : own.init_from;
}

void ComparedTrainings::search(RunRequest request, const StrategyRun* balanced_start) {
  const size_t i = request.strategy;
  const StrategySettings& strategy = settings_.strategies[i];
  const bool exact = strategy.training.solver == Solver::kLbfgs;
  if (exact && strategy.candidates.empty()) return;
  auto candidates = settings_.search.empty() ? strategy.candidates
                                             : search_candidates(settings_, strategy.training);
  if (candidates.size() < 2) return;
  const bool weights = settings_.search.empty() && tries_class_weights(strategy);
  const auto order = nested_order(prepared_.train_labels, settings_.seed);
  auto& trials = trials_[i];
  request.evaluate = request.prove = false;
  request.validate = weights || !is_noted(settings_.decision.metric);
  const StrategyRun* const plain_start = request.start;
  const bool grid = settings_.search.empty() && settings_.effort == Effort::kThorough;
  for (const int part : grid ? std::vector<int>{1} : std::vector<int>{4, 2}) {
    std::vector<int64_t> chosen(order.begin(),
                                order.begin() + std::max<int64_t>(1, order.size() / part));
    request.chosen = part == 1 ? nullptr : &chosen;
    const int seeds = grid && !exact ? settings_.seeds : 1;
    std::vector<Ranked> ranking;
    // Of the best candidate with plain and with balanced classes.
    Ranked best[2];
    std::vector<std::vector<float>> best_logits[2];  // [seeds][rows, labels]
    const size_t first = trials.size();
    for (size_t c = 0; c < candidates.size(); ++c) {
      const bool balanced = candidates[c].balanced_classes;
      request.start = balanced && balanced_start != nullptr ? balanced_start : plain_start;
      double sum = 0, seconds = 0, metric = 0;
      std::vector<std::vector<float>> logits;
      for (int seed = 0; seed < seeds; ++seed) {
        request.seed = seed;
        request.training = candidates[c];
        request.training.seed = settings_.seed + seed;
        request.name = fmt::format("{}: search {}/{} on {} rows", strategy.name, c + 1,
                                   candidates.size(), with_thousands(chosen.size()));
        if (seeds > 1) request.name += fmt::format(" (seed {})", request.training.seed);
        StrategyRun run = sequence_.train(request, false);
        sequence_.finish(run);
        seconds += run.outcome.seconds;
        sum +=
            run.failure.empty() ? run.outcome.best_loss : std::numeric_limits<double>::infinity();
        metric += validation_metric(run, prepared_.validation_labels, pretrained().head.labels,
                                    settings_.decision.metric);
        logits.push_back(std::move(run.validation_logits));
      }
      double ranked = sum / seeds;
      if (weights && balanced && std::isfinite(ranked)) {
        ranked = 0;
        for (const auto& own : logits) {
          ranked += balanced_loss(own, prepared_.validation_labels, pretrained().head.labels);
        }
        ranked /= seeds;
      }
      // With few validation rows a metric knows hardly more than ties.
      const bool by_metric = prepared_.validation.rows() >= kRowsToChooseBy &&
                             std::isfinite(metric) && std::isfinite(ranked);
      ranking.push_back({by_metric ? -metric / seeds : 0, ranked, c});
      trials.push_back(
          describe_trial(candidates[c], static_cast<int64_t>(chosen.size()), sum / seeds, seconds));
      if (by_metric) trials.back().validation_metric = metric / seeds;
      if (weights) trials.back().settings["class_weights"] = balanced ? "balanced" : "none";
      if (weights && ranking.back() < best[balanced]) {
        best[balanced] = ranking.back();
        best_logits[balanced] = std::move(logits);
      }
    }
    if (weights) {
      // Losses with and without weights are not of one kind: each has its best, and the metric
      // decides between the two.
      bool take_balanced = std::isfinite(best[1].loss);
      if (std::isfinite(best[0].loss) && take_balanced) {
        const WeightsChoice choice =
            choose_class_weights(best_logits[0], best_logits[1], prepared_.validation_labels,
                                 pretrained().head.labels, settings_.decision.metric);
        weights_choice_[i] =
            describe_weights_choice(choice, metric_label(results_, settings_.decision.metric));
        take_balanced = choice.take_balanced;
      }
      std::erase_if(ranking, [&](const Ranked& ranked) {
        return candidates[ranked.candidate].balanced_classes != take_balanced;
      });
    }
    std::sort(ranking.begin(), ranking.end());
    ranking.resize(part <= 2 ? 1 : (ranking.size() + 1) / 2);
    std::vector<TrainingSettings> left;
    for (const Ranked& ranked : ranking) {
      left.push_back(candidates[ranked.candidate]);
      trials[first + ranked.candidate].kept = true;
    }
    candidates = std::move(left);
  }
  training_[i] = candidates.front();
  std::string taken;
  if (candidates.front().solver == Solver::kAdamW) {
    taken = fmt::format(": the search took a learning rate of {} and {} epochs",
                        shortest_number(training_[i].learning_rate), training_[i].epochs);
  }
  if (weights_choice_.count(i)) {
    taken += (taken.empty() ? ": class weights " : "\n  class weights ") + weights_choice_.at(i);
  }
  if (!taken.empty()) listener_.say(strategy.name + taken + "\n");
}

std::string ComparedTrainings::describe_head_start(size_t strategy) const {
  const std::string& start = start_of(strategy);
  if (start.empty()) return "new";
  for (const StrategySettings& s : settings_.strategies) {
    if (s.name != start) continue;
    return s.training.solver == Solver::kLbfgs ? "probe, solved to its optimum"
                                               : "probe, trained on the pretrained vectors";
  }
  return start;
}

void ComparedTrainings::note(size_t i, int seed, StrategyRun& run) {
  const StrategySettings& strategy = settings_.strategies[i];
  if (!runner_.frozen_precision().empty() && !told_precision_) {
    results_.precision += "; frozen layers in " + runner_.frozen_precision();
    told_precision_ = true;
  }
  if (!run.failure.empty()) {
    listener_.say(fmt::format("{} did not finish: {}\n", strategy.name, run.failure));
  }
  if (seed > 0) {
    StrategyResult& result =
        *std::find_if(results_.strategies.begin(), results_.strategies.end(),
                      [&](const StrategyResult& r) { return r.name == strategy.name; });
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
  result.name = strategy.name;
  result.strategy = strategy.strategy;
  if (strategy.strategy != "lp-ft" && strategy.head_start != HeadStart::kProbe) {
    result.init_from = strategy.init_from;
  }
  StrategySettings used = strategy;
  used.training = training_[i];
  result.settings = describe_training(used);
  if (parse_strategy(strategy.strategy).kind != Strategy::Kind::kProbe &&
      result.init_from.empty()) {
    result.settings["head_start"] = describe_head_start(i);
  }
  if (weights_choice_.count(i)) result.settings["class_weights_chosen"] = weights_choice_.at(i);
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
    listener_.say(result.name +
                  (settings_.seeds > 1 ? fmt::format(", seed {}", settings_.seed) : "") + "\n" +
                  epoch_table(result, pretrained().head.labels));
  }
  result.test_logits = std::move(run.evaluated_logits);
  result.peak_memory_mb = run.peak_memory_mb;
  calibrate(run, result);
  if (run.worth_saving && !sequence_.model_is_saved()) save(run.classifier, strategy.name);
  results_.strategies.push_back(std::move(result));
}

void ComparedTrainings::add_solved_reference() {
  if (!dense_is_trained(table(), make_freeze_plan(table(), "probe"))) return;
  const CachedSplits& splits = runner_.pooled_vectors();
  const auto features = [](const std::unique_ptr<ActivationCache>& part) {
    return part ? part->features().data() : nullptr;
  };
  const auto seconds = [&](const std::unique_ptr<ActivationCache>& part) {
    return part ? part->seconds(table().head_group()) : 0.0;
  };
  PooledVectors vectors;
  vectors.size = static_cast<int64_t>(splits.train->features().size()) / prepared_.train.rows();
  vectors.train = features(splits.train);
  vectors.validation = features(splits.validation);
  vectors.evaluated = features(prepared_.has_test ? splits.test : splits.validation);
  vectors.train_labels = prepared_.train_labels;
  vectors.validation_labels = prepared_.validation_labels;
  vectors.evaluated_rows = prepared_.evaluated().rows();
  vectors.seconds = seconds(splits.train) + seconds(splits.validation);
  add_pooled_reference(vectors, settings_.common.training, results_, listener_);
}

void ComparedTrainings::look_for_label_issues() {
  const float* features = runner_.shared_features();
  if (features == nullptr || prepared_.train.rows() > kMostRowsToAudit) return;
  LabelIssueOptions options;
  options.seed = settings_.seed;
  const LabelIssues label_issues =
      audit_labels(features, runner_.shared_feature_size(), experiment_.data.train,
                   pretrained().head.labels, options, listener_);
  add_label_issues(label_issues, results_.findings);
  take_row_ids("train", experiment_.data.train, results_.findings);
  listener_.say(format_label_issues(label_issues, results_.label_names, 5));
}

void ComparedTrainings::calibrate(StrategyRun& run, StrategyResult& result) {
  const auto& gold = prepared_.validation_labels;
  const auto rows = static_cast<int64_t>(gold.size());
  if (run.validation_logits.empty() || rows < kRowsToCalibrate) return;
  const float* logits = run.validation_logits.data();
  const int64_t labels = pretrained().head.labels;
  ProbabilityRules& rules = run.classifier.rules;
  rules.temperature = fit_temperature(logits, gold.data(), rows, labels);
  result.calibration.emplace();
  result.calibration->temperature = rules.temperature;
  if (settings_.target_precision == 0) return;
  rules.target_precision = settings_.target_precision;
  rules.thresholds = precision_thresholds(logits, gold.data(), rows, labels, rules.temperature,
                                          settings_.target_precision);
}

void ComparedTrainings::save(const ClassifierModel& classifier, const std::string& name) {
  save_classifier(classifier, *experiment_.tokenizer, experiment_.max_length,
                  sequence_.model_folder(name),
                  experiment_.single ? FolderWriter::Others::kKept : FolderWriter::Others::kGone);
  sequence_.model_was_saved(name);
}

void ComparedTrainings::add_whole_points() {
  const int64_t rows = prepared_.train.rows();
  for (const StrategyResult& r : results_.strategies) {
    if (!r.failure.empty()) continue;
    results_.curve.push_back({r.name, r.seed, rows, r.test, r.train_seconds});
    for (const SeedRun& rerun : r.reruns) {
      if (!rerun.failure.empty()) continue;
      results_.curve.push_back({r.name, rerun.seed, rows, rerun.test, rerun.train_seconds});
    }
  }
}

}  // namespace thaw
