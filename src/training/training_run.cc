#include "training/training_run.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/stopwatch.h"
#include "engine/cpu/ops/cross_entropy.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "training/choose_c.h"
#include "training/class_weights.h"
#include "training/inference.h"
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

template <class T>
std::vector<int64_t> training_order(const Inputs<T>& train, uint64_t seed, int epoch) {
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

template <class T>
TrainingRun<T>::TrainingRun(Classifier& classifier, const FreezePlan& plan, const RateShares& rates)
    : classifier_(classifier),
      depth_(plan.first_trained),
      state_(classifier.table, plan, rates),
      encoder_(classifier.config, classifier.table, plan.first_trained),
      head_(classifier.config, classifier.table, classifier.head,
            dense_is_trained(classifier.table, plan)),
      pooling_(head_) {
  // Without a trained layer, one vector a text is all that is read.
  if (depth_ >= classifier.table.layers) depth_ = classifier.table.head_group();
}

template <class T>
void TrainingRun<T>::prepare_loss(const Inputs<T>& train, const TrainingSettings& settings) {
  label_smoothing_ = settings.label_smoothing;
  class_weights_ = settings.class_weights;
  if (!settings.balanced_classes) return;
  std::vector<int64_t> counts(static_cast<size_t>(head_.labels()));
  const int64_t rows = train.rows();
  for (int64_t i = 0; i < rows; ++i) {
    ++counts[train.labels[train.chosen == nullptr ? i : (*train.chosen)[i]]];
  }
  class_weights_ = balanced_class_weights(counts);
}

template <class T>
double TrainingRun<T>::loss_of(const float* logits, int64_t count, double share) {
  const int64_t labels = head_.labels();
  const bool plain = class_weights_.empty() && label_smoothing_ == 0;
  const double loss =
      plain ? cross_entropy(logits, gold_.data(), count, labels, d_logits_.data())
            : weighted_cross_entropy(logits, gold_.data(), count, labels,
                                     class_weights_.empty() ? nullptr : class_weights_.data(),
                                     label_smoothing_, d_logits_.data());
  for (int64_t i = 0; share != 1 && i < count * labels; ++i) {
    d_logits_[i] = static_cast<float>(d_logits_[i] * share);
  }
  return loss;
}

template <class T>
double TrainingRun<T>::weight_of(const Inputs<T>& inputs, int64_t row) const {
  return class_weights_.empty() ? 1 : class_weights_[static_cast<size_t>(inputs.labels[row])];
}

template <class T>
void TrainingRun<T>::repack() {
  encoder_.repack();
  head_.repack();
}

template <class T>
const float* TrainingRun<T>::gather_features(const Inputs<T>& inputs, const int64_t* rows,
                                             int64_t count) {
  const int64_t size = head_.feature_size();
  features_.reserve(count * size);
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(features_.data() + i * size, inputs.frozen->features.data() + rows[i] * size,
                size * sizeof(float));
  }
  return features_.data();
}

template <class T>
double TrainingRun<T>::forward_backward(const Inputs<T>& inputs, const int64_t* rows, int64_t count,
                                        const StepDropout& dropout, bool frozen_dropout,
                                        double share) {
  const int64_t labels = head_.labels();
  gold_.reserve(count);
  for (int64_t i = 0; i < count; ++i) gold_[i] = inputs.labels[rows[i]];
  d_logits_.reserve(count * labels);

  if (reads_features(frozen_dropout)) {
    const float* features = gather_features(inputs, rows, count);
    const float* logits = head_.forward(features, count, dropout);
    const double loss = loss_of(logits, count, share);
    head_.backward(features, d_logits_.data(), count, dropout, nullptr);
    return loss;
  }

  gather_batch(*inputs.texts, rows, count, batch_);
  const int from = frozen_dropout ? kEmbeddingsGroup : depth_;
  // Room before the input is written: growing would lose it. Within train() there is enough.
  encoder_.reserve(batch_.padded_tokens, true);
  if (from != kEmbeddingsGroup)
    gather_frozen_tokens(encoder_, *inputs.texts, *inputs.frozen, depth_, batch_);
  state_.catch_up(batch_.ids.data(), batch_.tokens);
  const T* top = encoder_.train_forward(batch_, from, dropout);
  pooled_.reserve(count * head_.pooled_size());
  features_.reserve(count * head_.feature_size());
  pooling_.forward(batch_, top, pooled_.data());
  head_.features(pooled_.data(), count, features_.data());
  const float* logits = head_.forward(features_.data(), count, dropout);
  const double loss = loss_of(logits, count, share);

  const bool encoder_trained = depth_ < classifier_.table.layers;
  d_features_.reserve(count * head_.feature_size());
  head_.backward(features_.data(), d_logits_.data(), count, dropout,
                 encoder_trained ? d_features_.data() : nullptr);
  if (!encoder_trained) return loss;
  d_pooled_.reserve(count * head_.pooled_size());
  head_.features_backward(d_features_.data(), count, d_pooled_.data());
  d_top_.reserve(batch_.padded_tokens * head_.hidden());
  pooling_.backward(batch_, d_pooled_.data(), d_top_.data());
  encoder_.train_backward(batch_, from, dropout, d_top_.data());
  return loss;
}

