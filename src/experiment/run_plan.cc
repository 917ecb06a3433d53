#include "experiment/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

#include "base/machine.h"
#include "base/stopwatch.h"
#include "baseline/tfidf_classifier.h"
#include "data/class_balance.h"
#include "evaluation/bootstrap.h"
#include "experiment/label_issues.h"
#include "experiment/recipe/suited_settings.h"
#include "experiment/sweep.h"
#include "model/freeze_plan.h"
#include "model/sentence_modules.h"
#include "training/choose_c.h"

namespace thaw {
namespace {

using Purpose = PlannedTraining::Purpose;

const TrainingSettings& dearest(const std::vector<TrainingSettings>& candidates) {
  return *std::max_element(candidates.begin(), candidates.end(),
                           [](const auto& a, const auto& b) { return a.epochs < b.epochs; });
}

std::vector<TrainingSettings> candidates_of(const ExperimentSettings& settings,
                                            const StrategySettings& strategy) {
  std::vector<TrainingSettings> candidates = strategy.candidates;
  if (!settings.search.empty() && strategy.training.solver != Solver::kLbfgs) {
    candidates = search_candidates(settings, strategy.training);
  }
  if (candidates.size() < 2) candidates.clear();
  return candidates;
}

// Of a stratified choice of so many rows.
std::vector<int64_t> label_rows_of(const std::vector<int32_t>& gold, int64_t labels, int64_t rows) {
  std::vector<int64_t> counts = rows_of_labels(gold, labels);
  const auto all = static_cast<int64_t>(gold.size());
  if (rows >= all) return counts;
  for (int64_t& count : counts) {
    if (count > 0) count = std::max<int64_t>(1, count * rows / all);
  }
  return counts;
}

// What a saved model's folder has of the tokenizer, about.
int64_t tokenizer_bytes(const ClassifierModel& classifier) {
  int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(encoder_folder(classifier.folder), error)) {
    const std::string name = entry.path().filename().string();
    for (const char* own : {"tokenizer", "vocab", "merges", "spiece", "sentencepiece"}) {
      if (name.starts_with(own)) bytes += static_cast<int64_t>(entry.file_size(error));
    }
  }
  return bytes;
}

double tokens_of(const TokenizedTexts& texts) {
  return texts.rows() <= 0 ? 0 : static_cast<double>(texts.offsets.back());
}

}  // namespace

SolverWork solver_work(const TrainingSettings& training, const std::vector<int64_t>& label_rows,
                       int64_t validation_rows) {
  const auto rows =
      static_cast<double>(std::accumulate(label_rows.begin(), label_rows.end(), int64_t{0}));
  if (training.inverse_regularization > 0) return {1, rows};
  const auto grid = static_cast<double>(std::size(kGridOfC));
  if (validation_rows >= kRowsToChooseBy) return {grid, grid * rows};
  const auto folds = static_cast<double>(cross_validation_folds(label_rows));
  if (folds == 0) return {1, rows};
  // Each fold's without the rows that are held out, then all rows with the C that was chosen.
  return {1 + grid * folds, rows + grid * (folds - 1) * rows};
}

