#pragma once  // Tests: tests/experiment/comparison_test.cc

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/cached_activations.h"
#include "experiment/recipe/settings.h"
#include "model/classifier.h"
#include "model/freeze_plan.h"
#include "training/training_run.h"

namespace thaw {

// What all trainings of a comparison share. The labels of the test are not among it.
struct PreparedData {
  std::vector<ClassifierModel> pretrained;  // [seeds] the same but for weights that are new
  TokenizedTexts train, validation, test;
  std::vector<int32_t> train_labels, validation_labels;  // [rows]
  std::vector<int64_t> train_numbers;                    // [rows] in the file; empty: unknown
  bool has_test = false;                                 // else validation is what is evaluated
  std::filesystem::path spill_folder;                    // for what memory does not hold
  int64_t memory = 0;  // bytes that a training and frozen activations may take

  const TokenizedTexts& evaluated() const { return has_test ? test : validation; }
};

// One training of one strategy: what the journal keeps of it (write_record()), a field for each
// part of the record.
struct StrategyRun {    // NOLINT(bugprone-exception-escape): its implicit move
  int64_t number = 0;   // among all trainings of the comparison, from 0
  std::string failure;  // why it did not finish; "": it did
  bool worth_saving = true;
  ClassifierModel classifier;
  int lowest_changed = 0;  // lowest part in which it differs from the pretrained encoder
  TrainingOutcome outcome;
  double prefix_seconds = 0;  // frozen layers over training and validation rows
  double start_seconds = 0;   // the training that it starts from, where that belongs to it
  double eval_seconds = 0;    // over the evaluated rows, frozen layers included
  double peak_memory_mb = 0;  // while it was trained and evaluated
  std::vector<float> evaluated_logits, validation_logits;  // [rows, labels]
  std::string frozen_hash_before, frozen_hash_after;

  double train_seconds() const { return outcome.seconds + prefix_seconds + start_seconds; }
};

struct RunRequest {
  size_t strategy = 0;  // in the settings
  int seed = 0;         // 0…seeds-1
  TrainingSettings training;
  const std::vector<int64_t>* chosen = nullptr;  // training rows; null: all
  const StrategyRun* start = nullptr;            // null: the pretrained encoder
  std::string name;                              // for the user
  bool evaluate = true;   // gives evaluated_logits; false: the training alone, for a search
  bool validate = false;  // gives validation_logits
  bool prove = false;     // gives them, and hashes of what is frozen
  const Checkpointer* checkpointer = nullptr;  // as in TrainingRun::train
};

// Trains strategies of one comparison, which share what frozen layers compute where they can. Its
// fields are what it was given, what was foreseen of each strategy, and the caches.
class StrategyRunner {
 public:
  // All must outlive it. `trained`: what is trained multiplies in these numbers. Throws Error where
  // a strategy does not fit the model.
  StrategyRunner(const ExperimentSettings& settings, const PreparedData& prepared, Engine& engine,
                 NumberType trained, const Listener& listener);

  Engine& engine() const { return engine_; }
  NumberType trained() const { return trained_; }

  const std::vector<FreezePlan>& plans() const { return plans_; }  // [strategies]
  // A step's rows run through the layers in parts of so many tokens; 0: all at once.
  int64_t micro_batch_tokens(size_t strategy) const { return micro_batch_tokens_[strategy]; }
  // Bytes that a training takes beside the pretrained weights and the frozen activations, and that
  // the frozen activations of all strategies take of memory, as foreseen.
  int64_t training_bytes(size_t strategy) const { return training_bytes_[strategy]; }
  int64_t frozen_bytes() const;
  // What a strategy reads of the frozen part: kEmbeddingsGroup for nothing, the depth of tokens, or
  // head_group() for the head's features.
  int frozen_depth(size_t strategy) const;
  bool dense_trained(size_t strategy) const { return dense_is_trained(table(), plans_[strategy]); }
  // In which numbers the frozen layers multiply; "" before any was run.
  const std::string& frozen_precision() const { return frozen_precision_.why; }
  // What was chosen before, and who is told of a choice before anything depends on it.
  void keep_frozen_precision(const std::optional<FrozenPrecision>& chosen,
                             std::function<void(const FrozenPrecision&)> on_choice);

  // Features of the training rows from the pretrained encoder, where some strategy reads them: then
  // they are computed, unless they were.
  const float* shared_features();  // [rows, shared_feature_size()], or null
  int64_t shared_feature_size();
  // What the head reads of the pretrained encoder before any dense layer, where such a layer is
  // trained: features of every split, computed unless they were. Valid until the next call or run.
  const CachedSplits& pooled_vectors();

  // A training that comes to numbers that are not finite is a run with `failure`.
  StrategyRun run(const RunRequest& request);
  // Gives the run of that request the classifier that it ended with, from the values of what was
  // trained. Throws Error that names `where` if they are not as many.
  void restore(const RunRequest& request, const std::vector<float>& trained,
               const std::string& where, StrategyRun& run) const;
  // The values of what a run of the strategy has trained.
  std::vector<float> trained_values(size_t strategy, const ClassifierModel& classifier) const;

 private:
  const ParameterTable& table() const { return prepared_.pretrained.front().table; }
  // Before anything is trained: sets micro_batch_tokens_ and spill_limit_. Throws Error where a
  // strategy does not fit into memory.
  void foresee_memory();
  bool shared_dense_trained() const;
  bool shares_prefix(const RunRequest& request, int lowest_changed) const;
  int lowest_changed_before(const RunRequest& request) const;
  bool reads_shared_features(size_t strategy) const;
  const CachedSplits& shared();
  const CachedSplits* frozen_for(const RunRequest& request, const ClassifierModel& base,
                                 int lowest_changed);
  CachedSplits run_prefix(const ClassifierModel& base, std::set<int> depths, bool features,
                          bool dense_trained, const std::string& name);

  const ExperimentSettings& settings_;
  const PreparedData& prepared_;
  Engine& engine_;
  const NumberType trained_;
  const Listener& listener_;
  std::vector<FreezePlan> plans_;
  std::vector<int64_t> micro_batch_tokens_;  // [strategies] see TrainingSettings; 0: no limit
  std::vector<int64_t> training_bytes_;      // [strategies]
  int64_t spill_limit_ = 0;                  // bytes of frozen activations that stay in memory
  FrozenPrecision frozen_precision_;
  std::function<void(const FrozenPrecision&)> on_frozen_precision_;
  std::unique_ptr<CachedSplits> shared_;
  // What the last run that could not share computed, and for whom: searches and learning curves
  // ask for it again.
  std::unique_ptr<CachedSplits> own_;
  size_t own_strategy_ = 0;
  int own_seed_ = -1;
  int64_t own_start_ = -1;  // number of the run that it starts from
};

}  // namespace thaw
