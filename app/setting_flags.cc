#include "setting_flags.h"

#include <algorithm>

#include "experiment/recipe/setting_values.h"
#include "flag_values.h"

namespace thaw {
namespace {

// The flag that --probe.epochs=2 is handed to CLI11 with, which knows no names with dots.
constexpr const char* kOfOneStrategy = "--of-one-strategy";

std::string flag_name(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

}  // namespace

void SettingFlags::add_to(CLI::App& command, const std::vector<std::string>& without) {
  for (const KeyDescription& key : setting_keys()) {
    if (std::find(without.begin(), without.end(), key.key) != without.end()) continue;
    const std::string flag = flag_name(key.key);
    CLI::Option* option = command.add_option_function<std::vector<std::string>>(
        flag,
        [this, key, flag](const std::vector<std::string>& values) {
          Assignment given{"", key.key, values, flag};
          if (key.type == "LIST") {
            given.values.clear();
            for (const std::string& value : values) {
              for (std::string& part : parse_list(value, flag))
                given.values.push_back(std::move(part));
            }
          }
          given_.push_back(std::move(given));
        },
        key.help);
    option->type_name(key.type)->group(key.of_strategy ? "Training" : "Experiment");
    // Names and numbers in one argument or in several, paths in several.
    key.is_list() ? option->expected(1, -1) : option->expected(1);
  }
  command.add_option("--set", set_, "any key of a recipe, also of one strategy: probe.epochs=2")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all()
      ->group("Experiment");
  command.add_option(kOfOneStrategy, of_one_strategy_)->expected(1)->take_all()->group("");
}

std::vector<Assignment> SettingFlags::assignments() const {
  std::vector<Assignment> all = given_;
  as_usage([&] {
    for (const std::string& text : set_) all.push_back(parse_assignment(text, "--set"));
    for (const std::string& text : of_one_strategy_) {
      all.push_back(parse_assignment(text, "--set"));
      all.back().where = "--" + text.substr(0, text.find('='));
    }
  });
  return all;
}

std::vector<std::string> expand_strategy_flags(const std::vector<std::string>& arguments) {
  std::vector<std::string> expanded;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& text = arguments[i];
    const std::string name = text.substr(0, text.find('='));
    if (text == "--") {
      expanded.insert(expanded.end(), arguments.begin() + static_cast<int64_t>(i), arguments.end());
      break;
    }
    if (!name.starts_with("--") || name.find('.') == std::string::npos) {
      expanded.push_back(text);
      continue;
    }
    const bool has_value = name.size() < text.size();
    std::string assignment = text.substr(2);
    if (!has_value) assignment += "=" + (i + 1 < arguments.size() ? arguments[++i] : "");
    expanded.emplace_back(kOfOneStrategy);
    expanded.push_back(std::move(assignment));
  }
  return expanded;
}

}  // namespace thaw
