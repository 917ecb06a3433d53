#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace thaw {

inline constexpr double kUnknownLoss = std::numeric_limits<double>::quiet_NaN();

// One epoch's end.
struct EpochOutcome {
  int epoch = 0;          // from 1
  double train_loss = 0;  // mean over the epoch's steps
  bool validated = false;
  double validation_loss = 0, validation_accuracy = 0, validation_f1 = 0, validation_macro_f1 = 0;
  double calibrated_loss = kUnknownLoss;  // on validation, after a temperature is fitted to it
  double seconds = 0;                     // of training steps and validation
};

// Writes into `end` what logits of the validation rows come to against their labels.
void note_validation(const std::vector<float>& logits /* [rows, labels] */,
                     const int32_t* gold /* [rows] */, int64_t labels, EpochOutcome& end);

struct StepOutcome {
  int64_t step = 0;  // from 1
  double loss = 0, learning_rate = 0, gradient_norm = 0;
};

struct TrainingOutcome {
  std::vector<EpochOutcome> epochs;
  std::vector<StepOutcome> steps;
  int best_epoch = 0;    // 0: nothing was validated, the last epoch stays
  double best_loss = 0;  // what best_epoch was chosen by
  double seconds = 0;
  // Of the exact solver, whose solution counts as one epoch without steps:
  double inverse_regularization = 0;  // 0: there was none
  int c_tried = 0;                    // values of C among which it was chosen
  int c_folds = 0;  // of the cross-validation that it was chosen by; 0: on validation
};

// Where a training stands between two steps. With the network's state, flushed, it is all that the
// rest of the training depends on: the order of an epoch, dropout and the learning rate follow from
// the settings and these numbers.
struct TrainingProgress {
  TrainingOutcome outcome;  // so far; one entry a step taken
  int epoch = 1;            // the current one
  int64_t rows = 0;         // of it that were trained on
  double epoch_loss = 0;    // sum over its steps
  double recent_loss = -1;  // for the user
  double epoch_seconds = 0;
  double best_loss = 0;  // on validation, at outcome.best_epoch
  int epochs_since_best = 0;
  std::vector<float> best;  // Network::values() of the best epoch; empty: none so far

  int64_t micro_batch_tokens =
      0;  // of TrainingSettings: memory had a part in it when the training began

  int64_t step() const { return static_cast<int64_t>(outcome.steps.size()); }
};

// The outcome, and all of the progress but `best`, as bytes and back, every number with its bits.
// Reading throws Error with `where` on other bytes.
std::string write_record(const TrainingOutcome& outcome);
TrainingOutcome read_outcome(std::string_view bytes, const std::string& where);
std::string write_record(const TrainingProgress& progress);
TrainingProgress read_progress(std::string_view bytes, const std::string& where);

// Keeps the state of a training, so that it can go on after the process has ended.
struct Checkpointer {
  // Puts what was kept into the progress and the state; false: nothing was.
  std::function<bool(TrainingProgress&, Network&)> restore;
  // Whether to keep the state after this step; asked after each, so it is cheap.
  std::function<bool(int64_t step)> due;
  // The network is flushed.
  std::function<void(const TrainingProgress&, Network&)> save;
};

}  // namespace thaw
