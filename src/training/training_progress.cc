#include "training/training_progress.h"

#include <cmath>

#include "base/record.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

constexpr size_t kLeastBytes = 8;  // of an epoch or a step

TrainingOutcome take_outcome(RecordReader& in) {
  TrainingOutcome outcome;
  outcome.epochs.resize(in.take_count(kLeastBytes));
  for (EpochOutcome& epoch : outcome.epochs) {
    in.take(epoch.epoch);
    in.take(epoch.train_loss);
    epoch.validated = in.take<char>() != 0;
    in.take(epoch.validation_loss);
    in.take(epoch.validation_accuracy);
    in.take(epoch.validation_f1);
    in.take(epoch.validation_macro_f1);
    in.take(epoch.seconds);
  }
  outcome.steps.resize(in.take_count(kLeastBytes));
  for (StepOutcome& step : outcome.steps) {
    in.take(step.step);
    in.take(step.loss);
    in.take(step.learning_rate);
    in.take(step.gradient_norm);
  }
  in.take(outcome.best_epoch);
  in.take(outcome.seconds);
  in.take(outcome.inverse_regularization);
  in.take(outcome.c_tried);
  if (in.at_end()) return outcome;  // as version 0.1 has written it
  in.take(outcome.c_folds);
  in.take(outcome.best_loss);
  if (in.at_end()) return outcome;  // before calibrated losses were kept
  for (EpochOutcome& epoch : outcome.epochs) in.take(epoch.calibrated_loss);
  return outcome;
}

}  // namespace

void note_validation(const std::vector<float>& logits, const int32_t* gold, int64_t labels,
                     EpochOutcome& end) {
  const auto rows = static_cast<int64_t>(logits.size()) / labels;
  const auto metrics = classification_metrics(logits.data(), gold, rows, labels);
  end.validated = true;
  end.validation_loss = metrics.loss;
  end.validation_accuracy = metrics.accuracy;
  end.validation_f1 = metrics.f1();
  end.validation_macro_f1 = metrics.macro_f1;
  if (std::isfinite(metrics.loss)) {
    end.calibrated_loss = calibrated_loss(logits.data(), gold, rows, labels);
  }
}

std::string write_record(const TrainingOutcome& outcome) {
  RecordWriter out;
  out.put(static_cast<uint64_t>(outcome.epochs.size()));
  for (const EpochOutcome& epoch : outcome.epochs) {
    out.put(epoch.epoch).put(epoch.train_loss).put(static_cast<char>(epoch.validated));
    out.put(epoch.validation_loss).put(epoch.validation_accuracy).put(epoch.validation_f1);
    out.put(epoch.validation_macro_f1).put(epoch.seconds);
  }
  out.put(static_cast<uint64_t>(outcome.steps.size()));
  for (const StepOutcome& step : outcome.steps) {
    out.put(step.step).put(step.loss).put(step.learning_rate).put(step.gradient_norm);
  }
  out.put(outcome.best_epoch)
      .put(outcome.seconds)
      .put(outcome.inverse_regularization)
      .put(outcome.c_tried);
  out.put(outcome.c_folds).put(outcome.best_loss);
  for (const EpochOutcome& epoch : outcome.epochs) out.put(epoch.calibrated_loss);
  return out.bytes();
}

TrainingOutcome read_outcome(std::string_view bytes, const std::string& where) {
  RecordReader in(bytes, where);
  TrainingOutcome outcome = take_outcome(in);
  in.end();
  return outcome;
}

std::string write_record(const TrainingProgress& progress) {
  RecordWriter out;
  out.put(progress.epoch).put(progress.rows).put(progress.epoch_loss).put(progress.recent_loss);
  out.put(progress.epoch_seconds).put(progress.best_loss).put(progress.epochs_since_best);
  out.put(progress.micro_batch_tokens);
  return out.bytes() + write_record(progress.outcome);
}

TrainingProgress read_progress(std::string_view bytes, const std::string& where) {
  RecordReader in(bytes, where);
  TrainingProgress progress;
  in.take(progress.epoch);
  in.take(progress.rows);
  in.take(progress.epoch_loss);
  in.take(progress.recent_loss);
  in.take(progress.epoch_seconds);
  in.take(progress.best_loss);
  in.take(progress.epochs_since_best);
  in.take(progress.micro_batch_tokens);
  progress.outcome = take_outcome(in);
  in.end();
  return progress;
}

}  // namespace thaw