template <class T>
double TrainingRun<T>::step_gradients(const Inputs<T>& inputs, const int64_t* rows, int64_t count,
                                      uint64_t step, const TrainingSettings& settings) {
  StepDropout dropout{true, settings.seed, step};
  const auto parts =
      parts_by_tokens(*inputs.texts, rows, count,
                      reads_features(settings.frozen_dropout) ? 0 : settings.part_tokens);
  if (parts.size() == 1) {
    return forward_backward(inputs, rows, count, dropout, settings.frozen_dropout);
  }
  double whole = 0, loss = 0;
  for (int64_t i = 0; i < count; ++i) whole += weight_of(inputs, rows[i]);
  for (const int64_t part : parts) {
    double own = 0;
    for (int64_t i = 0; i < part; ++i) own += weight_of(inputs, rows[i]);
    const double share = own / whole;
    loss += share * forward_backward(inputs, rows, part, dropout, settings.frozen_dropout, share);
    rows += part;
    ++dropout.part;
  }
  return loss;
}

template <class T>
void TrainingRun<T>::throw_diverged(const Inputs<T>& train, const int64_t* rows, int64_t count,
                                    double loss, const TrainingSettings& settings,
                                    const std::string& when, const std::string& name) {
  // Of a loss, the rows that came to no finite numbers by themselves: one text, or all.
  std::vector<int64_t> guilty;
  for (int64_t i = 0; !std::isfinite(loss) && i < count; ++i) {
    if (!std::isfinite(forward_backward(train, rows + i, 1, {}, settings.frozen_dropout, 0))) {
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
    list += (i == 0 ? "" : ", ") + std::to_string(guilty[i]);
  }
  if (guilty.size() > kShown) list += " and " + std::to_string(guilty.size() - kShown) + " more";
  throw Diverged("the " + std::string(std::isfinite(loss) ? "gradient" : "loss") +
                     " was not a finite number at " + when + ", on training " +
                     (guilty.size() == 1 ? "row " : "rows ") + list,
                 name,
                 some ? "look at " + std::string(guilty.size() == 1 ? "this row" : "these rows") +
                            ", or lower the learning rate"
                      : "lower the learning rate");
}

template <class T>
std::vector<float> TrainingRun<T>::logits(const Inputs<T>& inputs, const std::string& stage,
                                          const Listener& listener) {
  return classify(encoder_, head_, *inputs.texts, inputs.frozen, depth_, stage, listener);
}

template <class T>
void TrainingRun<T>::reserve_steps(const Inputs<T>& train, const TrainingSettings& settings) {
  if (reads_features(settings.frozen_dropout)) return;
  int64_t tokens = 0;
  for (int epoch = 1; epoch <= settings.epochs; ++epoch) {
    const auto order = training_order(train, settings.seed, epoch);
    tokens = std::max(tokens, largest_batch_tokens(*train.texts, order, settings.batch_size,
                                                   settings.part_tokens));
  }
  encoder_.reserve(tokens, true);
  d_top_.reserve(tokens * head_.hidden());
}

template <class T>
void TrainingRun<T>::restore_best(const TrainingProgress& at) {
  state_.flush();
  if (at.best.empty()) return;
  state_.restore(at.best);
  repack();
}

template <class T>
void TrainingRun<T>::train_epoch(const Inputs<T>& train, const TrainingSettings& settings,
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
  Progress progress{
      name + ": epoch " + std::to_string(at.epoch) + "/" + std::to_string(settings.epochs), at.rows,
      rows};
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
            ? state_.step(step, learning_rate, settings.weight_decay, settings.max_grad_norm)
            : loss;
    if (!std::isfinite(loss) || !std::isfinite(norm)) {
      throw_diverged(train, batch, count, loss, settings,
                     "step " + std::to_string(step) + " of " + std::to_string(total_steps) +
                         " (learning rate " + number(learning_rate) + ")",
                     name);
    }
    repack();
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
      state_.flush();
      checkpointer->save(at, state_);
    }
  }
  state_.flush();
  note_time();
  progress.finished = true;
  listener.report(progress);
}

