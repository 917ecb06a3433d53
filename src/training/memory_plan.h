#pragma once

#include <cstdint>
#include <string>

#include "model/freeze_plan.h"
#include "model/model_config.h"
#include "model/parameters.h"

namespace thaw {

// What a training holds at once, foreseen from shapes before it takes any of it.
struct MemoryNeed {
  int64_t fixed = 0;      // bytes, whatever the batch
  int64_t per_token = 0;  // bytes for each (rounded) token that is run through the layers at once

  int64_t bytes(int64_t tokens) const { return fixed + per_token * tokens; }
};

// The arenas of TrainableState and a copy of the best values, the packed weights, and what a step
// keeps for its backward. Not in it: the pretrained weights and the frozen activations, which are
// there already. T is float or Bf16, the precision of weights and activations. A fifth of what the
// process takes may lie beside it (the allocator's rounding, oneDNN's code); choose_part_tokens
// leaves room for that.
template <class T>
MemoryNeed training_memory(const ModelConfig& config, const ParameterTable& table,
                           const FreezePlan& plan, bool frozen_dropout);

// The token budget of a step's part: 0 where a step of `step_tokens` tokens fits into `available`
// bytes whole, else the largest multiple of 32 that does. Throws Error where not even the longest
// text (`row_tokens`) fits; `name` is what the message says is trained.
int64_t choose_part_tokens(const MemoryNeed& need, int64_t available, int64_t step_tokens,
                           int64_t row_tokens, const std::string& name);

}  // namespace thaw
