#include "setting_flags.h"

#include <algorithm>

#include "base/error.h"

namespace thaw {
namespace {

std::string flag_name(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

}  // namespace

void SettingFlags::add_to(CLI::App& command, const std::vector<std::string>& without) {
  command_ = &command;
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
  // --probe.epochs 2, --last-1.learning-rate=1e-4
  command.allow_extras();
}

std::vector<Assignment> SettingFlags::assignments() const {
  std::vector<Assignment> all = given_;
  for (const std::string& text : set_) all.push_back(parse_assignment(text, "--set"));
  const std::vector<std::string> extras = command_->remaining();
  for (size_t i = 0; i < extras.size(); ++i) {
    const std::string& text = extras[i];
    const size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (!name.starts_with("--") || name.find('.') == std::string::npos) {
      std::vector<std::string> known;
      for (const KeyDescription& key : setting_keys()) known.push_back(flag_name(key.key));
      const std::string near = nearest_name(name, known);
      throw CLI::ExtrasError("thaw " + command_->get_name() + ": there is no flag or place for '" +
                                 text + "'" + (near.empty() ? "" : "; did you mean " + near + "?"),
                             CLI::ExitCodes::ExtrasError);
    }
    if (equals != std::string::npos) {
      all.push_back(parse_assignment(text.substr(2), ""));
    } else if (i + 1 < extras.size()) {
      all.push_back(parse_assignment(text.substr(2) + "=" + extras[++i], ""));
    } else {
      throw CLI::ArgumentMismatch(name + " needs a value");
    }
    all.back().where = name;
  }
  return all;
}

}  // namespace thaw