template <class T>
void TrainingRun<T>::end_epoch(const Inputs<T>& validation, const TrainingSettings& settings,
                               const std::string& name, const Listener& listener,
                               TrainingProgress& at) {
  EpochOutcome end;
  end.epoch = at.epoch;
  const int64_t steps = at.step() / at.epoch;  // of each epoch
  end.train_loss = at.epoch_loss / static_cast<double>(steps);
  const auto start = Clock::now();
  if (validation.rows() > 0) {
    const auto scores = logits(validation, name + ": validation", listener);
    note_validation(scores, validation.labels, head_.labels(), end);
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
      if (at.epoch < settings.epochs) at.best = state_.snapshot();
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

template <class T>
TrainingOutcome TrainingRun<T>::train(const Inputs<T>& train, const Inputs<T>& validation,
                                      const TrainingSettings& wanted, const std::string& name,
                                      const Listener& listener, const Checkpointer* checkpointer) {
  TrainingSettings settings = wanted;
  prepare_loss(train, settings);
  if (settings.solver == Solver::kExact) return solve(train, validation, settings, name, listener);
  const auto start = Clock::now();
  TrainingProgress at;
  at.part_tokens = settings.part_tokens;
  if (checkpointer != nullptr && checkpointer->restore(at, state_)) {
    has_best_ = at.outcome.best_epoch > 0;
    settings.part_tokens = at.part_tokens;
    repack();
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

template <class T>
TrainingOutcome TrainingRun<T>::solve(const Inputs<T>& train, const Inputs<T>& validation,
                                      const TrainingSettings& settings, const std::string& name,
                                      const Listener& listener) {
  const auto start = Clock::now();
  const int64_t rows = train.rows();
  std::vector<double> grid{settings.c};
  const float* features = train.frozen->features.data();
  const int32_t* gold = train.labels;
  if (train.chosen != nullptr) {
    features = gather_features(train, train.chosen->data(), rows);
    gold_.reserve(rows);
    for (int64_t i = 0; i < rows; ++i) gold_[i] = train.labels[(*train.chosen)[i]];
    gold = gold_.data();
  }
  Listener quiet;
  quiet.interrupted = listener.interrupted;
  TrainingOutcome outcome;
  if (settings.c == 0 && validation.rows() >= kRowsToChooseBy) {
    grid.assign(std::begin(kGridOfC), std::end(kGridOfC));
    outcome.c_tried = static_cast<int>(grid.size());
  } else if (settings.c == 0) {
    const ChosenC chosen = cross_validated_c(features, gold, rows, head_.feature_size(),
                                             head_.labels(), class_weights_, quiet);
    grid = {chosen.c};
    outcome.c_folds = chosen.folds;
    outcome.c_tried = chosen.folds > 0 ? static_cast<int>(std::size(kGridOfC)) : 1;
  }
  LogisticRegression regression(features, gold, rows, head_.feature_size(), head_.labels(),
                                class_weights_);

  EpochOutcome best;
  std::vector<float> best_weights;
  Progress progress{name + ": exact solver", 0, rows * static_cast<int64_t>(grid.size())};
  for (const double c : grid) {
    const LogisticFit fit = regression.fit(c, quiet);
    if (!fit.converged) {
      listener.say(name + ": the exact solver stopped at C = " + number(c) + " after " +
                   std::to_string(fit.iterations) + " iterations, short of the optimum\n");
    }
    // The only trained parameters, in the order of the table.
    std::vector<float> weights(fit.weight.begin(), fit.weight.end());
    weights.insert(weights.end(), fit.bias.begin(), fit.bias.end());
    state_.restore(weights);
    repack();
    EpochOutcome end;
    end.epoch = 1;
    end.train_loss = fit.loss;
    if (validation.rows() > 0) {
      note_validation(logits(validation, "", quiet), validation.labels, head_.labels(), end);
    }
    if (best_weights.empty() || end.validation_loss < best.validation_loss) {
      best = end;
      best_weights = std::move(weights);
      outcome.c = c;
    }
    progress.rows += rows;
    progress.loss = fit.loss;
    progress.seconds = seconds_since(start);
    progress.finished = progress.rows == progress.total_rows;
    listener.report(progress);
  }
  state_.restore(best_weights);
  repack();
  outcome.best_epoch = best.validated ? 1 : 0;
  outcome.best_loss = best.validation_loss;
  outcome.seconds = best.seconds = seconds_since(start);
  outcome.epochs.push_back(best);
  return outcome;
}

template class TrainingRun<float>;
template class TrainingRun<Bf16>;

}  // namespace thaw
