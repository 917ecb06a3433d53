#include "training/training_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/stopwatch.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "training/choose_c.h"
#include "training/class_weights.h"
#include "training/logistic_regression.h"
#include "training/schedule.h"

namespace thaw {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

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

std::vector<int64_t> training_order(const SplitView& train, uint64_t seed, int epoch) {
  auto order = epoch_order(train.rows(), seed, epoch);
  if (train.chosen != nullptr) {
    for (int64_t& row : order) row = (*train.chosen)[row];
  }
  return order;
}

int64_t steps_an_epoch(int64_t rows, const TrainingSettings& settings) {
  return (rows + settings.batch_size - 1) / settings.batch_size;
}

}  // namespace

RateShares rate_shares(const TrainingSettings& settings) {
  RateShares rates{settings.layer_decay, 1};
  if (settings.head_learning_rate > 0) {
    rates.head = settings.head_learning_rate / settings.learning_rate;
  }
  return rates;
}

void TrainingRun::prepare_loss(const SplitView& train, const TrainingSettings& settings) {
  label_smoothing_ = settings.label_smoothing;
  class_weights_ = settings.class_weights;
  if (!settings.balanced_classes) return;
  std::vector<int64_t> counts(static_cast<size_t>(network_.labels()));
  const int64_t rows = train.rows();
  for (int64_t i = 0; i < rows; ++i) {
    ++counts[train.labels[train.chosen == nullptr ? i : (*train.chosen)[i]]];
  }
  class_weights_ = balanced_class_weights(counts);
}

double TrainingRun::weight_of(const SplitView& split, int64_t row) const {
  return class_weights_.empty() ? 1 : class_weights_[static_cast<size_t>(split.labels[row])];
}

BatchSource TrainingRun::source(const SplitView& split, const int64_t* rows, int64_t count,
                                const TrainingSettings& settings) const {
  return {split.texts,
          settings.frozen_dropout ? nullptr : split.cache,
          {rows, static_cast<size_t>(count)}};
}

Targets TrainingRun::targets(const SplitView& split) const {
  return {split.labels, class_weights_, label_smoothing_};
}

bool TrainingRun::reads_features(const SplitView& split, const TrainingSettings& settings) const {
  return !settings.frozen_dropout && split.cache != nullptr && !split.cache->features().empty() &&
         network_.reads_features();
}

double TrainingRun::step_gradients(const SplitView& split, const int64_t* rows, int64_t count,
                                   uint64_t step, const TrainingSettings& settings) {
  StepDropout dropout{true, settings.seed, step};
  const Targets learnt = targets(split);
  const auto micro_batches = micro_batches_by_tokens(
      *split.texts, rows, count, reads_features(split, settings) ? 0 : settings.micro_batch_tokens);
  if (micro_batches.size() == 1) {
    return network_.accumulate(source(split, rows, count, settings), learnt, dropout, 1, nullptr);
  }
  double whole = 0, loss = 0;
  for (int64_t i = 0; i < count; ++i) whole += weight_of(split, rows[i]);
  for (const int64_t size : micro_batches) {
    double own = 0;
    for (int64_t i = 0; i < size; ++i) own += weight_of(split, rows[i]);
    const double loss_weight = own / whole;
    loss += loss_weight * network_.accumulate(source(split, rows, size, settings), learnt, dropout,
                                              loss_weight, nullptr);
    rows += size;
    ++dropout.micro_batch;
  }
  return loss;
}

void TrainingRun::throw_diverged(const SplitView& train, const int64_t* rows, int64_t count,
                                 double loss, const TrainingSettings& settings,
                                 const std::string& when, const std::string& name) {
  // Of a loss, the rows that came to no finite numbers by themselves: one text, or all.
  std::vector<int64_t> guilty;
  for (int64_t i = 0; !std::isfinite(loss) && i < count; ++i) {
    const double own =
        network_.accumulate(source(train, rows + i, 1, settings), targets(train), {}, 0, nullptr);
    if (!std::isfinite(own)) {
      guilty.push_back(rows[i]);
    }
  }
  const bool some = !guilty.empty() && guilty.size() < static_cast<size_t>(count);
  if (guilty.empty()) guilty.assign(rows, rows + count);
  for (int64_t& row : guilty) row = train.numbers != nullptr ? train.numbers[row] : row;
  std::sort(guilty.begin(), guilty.end());
  constexpr size_t kShown = 8;
  std::string list;
  for (size_t i = 0; i < std::min(guilty.size(), kShown); ++i) {
    list += fmt::format("{}{}", i == 0 ? "" : ", ", guilty[i]);
  }
  if (guilty.size() > kShown) list += fmt::format(" and {} more", guilty.size() - kShown);
  throw Diverged(fmt::format("the {} was not a finite number at {}, on training {}{}",
                             std::isfinite(loss) ? "gradient" : "loss", when,
                             guilty.size() == 1 ? "row " : "rows ", list),
                 name,
                 some ? fmt::format("look at {}, or lower the learning rate",
                                    guilty.size() == 1 ? "this row" : "these rows")
                      : "lower the learning rate");
}

