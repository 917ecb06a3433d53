#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "experiment/recipe/setting_values.h"

namespace thaw {

// Flags of commands that are no keys of a recipe, with values read as those of recipes are
// (experiment/recipe/setting_values.h). The variables must live as long as the command.

// A flag with a parser of its own: `take` is given the text as the value of a key of the flag's
// name, and may throw Error.
CLI::Option* add_parsed_flag(CLI::App& command, const std::string& flag, const char* type,
                             const std::string& help, std::function<void(const Assignment&)> take);
CLI::Option* add_whole_flag(CLI::App& command, const std::string& flag, int& value, int lowest,
                            const std::string& help);
// Seeds of NumPy's generators.
CLI::Option* add_seed_flag(CLI::App& command, const std::string& flag, uint64_t& value,
                           const std::string& help);
// A share (0.2 or 20%) or a whole number of rows.
CLI::Option* add_size_flag(CLI::App& command, const std::string& flag, double& value,
                           const std::string& help);
enum class ShareRange { kFromZero, kAboveZero };  // both up to 1
CLI::Option* add_share_flag(CLI::App& command, const std::string& flag, double& value,
                            ShareRange range, const std::string& help);
CLI::Option* add_truth_flag(CLI::App& command, const std::string& flag, bool& value,
                            const std::string& help);
// One of `known`.
CLI::Option* add_choice_flag(CLI::App& command, const std::string& flag, std::string& value,
                             const std::vector<std::string>& known, const std::string& help);
// The values of a list as it stands on the command line (text/value_list.h). Throws Error of kind
// kUsage that names the flag.
std::vector<std::string> parse_list(const std::string& text, const std::string& flag);

// Such a list in one argument.
CLI::Option* add_list_flag(CLI::App& command, const std::string& flag,
                           std::vector<std::string>& values, const std::string& help);

// Runs `parse`, which reads the command line: its errors are mistakes there.
template <class Parse>
void as_usage(const Parse& parse) {
  try {
    parse();
  } catch (const Error& error) {
    throw error.of_kind(ErrorKind::kUsage);
  }
}

}  // namespace thaw
