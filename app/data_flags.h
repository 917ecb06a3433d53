#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "data/load.h"

namespace thaw {

// The flags that say which texts and labels a command reads, bound to `options`, which must live as
// long as the command: DATA… (after the positional arguments that the command has already),
// --train, --validation, --test, --text-column, --label-column, --columns, --label-cuts,
// --label-names, --unlabelled.
void add_data_flags(CLI::App& command, DataOptions& options);

// The flags that say how what was read is split and how much of it is used: --test-size,
// --validation-size, --stratify, --fraction, --seed.
void add_split_flags(CLI::App& command, DataOptions& options);

// Prints how the data was read (Dataset::notes), a line each.
void print_notes(const std::vector<std::string>& notes, std::FILE* to);

}  // namespace thaw
