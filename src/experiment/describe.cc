#include "experiment/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/machine.h"
#include "base/setting_words.h"
#include "data/class_balance.h"
#include "data/splits/leak_free_split.h"
#include "files/files.h"
#include "files/json_file.h"
#include "model/freeze_plan.h"
#include "model/load_report.h"
#include "text/text_width.h"

namespace thaw {
namespace {

// Points of the loss curve are means over at most so many steps; short runs get shorter means.
constexpr int64_t kStepsAPoint = 50;
constexpr int64_t kPointsAtLeast = 40;
// Of the counts of labels: with more labels, the largest half of so many.
constexpr size_t kMostLabelsShown = 20;
constexpr int kLongestName = 50;

SplitSummary summarize(const std::string& name, const Split& split, size_t labels) {
  return {name, split.size(), rows_of_labels(split.labels, static_cast<int64_t>(labels))};
}

// Data as a recipe names it: what lies in thaw's cache without the path there.
std::string data_name(const DataOptions& data) {
  const std::string cache = cache_folder().string() + "/";
  std::string name;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    name += (name.empty() ? "" : ", ") +
            (part.starts_with(cache) ? "cache:" + part.substr(cache.size()) : part);
  };
  for (const auto& path : data.paths) add(path);
  for (const auto* paths : {&data.train, &data.validation, &data.test}) {
    for (const auto& path : *paths) add(path);
  }
  return name;
}

}  // namespace

std::string shortest_number(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end);
}

std::map<std::string, std::string> describe_training(const StrategySettings& strategy) {
  const TrainingSettings& t = strategy.training;
  std::map<std::string, std::string> settings;
  if (strategy.solver == Solver::kLbfgs) {
    settings = {{"solver", "exact"}};
  } else {
    settings = {
        {"epochs", std::to_string(t.epochs)},
        {"batch_size", std::to_string(t.batch_size)},
        {"learning_rate", shortest_number(t.learning_rate)},
        {"head_learning_rate",
         shortest_number(t.head_learning_rate > 0 ? t.head_learning_rate : t.learning_rate)},
        {"weight_decay", shortest_number(t.weight_decay)},
        {"warmup_ratio", shortest_number(t.warmup_ratio)},
        {"max_grad_norm", shortest_number(t.max_grad_norm)},
        {"seed", std::to_string(t.seed)}};
    if (t.layer_decay != 1) settings["layer_decay"] = shortest_number(t.layer_decay);
    if (t.best_epoch != BestEpoch::kLoss) {
      settings["best_epoch"] = t.best_epoch == BestEpoch::kLast ? "last" : "calibrated_loss";
    }
    if (t.patience > 0) settings["patience"] = std::to_string(t.patience);
    if (t.frozen_dropout) settings["frozen_dropout"] = "true";
  }
  if (t.loss.label_smoothing > 0)
    settings["label_smoothing"] = shortest_number(t.loss.label_smoothing);
  if (t.loss.balanced_classes) settings["class_weights"] = "balanced";
  for (const double weight : t.loss.class_weights) {
    std::string& shown = settings["class_weights"];
    shown += (shown.empty() ? "" : ", ") + shortest_number(weight);
  }
  const auto join = [](const std::vector<std::string>& patterns) {
    std::string text;
    for (const auto& pattern : patterns) text += (text.empty() ? "" : ", ") + pattern;
    return text;
  };
  if (!strategy.freeze.empty()) settings["freeze"] = join(strategy.freeze);
  if (!strategy.unfreeze.empty()) settings["unfreeze"] = join(strategy.unfreeze);
  return settings;
}

SearchTrial describe_trial(Solver solver, const TrainingSettings& tried, int64_t train_rows,
                           double validation_loss, double seconds) {
  SearchTrial trial;
  if (solver == Solver::kAdamW) {
    trial.settings = {{"learning_rate", shortest_number(tried.learning_rate)},
                      {"epochs", std::to_string(tried.epochs)}};
  }
  trial.train_rows = train_rows;
  trial.validation_loss =
      std::isfinite(validation_loss) ? validation_loss : std::numeric_limits<double>::quiet_NaN();
  trial.seconds = seconds;
  return trial;
}