std::vector<PlannedTraining> planned_trainings(const ExperimentSettings& settings, int64_t rows,
                                               int64_t labels, int64_t layers) {
  std::vector<PlannedTraining> all;
  const auto& list = settings.strategies;
  bool referenced = false;
  std::vector<int64_t> sizes;
  if (settings.sweep_size) sizes = sweep_sizes(settings, rows, labels);
  const auto train_all = [&](int seed, int64_t chosen) {
    const bool whole = chosen == rows;
    for (size_t i = 0; i < list.size(); ++i) {
      const StrategySettings& strategy = list[i];
      const bool needed = std::any_of(list.begin(), list.end(), [&](const StrategySettings& s) {
        return s.init_from == strategy.name || s.balanced_start == strategy.name;
      });
      const bool reference = strategy.hidden && strategy.training.solver == Solver::kLbfgs &&
                             seed == 0 && whole && !referenced;
      if (strategy.hidden && !needed && !reference) continue;
      referenced |= reference;
      const auto candidates = candidates_of(settings, strategy);
      PlannedTraining next{i, seed, Purpose::kTrial, rows, strategy.training, false};
      if (whole && seed == 0 && !candidates.empty()) {
        const bool grid = settings.search.empty() && settings.effort == Effort::kThorough;
        const bool exact = strategy.training.solver == Solver::kLbfgs;
        const auto add = [&](const TrainingSettings& training, int64_t share) {
          next.training = training;
          next.rows = share;
          all.push_back(next);
        };
        if (grid) {
          for (const TrainingSettings& candidate : candidates) {
            for (int s = 0; s < (exact ? 1 : settings.seeds); ++s) add(candidate, rows);
          }
        } else {
          // As ComparedTrainings::search halves them.
          for (const TrainingSettings& candidate : candidates) {
            add(candidate, std::max<int64_t>(1, rows / 4));
          }
          const size_t left = (candidates.size() + 1) / 2;
          for (size_t c = 0; c < left; ++c) {
            add(dearest(candidates), std::max<int64_t>(1, rows / 2));
          }
        }
      }
      next.purpose = whole ? Purpose::kMain : Purpose::kCurve;
      next.rows = chosen;
      next.evaluated = !strategy.hidden || reference;
      next.training = candidates.empty() ? strategy.training : dearest(candidates);
      if (!whole && strategy.epochs_suit_rows()) {
        next.training.epochs = suited_epochs(chosen, next.training.batch_size, strategy, layers);
      }
      all.push_back(next);
    }
  };
  for (int seed = 0; seed < settings.seeds; ++seed) train_all(seed, rows);
  for (const int64_t size : sizes) {
    for (int seed = 0; seed < settings.seeds; ++seed) train_all(seed, size);
  }
  return all;
}

double measure_other_costs(const ExperimentSettings& settings, const Dataset& data,
                           bool references) {
  constexpr int64_t kRows = 400;
  constexpr int kResamples = 100;
  const auto labels = static_cast<int64_t>(data.label_names.size());
  double seconds = 0;
  if (references && data.train.size() > 0) {
    TextColumn texts;
    std::vector<int32_t> gold;
    const int64_t count = std::min(kRows, data.train.size());
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = i * data.train.size() / count;
      texts.push_back_row(data.train.texts, row);
      gold.push_back(data.train.labels[row]);
    }
    try {
      const auto start = Clock::now();
      TfidfClassifier::fit(texts, gold, labels);
      seconds += seconds_since(start) * static_cast<double>(data.train.size()) /
                 static_cast<double>(count);
    } catch (const Error&) {  // it cannot be fitted, as the comparison will say
    }
  }
  const Split& evaluated = data.test.size() > 0 ? data.test : data.validation;
  if (evaluated.size() == 0) return seconds;
  PairedPredictions answers;
  answers.labels = labels;
  // What the rows are answered does not change the time much, so the labels of others are.
  answers.gold.assign(static_cast<size_t>(evaluated.size()), 0);
  for (size_t row = 0; row < answers.gold.size(); ++row) {
    answers.gold[row] = static_cast<int32_t>(row % static_cast<size_t>(labels));
  }
  size_t shift = 0;
  for (const StrategySettings& strategy : settings.strategies) {
    answers.strategies.emplace_back();
    for (int seed = 0; seed < (strategy.hidden ? 1 : settings.seeds); ++seed) {
      Predictions run{answers.gold, std::vector<double>(answers.gold.size(), 0.5)};
      ++shift;
      for (size_t row = 0; row < run.predicted.size(); ++row) {
        if ((row * 7919 + shift * 104'729) % 10 < 3) {
          run.predicted[row] = static_cast<int32_t>((row + shift) % static_cast<size_t>(labels));
        }
      }
      answers.strategies.back().push_back(std::move(run));
    }
  }
  const auto start = Clock::now();
  BootstrapSettings few;
  few.resamples = kResamples;
  bootstrap_evidence(answers, few);
  return seconds + seconds_since(start) * BootstrapSettings().resamples / kResamples;
}

double RunPlan::seconds() const {
  double sum = shared_seconds + other_seconds;
  for (const StrategyPlan& strategy : strategies) sum += strategy.seconds;
  return sum;
}

