#pragma once

#include <string>

#include "base/listener.h"
#include "engine/engine.h"
#include "training/class_weights.h"
#include "training/split_view.h"
#include "training/training_progress.h"

namespace thaw {

struct ExactProbeSettings {
  // scikit-learn's C. 0: the value of kGridOfC with the lowest validation loss; with fewer than
  // kRowsToChooseBy validation rows, by cross-validation on the training rows (choose_c.h).
  double inverse_regularization = 0;
  LossSettings loss;  // without label smoothing, which the solver does not have
};

// Solves the linear classifier of a network that leaves nothing else trainable to its optimum
// (logistic_regression.h) on the features that were cached of `train`, and writes it into the
// network. `validation` (may have no rows) is evaluated with the solution. The outcome is one epoch
// without steps, with the C that was taken. Throws Error where a feature is not a finite number,
// Interrupted as the listener says. A break costs all of it: nothing is kept on the way.
TrainingOutcome solve_exact_probe(Network& network, const SplitView& train,
                                  const SplitView& validation, const ExactProbeSettings& settings,
                                  const std::string& name, const Listener& listener);

}  // namespace thaw
