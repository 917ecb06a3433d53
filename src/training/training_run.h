#pragma once  // Tests: tests/training/fake_engine_test.cc

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/listener.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "training/choose_c.h"
#include "training/class_weights.h"
#include "training/split_view.h"
#include "training/training_progress.h"

namespace thaw {

// Which epoch's weights stay. Ties go to the earlier one; without validation rows, the last.
enum class BestEpoch {
  kLoss,            // of the lowest validation loss, as Trainer's load_best_model_at_end
  kCalibratedLoss,  // of the lowest after a temperature was fitted to it (Guo et al. 2017): not an
                    // early one only because later ones are too sure of themselves
  kLast,
};

// The Trainer's settings, one field for each key of a recipe that says how a strategy is trained;
// see "Training semantics" in docs/architecture.md.
struct TrainingSettings {
  int epochs = 3;
  int batch_size = 16, eval_batch_size = 32;
  double learning_rate = 2e-5;
  double head_learning_rate = 0;  // of the head and BERT's pooler; 0: learning_rate
  double weight_decay = 0;
  double warmup_ratio = 0;
  double max_grad_norm = 1.0;  // 0: no clipping
  int patience = 0;            // epochs without a better validation loss before stopping; 0: never
  BestEpoch best_epoch = BestEpoch::kLoss;
  bool frozen_dropout = false;  // frozen layers keep their dropout while training (slow)
  uint64_t seed = 42;
  LossSettings loss;
  // The learning rate of each layer is that of the one above times this; 1: the same for all.
  double layer_decay = 1;
  // Gradient accumulation: rows of a step are run through the layers in micro-batches of at most so
  // many (rounded) tokens, whose gradients add up to the step's; 0: all at once. Each has a dropout
  // of its own.
  int64_t micro_batch_tokens = 0;
};

// What the settings say of the learning rates of parts against each other.
RateShares rate_shares(const TrainingSettings& settings);

// Training came to numbers that are not finite. Its sentence has the step, the learning rate, the
// rows and what to do.
struct Diverged : Error {
  using Error::Error;
};

// Trains what a network leaves trainable: the loop over epochs and steps, whatever device and
// numbers the network has.
class TrainingRun {
 public:
  // The network must outlive it.
  explicit TrainingRun(Network& network) : network_(network) {}

  // Trains on `train`; after each epoch evaluates `validation` (may have no rows) and keeps the
  // best state. Throws Diverged on a loss or gradient that is not finite, with the best state so
  // far restored; Interrupted when the listener says so. With a checkpointer it resumes from what
  // that restores, to the same bits as without a break.
  TrainingOutcome train(const SplitView& train, const SplitView& validation,
                        const TrainingSettings& settings, const std::string& name,
                        const Listener& listener, const Checkpointer* checkpointer = nullptr);

  // Logits of all texts in evaluation mode.  // [texts, labels]
  std::vector<float> logits(const SplitView& split, const std::string& stage,
                            const Listener& listener);

  // One step's forward and backward without the update, in micro-batches where the settings say
  // so: the loss. Gradients are added.
  double step_gradients(const SplitView& split, const int64_t* rows, int64_t count, uint64_t step,
                        const TrainingSettings& settings);
  // An epoch has ended and was the best so far: what stays after an error is worth keeping.
  bool has_best() const { return has_best_; }
  // Of the validation rows, by the state that train() left; empty where nothing was validated, or
  // where that epoch had ended before the process that resumed the training.  // [texts, labels]
  const std::vector<float>& validation_logits() const { return validation_logits_; }

 private:
  // The steps of the epoch that are left. Throws Diverged, the state being as the step found it.
  void train_epoch(const SplitView& train, const TrainingSettings& settings,
                   const std::string& name, const Listener& listener,
                   const Checkpointer* checkpointer, TrainingProgress& at);
  // What the validation says of the epoch, and whether it is the best so far.
  void end_epoch(const SplitView& validation, const TrainingSettings& settings,
                 const std::string& name, const Listener& listener, TrainingProgress& at);
  void restore_best(const TrainingProgress& at);
  void prepare_loss(const SplitView& train, const TrainingSettings& settings);
  // What a step reads and learns: frozen layers with their dropout are run from the tokens.
  BatchSource source(const SplitView& split, const int64_t* rows, int64_t count,
                     const TrainingSettings& settings) const;
  Targets targets(const SplitView& split) const;
  // What the row counts in the mean over a step's rows.
  double weight_of(const SplitView& split, int64_t row) const;
  // One vector a text is all that a step reads.
  bool reads_features(const SplitView& split, const TrainingSettings& settings) const;
  [[noreturn]] void throw_diverged(const SplitView& train, const int64_t* rows, int64_t count,
                                   double loss, const TrainingSettings& settings,
                                   const std::string& when, const std::string& name);
  // All memory of the steps at once, so that none is asked for while they run.
  void reserve_steps(const SplitView& train, const TrainingSettings& settings);

  Network& network_;
  SingleProcess alone_;
  bool has_best_ = false;
  std::vector<float> validation_logits_;
  std::vector<double> class_weights_;  // [labels]; empty: the plain loss, but for the smoothing
  double label_smoothing_ = 0;
};

}  // namespace thaw