RunPlan make_run_plan(const ExperimentSettings& settings, const PreparedData& prepared,
                      const StrategyRunner& runner, const MeasuredCosts& costs) {
  RunPlan plan;
  plan.train_rows = prepared.train.rows();
  plan.validation_rows = prepared.validation.rows();
  plan.test_rows = prepared.test.rows();
  const double train = tokens_of(prepared.train), validation = tokens_of(prepared.validation),
               evaluated = tokens_of(prepared.evaluated());
  const ClassifierModel& pretrained = prepared.pretrained.front();
  const auto& list = settings.strategies;

  const auto now = static_cast<int64_t>(1e6 * resident_memory_mb());
  std::map<size_t, size_t> shown;  // by strategy: its place in the plan
  double deepest = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    deepest = std::max(deepest, costs.strategies[i].frozen_token);
    if (list[i].hidden) continue;
    shown[i] = plan.strategies.size();
    StrategyPlan own;
    own.name = list[i].name;
    own.memory = now + runner.training_bytes(i) + runner.frozen_bytes();
    own.disk = static_cast<int64_t>(sizeof(float)) * runner.plans()[i].total_parameters +
               tokenizer_bytes(pretrained);
    // Values, both moments, and the best epoch's values.
    plan.state_bytes = std::max(plan.state_bytes, static_cast<int64_t>(4 * sizeof(float)) *
                                                      runner.plans()[i].trainable_parameters);
    plan.strategies.push_back(own);
  }
  const double all_tokens = train + validation + tokens_of(prepared.test);
  plan.shared_seconds = deepest * all_tokens;

  std::map<std::string, std::vector<std::string>> tried;  // by what is tried: for whom
  std::map<size_t, std::map<int64_t, int64_t>> trials;    // by strategy: rows, how many
  std::set<int64_t> curve;
  for (const PlannedTraining& next : planned_trainings(
           settings, plan.train_rows, pretrained.head.labels, pretrained.table.layers)) {
    const MeasuredCosts::OfStrategy& cost = costs.strategies[next.strategy];
    double seconds = cost.setup;
    if (next.training.solver == Solver::kLbfgs) {
      const SolverWork work = solver_work(
          next.training, label_rows_of(prepared.train_labels, pretrained.head.labels, next.rows),
          plan.validation_rows);
      seconds += cost.fit * work.fits + cost.fit_row * work.rows;
    } else {
      seconds += cost.step * static_cast<double>(next.steps());
      seconds += next.training.epochs * validation * cost.evaluate_token;
      plan.stops_early |= next.training.patience > 0;
    }
    if (next.evaluated) seconds += evaluated * cost.evaluate_token;
    // What starts from a strategy that changed its layers has its own frozen activations.
    const StrategySettings& strategy = list[next.strategy];
    for (const StrategySettings& start : list) {
      if (start.name != strategy.init_from || next.purpose == Purpose::kTrial) continue;
      if (parse_strategy(start.strategy).kind != Strategy::Kind::kProbe) {
        seconds += cost.frozen_token * all_tokens;
      }
    }
    const auto at = shown.find(next.strategy);
    if (at == shown.end()) {
      plan.shared_seconds += seconds;
      continue;
    }
    StrategyPlan& own = plan.strategies[at->second];
    own.seconds += seconds;
    own.steps += next.steps();
    ++own.trainings;
    if (next.purpose == Purpose::kTrial) {
      ++own.trials;
      ++trials[next.strategy][next.rows];
    }
    if (next.purpose == Purpose::kCurve) curve.insert(next.rows);
  }
  if (settings.check_data && plan.train_rows <= kMostRowsToAudit) {
    const auto rows =
        static_cast<double>(std::min(plan.train_rows, LabelIssueOptions().most_fitted));
    for (size_t i = 0; i < list.size(); ++i) {
      const MeasuredCosts::OfStrategy& cost = costs.strategies[i];
      if (list[i].training.solver != Solver::kLbfgs) continue;
      plan.other_seconds = (LabelIssueOptions().folds + 4) * (cost.fit + cost.fit_row * rows);
    }
  }
  for (const auto& [strategy, by_rows] : trials) {
    std::string what;
    for (const auto& [rows, count] : by_rows) {
      what += fmt::format("{}{} on {} rows", what.empty() ? "" : ", ", count, with_thousands(rows));
    }
    tried[what].push_back(list[strategy].name);
  }
  const auto joined = [](const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
      text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return text;
  };
  for (const auto& [what, names] : tried) {
    plan.notes.push_back(fmt::format("Trials of the search for {}: {}", joined(names), what));
  }
  if (!curve.empty()) {
    std::vector<std::string> sizes;
    for (const int64_t size : curve) sizes.push_back(with_thousands(size));
    plan.notes.push_back(fmt::format("Learning curve on {} rows", joined(sizes)));
  }
  return plan;
}

}  // namespace thaw
