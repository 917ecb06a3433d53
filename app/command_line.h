#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace thaw {

// The arguments that a user typed, as CLI11 takes them: `help COMMAND` as COMMAND --help, flags of
// one strategy as an option (setting_flags.h), negative numbers joined to their flag.
// Throws Error for a command or a flag that there is not, with the nearest one that there is.
std::vector<std::string> read_command_line(const CLI::App& app, std::vector<std::string> typed);

// What CLI11 found wrong with them, as one sentence.
std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error);

}  // namespace thaw