std::vector<float> TrainingRun::logits(const SplitView& split, const std::string& stage,
                                       const Listener& listener) {
  return logits_of(network_, *split.texts, split.cache, stage, listener);
}

void TrainingRun::reserve_steps(const SplitView& train, const TrainingSettings& settings) {
  if (reads_features(train, settings)) return;
  int64_t tokens = 0;
  for (int epoch = 1; epoch <= settings.epochs; ++epoch) {
    const auto order = training_order(train, settings.seed, epoch);
    tokens = std::max(tokens, largest_batch_tokens(*train.texts, order, settings.batch_size,
                                                   settings.micro_batch_tokens));
  }
  network_.reserve(tokens);
}

void TrainingRun::restore_best(const TrainingProgress& at) {
  network_.flush();
  if (!at.best.empty()) network_.set_values(at.best);
}

void TrainingRun::train_epoch(const SplitView& train, const TrainingSettings& settings,
                              const std::string& name, const Listener& listener,
                              const Checkpointer* checkpointer, TrainingProgress& at) {
  const int64_t rows = train.rows();
  const int64_t total_steps = steps_an_epoch(rows, settings) * settings.epochs;
  const LinearSchedule schedule(settings.learning_rate, settings.warmup_ratio, total_steps);
  const auto order = training_order(train, settings.seed, at.epoch);
  const auto start = Clock::now();
  const double epoch_before = at.epoch_seconds, all_before = at.outcome.seconds;
  const auto note_time = [&] {
    const double seconds = seconds_since(start);
    at.epoch_seconds = epoch_before + seconds;
    at.outcome.seconds = all_before + seconds;
  };
  Progress progress{fmt::format("{}: epoch {}/{}", name, at.epoch, settings.epochs), at.rows, rows};
  while (at.rows < rows) {
    listener.check();
    const int64_t count = std::min<int64_t>(settings.batch_size, rows - at.rows);
    const int64_t step = at.step() + 1;
    const double learning_rate = schedule.at(step - 1);
    const int64_t* batch = order.data() + at.rows;
    const double loss =
        step_gradients(train, batch, count, static_cast<uint64_t>(step - 1), settings);
    const double norm =
        std::isfinite(loss)
            ? network_
                  .step({step, learning_rate, settings.weight_decay, settings.max_grad_norm},
                        alone_)
                  .gradient_norm
            : loss;
    if (!std::isfinite(loss) || !std::isfinite(norm)) {
      throw_diverged(
          train, batch, count, loss, settings,
          fmt::format("step {} of {} (learning rate {})", step, total_steps, number(learning_rate)),
          name);
    }
    at.outcome.steps.push_back({step, loss, learning_rate, norm});
    at.epoch_loss += loss;
    at.recent_loss = at.recent_loss < 0 ? loss : 0.95 * at.recent_loss + 0.05 * loss;
    at.rows += count;
    note_time();
    progress.rows = at.rows;
    progress.loss = at.recent_loss;
    progress.seconds = at.epoch_seconds;
    listener.report(progress);
    if (checkpointer != nullptr && checkpointer->due(step)) {
      network_.flush();
      checkpointer->save(at, network_);
    }
  }
  network_.flush();
  note_time();
  progress.finished = true;
  listener.report(progress);
}

void TrainingRun::end_epoch(const SplitView& validation, const TrainingSettings& settings,
                            const std::string& name, const Listener& listener,
                            TrainingProgress& at) {
  EpochOutcome end;
  end.epoch = at.epoch;
  const int64_t steps = at.step() / at.epoch;  // of each epoch
  end.train_loss = at.epoch_loss / static_cast<double>(steps);
  const auto start = Clock::now();
  if (validation.rows() > 0) {
    const auto scores = logits(validation, name + ": validation", listener);
    note_validation(scores, validation.labels, network_.labels(), end);
    const bool calibrated =
        settings.best_epoch == BestEpoch::kCalibratedLoss && std::isfinite(end.calibrated_loss);
    const double loss = calibrated ? end.calibrated_loss : end.validation_loss;
    if (at.outcome.best_epoch == 0 || loss < at.best_loss ||
        settings.best_epoch == BestEpoch::kLast) {
      at.outcome.best_epoch = at.epoch;
      at.best_loss = at.outcome.best_loss = loss;
      at.epochs_since_best = 0;
      has_best_ = true;
      // The last epoch's state stays where it is.
      if (at.epoch < settings.epochs) at.best = network_.values();
    } else {
      ++at.epochs_since_best;
    }
  }
  const double seconds = seconds_since(start);
  end.seconds = at.epoch_seconds + seconds;
  at.outcome.seconds += seconds;
  at.outcome.epochs.push_back(end);
  ++at.epoch;
  at.rows = 0;
  at.epoch_loss = at.epoch_seconds = 0;
  at.recent_loss = -1;
}

