#include "training/exact_probe.h"

#include <fmt/format.h>

#include <cstdio>
#include <iterator>

#include "base/stopwatch.h"
#include "training/choose_c.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

std::string text_of(double c) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", c);
  return text;
}

}  // namespace

TrainingOutcome solve_exact_probe(Network& network, const SplitView& train,
                                  const SplitView& validation, const ExactProbeSettings& settings,
                                  const std::string& name, const Listener& listener) {
  const auto start = Clock::now();
  const int64_t rows = train.rows();
  std::vector<double> grid{settings.inverse_regularization};
  const int64_t size = network.feature_size();
  const std::vector<int32_t> gold = chosen_labels(train);
  const std::vector<double> class_weights = class_weights_of(settings.loss, gold, network.labels());
  const float* features = train.cache->features().data();
  std::vector<float> chosen_features;
  if (train.chosen != nullptr) {
    for (const int64_t row : *train.chosen) {
      chosen_features.insert(chosen_features.end(), features + row * size,
                             features + (row + 1) * size);
    }
    features = chosen_features.data();
  }
  Listener quiet;
  quiet.interrupted = listener.interrupted;
  TrainingOutcome outcome;
  if (settings.inverse_regularization == 0 && validation.rows() >= kRowsToChooseBy) {
    grid.assign(std::begin(kGridOfC), std::end(kGridOfC));
    outcome.c_tried = static_cast<int>(grid.size());
  } else if (settings.inverse_regularization == 0) {
    const ChosenC chosen = cross_validated_c(features, gold.data(), rows, size, network.labels(),
                                             class_weights, quiet);
    grid = {chosen.inverse_regularization};
    outcome.c_folds = chosen.folds;
    outcome.c_tried = chosen.folds > 0 ? static_cast<int>(std::size(kGridOfC)) : 1;
  }
  LogisticRegression regression(features, gold.data(), rows, size, network.labels(), class_weights);

  EpochOutcome best;
  std::vector<float> best_weights;
  Progress progress{name + ": exact solver", 0, rows * static_cast<int64_t>(grid.size())};
  for (const double c : grid) {
    const LogisticFit fit = regression.fit(c, quiet);
    if (!fit.converged) {
      listener.say(fmt::format(
          "{}: the exact solver stopped at C = {} after {} iterations, short of the optimum\n",
          name, text_of(c), fit.iterations));
    }
    // The only trained parameters, in the order of the table.
    std::vector<float> weights(fit.weight.begin(), fit.weight.end());
    weights.insert(weights.end(), fit.bias.begin(), fit.bias.end());
    network.set_values(weights);
    EpochOutcome end;
    end.epoch = 1;
    end.train_loss = fit.loss;
    if (validation.rows() > 0) {
      note_validation(logits_of(network, *validation.texts, validation.cache, "", quiet),
                      validation.labels, network.labels(), end);
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
  network.set_values(best_weights);
  outcome.best_epoch = best.validated ? 1 : 0;
  outcome.best_loss = best.validation_loss;
  outcome.seconds = best.seconds = seconds_since(start);
  outcome.epochs.push_back(best);
  return outcome;
}

}  // namespace thaw
