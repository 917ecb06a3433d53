#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "experiment/recipe/settings.h"
#include "experiment/strategy_runner.h"

namespace thaw {

// One training of a comparison, before it is made.
struct PlannedTraining {
  size_t strategy = 0;  // in the settings
  int seed = 0;         // 0…seeds-1
  enum class Purpose {
    kTrial,  // of a search
    kMain,   // whose answers are reported
    kCurve,  // on fewer rows, for a learning curve
  } purpose = Purpose::kMain;
  int64_t rows = 0;  // training rows
  // Of a search its dearest candidate, since nobody knows yet which will be taken.
  TrainingSettings training;
  bool evaluated = true;
  Solver solver = Solver::kAdamW;

  int64_t steps() const {  // at most, where it may stop early
    if (solver == Solver::kLbfgs) return 0;
    return (rows + training.batch_size - 1) / training.batch_size * training.epochs;
  }
};

// All trainings that a comparison with these settings (after suit_settings) comes to, in the order
// of ComparedTrainings: those of searches, seeds, learning curves, and probes that heads start
// from.
std::vector<PlannedTraining> planned_trainings(const ExperimentSettings& settings, int64_t rows,
                                               int64_t labels, int64_t layers);

// What work takes on this machine, as measured just before.
struct MeasuredCosts {
  struct OfStrategy {
    double setup = 0;             // seconds: taking memory, packing weights
    double step = 0;              // seconds of a training step of a whole batch
    double evaluate_token = 0;    // seconds a token, through what is not frozen
    double frozen_token = 0;      // seconds a token, through what is, once for all strategies
    double fit = 0, fit_row = 0;  // seconds of one exact solution, and of each of its rows
    // The same in iterations of L-BFGS, which are those of any machine.
    double fit_iterations = 0, fit_row_iterations = 0;
  };
  std::vector<OfStrategy> strategies;  // [strategies]
};

// What solving a classifier exactly comes to: solutions, and the rows of all of them.
struct SolverWork {
  double fits = 0, rows = 0;
};

// With C searched on validation, by cross-validation (cross_validation_folds), or given (above 0).
SolverWork solver_work(double inverse_regularization,
                       const std::vector<int64_t>& label_rows /* [labels], of training */,
                       int64_t validation_rows);

// Times, with copies that are thrown away, one or two steps of each strategy on training rows whose
// lengths are those of all, an evaluation, the frozen layers and the exact solver. Deep plans that
// are left when `most_seconds` have passed are put between those that were measured.
MeasuredCosts measure_costs(const ExperimentSettings& settings, const PreparedData& prepared,
                            const StrategyRunner& runner, double most_seconds = 1);

// Seconds of what is not training: the reference that reads no encoder, where `references`, and the
// tests of significance. Timed on a part of each.
double measure_other_costs(const ExperimentSettings& settings, const Dataset& data,
                           bool references);

struct StrategyPlan {
  std::string name;
  int64_t trainings = 0, trials = 0;  // trials: those of them that are a search's
  int64_t steps = 0;                  // of all
  double seconds = 0;                 // of all
  int64_t memory = 0;                 // bytes at its peak
  int64_t disk = 0;                   // bytes of its folder
};

struct RunPlan {
  int64_t train_rows = 0, validation_rows = 0, test_rows = 0;
  std::vector<StrategyPlan> strategies;  // those that are reported
  double shared_seconds = 0;             // frozen layers, probes that heads start from
  double other_seconds = 0;              // label check; add measure_other_costs()
  int64_t state_bytes = 0;               // kept for --resume while it runs, at most
  bool stops_early = false;              // so that steps and times are at most so many
  std::vector<std::string> notes;        // what is tried first, training sizes

  double seconds() const;
};

// What `runner` will do. Costs come from measure_costs.
RunPlan make_run_plan(const ExperimentSettings& settings, const PreparedData& prepared,
                      const StrategyRunner& runner, const MeasuredCosts& costs);

// "About 3 min for probe, last-1 and full on this machine", with "at most" where they may stop
// early.
std::string estimate_sentence(const RunPlan& plan);

// The whole plan, a table that fits 80 columns.
std::string format_run_plan(const RunPlan& plan);

}  // namespace thaw
