#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <vector>

#include "model/classifier.h"

namespace thaw {

// Flags of commands that may leave a text without an answer: --abstain, --abstain-below,
// --raw-probabilities.
struct AbstentionFlags {
  bool by_thresholds = false, raw = false;
  double below = 0;

  void add_to(CLI::App& command);
  // Throws Error where --abstain finds no thresholds in the model.
  void check(const Classifier& classifier) const;
  bool may_abstain() const { return by_thresholds || below > 0; }
  // What an opened classifier's logits, which are the calibrated ones, are divided by.
  double temperature(const Classifier& classifier) const {
    return raw ? 1 / classifier.rules.temperature : 1;
  }
  // Whether the likeliest label is answered, given its probability.
  bool answers(const Classifier& classifier, int32_t label, double probability) const;
};

}  // namespace thaw
