#include "flag_values.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "text/value_list.h"

namespace thaw {
CLI::Option* add_parsed_flag(CLI::App& command, const std::string& flag, const char* type,
                             const std::string& help, std::function<void(const Assignment&)> take) {
  std::string key = flag.substr(2);
  std::replace(key.begin(), key.end(), '-', '_');
  return command
      .add_option_function<std::string>(
          flag,
          [flag, key, take = std::move(take)](const std::string& text) {
            as_usage([&] { take(Assignment{"", key, {text}, flag}); });
          },
          help)
      ->type_name(type);
}

CLI::Option* add_whole_flag(CLI::App& command, const std::string& flag, int& value, int lowest,
                            const std::string& help) {
  return add_parsed_flag(command, flag, "N", help, [&value, lowest](const Assignment& given) {
    value = parse_whole(given, lowest);
  });
}

CLI::Option* add_seed_flag(CLI::App& command, const std::string& flag, uint64_t& value,
                           const std::string& help) {
  return add_parsed_flag(command, flag, "N", help,
                         [&value](const Assignment& given) { value = parse_seed(given); });
}

CLI::Option* add_size_flag(CLI::App& command, const std::string& flag, double& value,
                           const std::string& help) {
  return add_parsed_flag(command, flag, "NUMBER", help,
                         [&value](const Assignment& given) { value = parse_size(given); });
}

CLI::Option* add_share_flag(CLI::App& command, const std::string& flag, double& value,
                            ShareRange range, const std::string& help) {
  const bool above_zero = range == ShareRange::kAboveZero;
  return add_parsed_flag(command, flag, "NUMBER", help,
                         [&value, above_zero](const Assignment& given) {
                           value = parse_share(given, {0, 1, above_zero});
                         });
}

CLI::Option* add_truth_flag(CLI::App& command, const std::string& flag, bool& value,
                            const std::string& help) {
  return add_parsed_flag(command, flag, "BOOL", help,
                         [&value](const Assignment& given) { value = parse_truth(given); });
}

CLI::Option* add_choice_flag(CLI::App& command, const std::string& flag, std::string& value,
                             const std::vector<std::string>& known, const std::string& help) {
  return add_parsed_flag(command, flag, "NAME", help, [&value, known](const Assignment& given) {
    value = parse_one_of(given, known);
  });
}

std::vector<std::string> parse_list(const std::string& text, const std::string& flag) {
  try {
    return split_value_list(text);
  } catch (const Error& error) {
    throw error.at(flag);
  }
}

CLI::Option* add_list_flag(CLI::App& command, const std::string& flag,
                           std::vector<std::string>& values, const std::string& help) {
  return add_parsed_flag(command, flag, "LIST", help, [&values](const Assignment& given) {
    values = parse_list(given.values.front(), given.where);
  });
}

}  // namespace thaw
