#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/parameters.h"

namespace thaw {

// How much of the network is trained.
struct Strategy {
  enum class Kind { kProbe, kLastLayers, kFull, kBiases } kind = Kind::kProbe;
  int last_layers = 0;  // N of last-N
};

// "probe", "last-2", "full", "lp-ft" (a probe, then everything), "bitfit". Throws Error for
// anything else.
Strategy parse_strategy(const std::string& text);

// Which parameters are trained, decided before the first step.
//   probe   the head (BERT's pooler belongs to the frozen base, as base_model does in Transformers)
//   last-N  the last N layers, the pooler and the head
//   full    everything, embeddings too; lp-ft likewise
//   bitfit  the head, and every bias below it, those of LayerNorm too (Ben Zaken et al. 2022)
// What came from no checkpoint (BERT's pooler in most masked-LM checkpoints) is trained by all.
struct FreezePlan {
  std::string strategy;
  std::vector<bool> trainable;  // [parameters]
  int first_trained = 0;        // lowest group with a trainable parameter
  int64_t trainable_parameters = 0, total_parameters = 0;
};

// `freeze` and `unfreeze` are glob patterns (*, ?) over parameter names, applied after the strategy
// in this order. Throws Error: more layers than there are, a pattern that matches nothing or
// freezes what is new and hence random, nothing left to train.
FreezePlan make_freeze_plan(const ParameterTable& table, const std::string& strategy,
                            const std::vector<std::string>& freeze = {},
                            const std::vector<std::string>& unfreeze = {});

// Whether the dense layer before the classifier changes; a frozen one belongs to the features.
bool dense_is_trained(const ParameterTable& table, const FreezePlan& plan);

// For the exact solver: throws Error where what is trained is not the linear classifier alone, its
// weight and its bias.
void check_trains_classifier_alone(const ParameterTable& table, const FreezePlan& plan,
                                   const std::string& name);

// A line for each part of the network, with its state and counts, and the totals:
//   Trainable parameters: 592,130 / 66,955,010 (0.88 %)
std::string format_freeze_plan(const ParameterTable& table, const FreezePlan& plan);

// The same in one line: "last-1: layer 5, head (1,775,619 of 22.7 M parameters)". `name` is the
// strategy's in the results; where it is another, the strategy follows in brackets.
std::string freeze_plan_line(const ParameterTable& table, const FreezePlan& plan,
                             const std::string& name);

// 66955010 -> "66,955,010"
std::string with_thousands(int64_t number);

}  // namespace thaw