void describe_outcome(const TrainingOutcome& outcome, StrategyResult& result) {
  for (const EpochOutcome& epoch : outcome.epochs) {
    result.epochs.push_back({epoch.epoch, epoch.train_loss, epoch.validation_loss,
                             epoch.validation_accuracy, epoch.validation_f1,
                             epoch.validation_macro_f1, epoch.seconds, epoch.calibrated_loss});
  }
  result.best_epoch = outcome.best_epoch;
  if (outcome.inverse_regularization > 0) {
    result.settings["c"] = shortest_number(outcome.inverse_regularization);
    if (outcome.c_folds > 0) {
      result.settings["c_chosen"] =
          fmt::format("lowest loss of {} in {}-fold cross-validation on the training rows",
                      outcome.c_tried, outcome.c_folds);
    } else if (outcome.c_tried > 1) {
      result.settings["c_chosen"] = fmt::format("lowest validation loss of {}", outcome.c_tried);
    }
  }
  const auto steps = static_cast<int64_t>(outcome.steps.size());
  result.steps = steps;
  if (steps == 0) return;
  const double steps_an_epoch =
      static_cast<double>(steps) / static_cast<double>(outcome.epochs.size());
  const int64_t chunk = std::clamp<int64_t>(steps / kPointsAtLeast, 1, kStepsAPoint);
  for (int64_t begin = 0; begin < steps; begin += chunk) {
    const int64_t end = std::min(steps, begin + chunk);
    double sum = 0;
    for (int64_t i = begin; i < end; ++i) sum += outcome.steps[i].loss;
    const StepOutcome& last = outcome.steps[end - 1];
    result.losses.push_back({static_cast<double>(end) / steps_an_epoch, last.step,
                             sum / static_cast<double>(end - begin), last.learning_rate});
  }
}

void describe_experiment(const ExperimentSettings& settings, const Dataset& data,
                         const ClassifierModel& classifier, const DeviceTraits& device,
                         int max_length, ComparisonResults& results) {
  results.title = settings.title;
  results.model = settings.model;
  results.data = data_name(settings.data);
  results.label_names = data.label_names;
  for (const auto& [name, split] :
       {std::pair{"train", &data.train}, std::pair{"validation", &data.validation},
        std::pair{"test", &data.test}}) {
    if (split->size() > 0) {
      results.splits.push_back(summarize(name, *split, data.label_names.size()));
    }
  }
  results.settings = {{"max_length", std::to_string(max_length)},
                      {"seed", std::to_string(settings.seed)},
                      {"pooling", classifier.head.native ? "the native head's"
                                                         : to_string(classifier.head.pooling)},
                      {"fraction", shortest_number(settings.data.fraction)}};
  results.settings.merge(describe_split_changes(data.changes));
  if (data.columns.pair) results.settings["text_pair"] = *data.columns.pair;
  if (!classifier.preparation.prompt.empty())
    results.settings["prompt"] = classifier.preparation.prompt;
  if (settings.seeds > 1) results.settings["seeds"] = std::to_string(settings.seeds);
  results.decision = settings.decision;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  results.started =
      static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) / 1e3;
  results.versions = build_description();
  results.versions.insert(device.libraries.begin(), device.libraries.end());
  results.machine = machine_description();

  const bool has_test = data.test.size() > 0;
  results.evaluated_on = has_test ? "test" : "validation";
  const Split& split = has_test ? data.test : data.validation;
  if (split.size() == 0) {
    throw Error("there are no rows to test with", results.data,
                fmt::format("hold some back with {}, or name a file with {}",
                            setting("test_size", "0.2"), setting("test")));
  }
  for (int64_t row = 0; row < split.size(); ++row) {
    results.test_texts.emplace_back(split.texts[row]);
    if (split.texts.has_pairs()) (results.test_texts.back() += " | ") += split.texts.pair(row);
  }
  results.test_rows = split.rows;
  if (split.ids.size() != split.size()) return;
  results.id_column = data.columns.id.value_or("");
  for (int64_t row = 0; row < split.size(); ++row) results.test_ids.emplace_back(split.ids[row]);
}

