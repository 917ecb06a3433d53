#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/load.h"
#include "experiment/choose_precision.h"
#include "model/freeze_plan.h"
#include "results/results.h"
#include "training/checkpoint_interval.h"
#include "training/training_run.h"

namespace thaw {

// How a strategy's trained weights are found.
enum class Solver {
  kAdamW,  // step by step (training/training_run.h)
  kLbfgs,  // straight to the optimum (training/exact_probe.h); of the linear classifier alone
};

// Where a strategy's head begins.
enum class HeadStart {
  kAuto,   // not said
  kProbe,  // from the linear probe's optimum, or from a dense head trained on the same vectors
  kNew,    // newly drawn, or as init_from names
};

// How much is tried before a strategy is trained.
enum class Effort {
  kQuick,     // one good setting
  kFair,      // learning rates by successive halving, within three times the time of one run
  kThorough,  // a grid on all rows, several seeds
};

// What a search tries; nothing: as the effort says.
struct SearchedSettings {
  bool learning_rate = false, epochs = false;

  bool any() const { return learning_rate || epochs; }
};

// One field for each key of a strategy's table, and what suit_settings() makes of them.
struct StrategySettings {
  std::string name;       // its name in results and its folder
  std::string strategy;   // "probe", "last-2", "full"
  std::string init_from;  // approach or table of an earlier strategy; "": the pretrained encoder
  std::vector<std::string> freeze, unfreeze;  // patterns over parameter names
  TrainingSettings training;
  Solver solver = Solver::kAdamW;
  double inverse_regularization = 0;  // of L-BFGS, as in ExactProbeSettings
  HeadStart head_start = HeadStart::kAuto;
  std::set<std::string> given;               // keys that a recipe or a flag has set
  std::vector<TrainingSettings> candidates;  // that a search by effort tries; empty: none
  // What candidates with balanced class weights start from, where it is not init_from.
  std::string balanced_start;
  // Trained for another's sake (the probe that heads start from) and not reported.
  bool hidden = false;

  // What `strategy` says, once it is known to be one. lp-ft is full from a probe's head.
  Strategy::Kind kind() const { return parse_strategy(strategy).kind; }
  bool is_probe() const { return kind() == Strategy::Kind::kProbe; }
  bool is_lp_ft() const { return strategy == "lp-ft"; }
  // Of a learning curve: fewer rows then have more epochs.
  bool epochs_suit_rows() const {
    return !given.count("epochs") && solver == Solver::kAdamW && !is_probe();
  }
};

// Who gave a value: a line of a recipe, or a flag.
struct ValuePlace {
  std::string where;  // "recipes/x.toml:7", or as the front end words it
  ErrorKind kind = ErrorKind::kData;
};

// Everything that a comparison needs to know: one field for each key of a recipe.
struct ExperimentSettings {
  std::string title;
  std::string model = "minilm";
  std::string revision, data_revision;  // of a model and a data set of the hub; "": main
  DataOptions data;
  std::string out;
  int max_length = 0;  // 0: what the model says
  uint64_t seed = 42;
  int threads = 0;                      // 0: all cores
  CheckpointInterval checkpoint_every;  // where a journal is kept
  // In the results: measured times, memory and dates, in which two runs differ that are otherwise
  // the same. Without them, int8 is chosen by its quality alone.
  bool record_timings = true;
  int64_t memory = 0;                // bytes that a training may take; 0: what is free
  WantedPrecision precision;         // of what is trained: fp32, bf16
  WantedPrecision frozen_precision;  // of what is frozen: int8 as well
  std::string pooling = "auto";      // or as model/pooling names it
  bool native_head = false;          // the family's own, whatever the pooling
  std::vector<StrategySettings> strategies;
  StrategySettings common;  // what a strategy that nobody names starts from, in a sweep
  int seeds = 1;            // trainings of each strategy: seed, seed + 1, …
  bool sweep_depth = false, sweep_size = false;
  std::vector<double> sizes;  // of the size sweep: shares up to 1, or rows; empty: halves
  Effort effort = Effort::kFair;
  SearchedSettings search;
  std::vector<double> learning_rates,
      epoch_counts;        // candidates; empty: around each strategy's own
  bool check_data = true;  // for shared rows, conflicting and doubtful labels
  DecisionSettings decision;
  double target_precision = 0;  // that thresholds are saved for; 0: none are
  // Of every key that was given, the last place; keys of one strategy as "probe.epochs".
  std::map<std::string, ValuePlace> places;
};

// One value for one key, from a recipe or from the command line.
struct Assignment {
  std::string scope;  // "" for all, or the table of one strategy: "probe"
  std::string key;    // with underscores
  std::vector<std::string> values;
  std::string where;  // "recipes/x.toml:7", or as the front end words it
};

// What a key is, for --help and docs.
struct KeyDescription {
  std::string key;
  std::string type;  // "TEXT", "NUMBER", "LIST", "BOOL"
  std::string help;
  bool of_strategy;  // may stand in a strategy's table

  bool is_list() const { return type == "LIST" || type == "PATH…"; }
};
const std::vector<KeyDescription>& setting_keys();

// The assignments of a TOML recipe. Relative paths of `data`, `train`, `validation`, `test` are
// taken from the recipe's folder where they exist there, `model` too. Throws Error with file:line.
std::vector<Assignment> read_recipe(const std::filesystem::path& path);

// "probe.epochs=2" -> scope probe, key epochs, value 2. Lists: "strategies=probe,full".
Assignment parse_assignment(const std::string& text, const std::string& where);

// What is given; the rest suits the strategy, the model and the rows (suited_settings.h).
// Defaults, then the recipe, then the command line: each first for all strategies, then for one.
// Throws Error for an unknown key (with the nearest known one), a value of the wrong kind or out of
// range, a strategy that starts from one that does not come before it, settings that contradict
// each other. What the command line gave is ErrorKind::kUsage, what a recipe gave is not.
ExperimentSettings make_settings(const std::vector<Assignment>& recipe,
                                 const std::vector<Assignment>& command_line);

// The same error as one of the place that gave the setting which is wrong (Error::setting()), if
// that was a recipe: its line, and ErrorKind::kData.
Error as_given(const Error& error, const ExperimentSettings& settings);

}  // namespace thaw
