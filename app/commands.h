#pragma once

#include <CLI/CLI.hpp>

namespace thaw {

// Each adds one command with its flags to the program; the command runs when the flags are parsed.
void add_data_command(CLI::App& app);
void add_tokenize_command(CLI::App& app);
void add_inspect_command(CLI::App& app);
void add_predict_command(CLI::App& app);
void add_eval_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_compare_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_fetch_command(CLI::App& app);

}  // namespace thaw
