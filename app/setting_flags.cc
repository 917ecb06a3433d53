#include "setting_flags.h"

#include <algorithm>
#include <string_view>

namespace thaw {
namespace {

std::string flag_name(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

// Whether a flag is a yes-or-no key of settings that stands without its value.
bool is_bare_truth(const std::string& name, const char* next) {
  for (const char* value : {"true", "false", "yes", "no", "1", "0"}) {
    if (next != nullptr && std::string_view(next) == value) return false;
  }
  const auto& keys = setting_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const KeyDescription& key) {
    return key.type == "BOOL" && flag_name(key.key) == name;
  });
}

}  // namespace

void SettingFlags::add_to(CLI::App& command, const std::vector<std::string>& without) {
  for (const KeyDescription& key : setting_keys()) {
    if (std::find(without.begin(), without.end(), key.key) != without.end()) continue;
    const bool list = key.type == "LIST" || key.type == "PATH…";
    const std::string flag = flag_name(key.key);
    CLI::Option* option = command.add_option_function<std::vector<std::string>>(
        flag,
        [this, key, flag](const std::vector<std::string>& values) {
          given_.push_back({"", key.key, values, flag});
        },
        key.help);
    option->type_name(key.type)->group(key.of_strategy ? "Training" : "Experiment");
    if (list) {
      // Names and numbers in one argument, paths in several.
      option->expected(1, -1);
      if (key.type == "LIST") option->delimiter(',');
    } else {
      option->expected(1);
    }
  }
  command.add_option("--set", set_, "any key of a recipe, also of one strategy: probe.epochs=2")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all()
      ->group("Experiment");
}

std::vector<Assignment> SettingFlags::assignments() const {
  std::vector<Assignment> all = given_;
  for (const std::string& text : set_) all.push_back(parse_assignment(text, "--set"));
  return all;
}

std::vector<std::string> expand_strategy_flags(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string text = argv[i];
    const std::string name = text.substr(0, text.find('='));
    if (!name.starts_with("--") || name.find('.') == std::string::npos) {
      const bool is_bare = is_bare_truth(text, i + 1 < argc ? argv[i + 1] : nullptr);
      arguments.push_back(is_bare ? text + "=true" : text);
      continue;
    }
    const bool has_value = name.size() < text.size();
    arguments.emplace_back("--set");
    arguments.push_back(text.substr(2) +
                        (has_value ? "" : std::string("=") + (i + 1 < argc ? argv[++i] : "")));
  }
  return arguments;
}

}  // namespace thaw
