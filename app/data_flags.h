#pragma once

#include <CLI/CLI.hpp>

#include "data/load.h"

namespace thaw {

// The flags that say which texts and labels a command reads, bound to `options`, which must live as
// long as the command: DATA… (after the positional arguments that the command has already),
// --train, --validation, --test, --text-column, --label-column, --columns, --label-cuts,
// --label-names.
void add_data_flags(CLI::App& command, DataOptions& options);

// The flags that say how what was read is split and how much of it is used: --test-size,
// --validation-size, --stratify, --fraction, --seed.
void add_split_flags(CLI::App& command, DataOptions& options);

}  // namespace thaw