TrainingOutcome TrainingRun::train(const SplitView& train, const SplitView& validation,
                                   const TrainingSettings& wanted, const std::string& name,
                                   const Listener& listener, const Checkpointer* checkpointer) {
  TrainingSettings settings = wanted;
  prepare_loss(train, settings);
  if (settings.solver == Solver::kLbfgs) return solve(train, validation, settings, name, listener);
  const auto start = Clock::now();
  TrainingProgress at;
  at.micro_batch_tokens = settings.micro_batch_tokens;
  if (checkpointer != nullptr && checkpointer->restore(at, network_)) {
    has_best_ = at.outcome.best_epoch > 0;
    settings.micro_batch_tokens = at.micro_batch_tokens;
    network_.take_state();
  }
  reserve_steps(train, settings);
  at.outcome.steps.reserve(
      static_cast<size_t>(steps_an_epoch(train.rows(), settings) * settings.epochs));
  at.outcome.seconds += seconds_since(start);
  bool patient = true;
  while (at.epoch <= settings.epochs && patient) {
    try {
      train_epoch(train, settings, name, listener, checkpointer, at);
    } catch (const Diverged&) {
      restore_best(at);
      throw;
    }
    end_epoch(validation, settings, name, listener, at);
    patient = settings.patience == 0 || at.epochs_since_best < settings.patience;
  }
  const int last = at.outcome.epochs.back().epoch;
  if (at.outcome.best_epoch != 0 && at.outcome.best_epoch != last) restore_best(at);
  return std::move(at.outcome);
}

TrainingOutcome TrainingRun::solve(const SplitView& train, const SplitView& validation,
                                   const TrainingSettings& settings, const std::string& name,
                                   const Listener& listener) {
  const auto start = Clock::now();
  const int64_t rows = train.rows();
  std::vector<double> grid{settings.inverse_regularization};
  const int64_t size = network_.feature_size();
  const float* features = train.cache->features().data();
  const int32_t* gold = train.labels;
  std::vector<float> chosen_features;
  std::vector<int32_t> chosen_gold;
  if (train.chosen != nullptr) {
    for (const int64_t row : *train.chosen) {
      chosen_features.insert(chosen_features.end(), features + row * size,
                             features + (row + 1) * size);
      chosen_gold.push_back(train.labels[row]);
    }
    features = chosen_features.data();
    gold = chosen_gold.data();
  }
  Listener quiet;
  quiet.interrupted = listener.interrupted;
  TrainingOutcome outcome;
  if (settings.inverse_regularization == 0 && validation.rows() >= kRowsToChooseBy) {
    grid.assign(std::begin(kGridOfC), std::end(kGridOfC));
    outcome.c_tried = static_cast<int>(grid.size());
  } else if (settings.inverse_regularization == 0) {
    const ChosenC chosen =
        cross_validated_c(features, gold, rows, size, network_.labels(), class_weights_, quiet);
    grid = {chosen.inverse_regularization};
    outcome.c_folds = chosen.folds;
    outcome.c_tried = chosen.folds > 0 ? static_cast<int>(std::size(kGridOfC)) : 1;
  }
  LogisticRegression regression(features, gold, rows, size, network_.labels(), class_weights_);

  EpochOutcome best;
  std::vector<float> best_weights;
  Progress progress{name + ": exact solver", 0, rows * static_cast<int64_t>(grid.size())};
  for (const double c : grid) {
    const LogisticFit fit = regression.fit(c, quiet);
    if (!fit.converged) {
      listener.say(fmt::format(
          "{}: the exact solver stopped at C = {} after {} iterations, short of the optimum\n",
          name, number(c), fit.iterations));
    }
    // The only trained parameters, in the order of the table.
    std::vector<float> weights(fit.weight.begin(), fit.weight.end());
    weights.insert(weights.end(), fit.bias.begin(), fit.bias.end());
    network_.set_values(weights);
    EpochOutcome end;
    end.epoch = 1;
    end.train_loss = fit.loss;
    if (validation.rows() > 0) {
      note_validation(logits(validation, "", quiet), validation.labels, network_.labels(), end);
    }
    if (best_weights.empty() || end.validation_loss < best.validation_loss) {
      best = end;
      best_weights = std::move(weights);
      outcome.inverse_regularization = c;
    }
    progress.rows += rows;
    progress.loss = fit.loss;
    progress.seconds = seconds_since(start);
    progress.finished = progress.rows == progress.total_rows;
    listener.report(progress);
  }
  network_.set_values(best_weights);
  outcome.best_epoch = best.validated ? 1 : 0;
  outcome.best_loss = best.validation_loss;
  outcome.seconds = best.seconds = seconds_since(start);
  outcome.epochs.push_back(best);
  return outcome;
}

}  // namespace thaw
