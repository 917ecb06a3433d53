#pragma once

#include <CLI/CLI.hpp>

#include "api/answers.h"

namespace thaw {

// Adds the flags of commands that may leave a text without an answer (--abstain, --abstain-below,
// --raw-probabilities), bound to `settings`, which must live as long as the command.
void add_answer_flags(CLI::App& command, AnswerSettings& settings);

}  // namespace thaw
