#pragma once

#include <cstdint>
#include <string>

#include "engine/engine.h"

namespace thaw {

// The token budget of a micro-batch: 0 where a step of `step_tokens` tokens fits into `available`
// bytes whole, else the largest multiple of 32 that does. Throws Error where not even the longest
// text (`row_tokens`) fits; `name` is what the message says is trained.
int64_t choose_micro_batch_tokens(const MemoryNeed& need, int64_t available, int64_t step_tokens,
                                  int64_t row_tokens, const std::string& name);

}  // namespace thaw