void leave_out_times(ComparisonResults& results) {
  results.started = results.total_seconds = 0;
  for (StrategyResult& result : results.strategies) {
    result.prefix_seconds = result.eval_seconds = result.peak_memory_mb = 0;
    for (EpochResult& epoch : result.epochs) epoch.seconds = 0;
    for (SeedRun* run : result.runs()) run->train_seconds = 0;
    for (SearchTrial& trial : result.trials) trial.seconds = 0;
  }
  for (CurvePoint& point : results.curve) point.train_seconds = 0;
  for (ReferenceResult& reference : results.references) reference.train_seconds = 0;
}

std::string prompt_line(const ClassifierModel& classifier) {
  if (classifier.preparation.prompt.empty()) return "";
  return fmt::format(
      "prompt: {} is put before every text, as the model's default_prompt_name says\n",
      in_quotes(classifier.preparation.prompt));
}

std::string format_introduction(const ComparisonResults& results,
                                const ClassifierModel& classifier) {
  std::string text;
  if (!results.title.empty()) text += results.title + "\n\n";
  for (const SplitSummary& split : results.splits) {
    text += fmt::format("{}: {} rows\n", split.name, with_thousands(split.rows));
    std::vector<size_t> shown(results.label_names.size());
    std::iota(shown.begin(), shown.end(), size_t{0});
    if (shown.size() > kMostLabelsShown) {
      std::stable_sort(shown.begin(), shown.end(), [&](size_t one, size_t other) {
        return split.label_counts[one] > split.label_counts[other];
      });
      shown.resize(kMostLabelsShown / 2);
    }
    int widest = 0;
    for (const size_t label : shown) {
      widest =
          std::max(widest, display_width(fit_columns(results.label_names[label], kLongestName)));
    }
    for (const size_t label : shown) {
      char share[32];
      std::snprintf(
          share, sizeof(share), "%6.2f %%",
          100.0 * static_cast<double>(split.label_counts[label]) / static_cast<double>(split.rows));
      text +=
          fmt::format("  {}{}  {}\n",
                      pad_right(fit_columns(results.label_names[label], kLongestName), widest + 2),
                      pad_left(with_thousands(split.label_counts[label]), 9), share);
    }
    if (shown.size() < results.label_names.size()) {
      text += fmt::format("  … and {} classes with fewer rows\n",
                          results.label_names.size() - shown.size());
    }
  }
  text += fmt::format("\nmodel: {} ({}, {} layers, hidden size {})\nprecision: {}, threads: {}\n",
                      results.model, to_string(classifier.config.family),
                      classifier.config.num_hidden_layers, classifier.config.hidden_size,
                      results.precision, results.machine.at("threads"));
  text += prompt_line(classifier);
  const std::string report = format_load_report(classifier.report);
  if (!report.empty()) text += "\n" + report;
  return text;
}

void say_freeze_plans(const ExperimentSettings& settings, const ParameterTable& table,
                      const std::vector<FreezePlan>& plans, const Listener& listener) {
  std::string lines = "Trained:\n";
  for (size_t i = 0; i < plans.size(); ++i) {
    if (settings.strategies[i].hidden) continue;
    lines += "  " + freeze_plan_line(table, plans[i], settings.strategies[i].name);
  }
  listener.say(lines);
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!settings.strategies[i].hidden) listener.explain(format_freeze_plan(table, plans[i]));
  }
}

std::string format_evaluation(const ClassificationMetrics& metrics, const std::string& name,
                              const std::vector<std::string>& label_names,
                              const std::string& split) {
  char numbers[100];
  std::snprintf(numbers, sizeof(numbers), "loss %.4f, accuracy %.4f, macro F1 %.4f\n", metrics.loss,
                metrics.accuracy, metrics.macro_f1);
  // Each table says whose it is: what scrolls by is read apart from what stands above it.
  return fmt::format("{} on {}: {}\nConfusion of {} ({})\n{}\nClasses of {} ({})\n{}", name, split,
                     numbers, name, split, format_confusion_matrix(metrics, label_names), name,
                     split, short_classification_report(metrics, label_names));
}

}  // namespace thaw
