#include "command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "setting_flags.h"
#include "text/nearest_name.h"

namespace thaw {
namespace {

using Strings = std::vector<std::string>;

bool contains(const Strings& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Long names without their hyphens.
Strings long_names(const CLI::App& command) {
  Strings names;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

bool knows(const CLI::App& command, const std::string& flag) {
  for (const CLI::Option* option : command.get_options()) {
    if (flag.starts_with("--") ? contains(option->get_lnames(), flag.substr(2))
                               : contains(option->get_snames(), flag.substr(1))) {
      return true;
    }
  }
  return false;
}

// What other programs of the field call thaw's flags.
const std::map<std::string, std::string>& other_names() {
  static const std::map<std::string, std::string> names{
      {"bs", "batch-size"},
      {"dev", "validation"},
      {"dev-size", "validation-size"},
      {"eval", "test"},
      {"input", "data"},
      {"label", "label-column"},
      {"labels", "label-names"},
      {"lr", "learning-rate"},
      {"max-len", "max-length"},
      {"max-seq-length", "max-length"},
      {"model-name", "model"},
      {"model-name-or-path", "model"},
      {"num-epochs", "epochs"},
      {"num-train-epochs", "epochs"},
      {"num-workers", "threads"},
      {"output", "out"},
      {"output-dir", "out"},
      {"per-device-train-batch-size", "batch-size"},
      {"text", "text-column"},
      {"train-batch-size", "batch-size"},
      {"train-file", "train"},
      {"valid", "validation"},
      {"validation-file", "validation"},
      {"warmup", "warmup-ratio"},
      {"wd", "weight-decay"},
  };
  return names;
}

// The flag that was meant by a name that the command does not know; "" if none is near.
std::string meant_flag(const std::string& name, const Strings& known) {
  if (contains(known, name)) return name;  // with one hyphen
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '_', '-');
  if (contains(known, plain)) return plain;
  const auto other = other_names().find(plain);
  if (other != other_names().end() && contains(known, other->second)) return other->second;
  const std::string near = nearest_name(name, known);
  if (!near.empty() || name.size() < 3) return near;
  Strings longer;
  for (const std::string& candidate : known) {
    if (candidate.starts_with(plain)) longer.push_back(candidate);
  }
  return longer.size() == 1 ? longer[0] : "";
}

[[noreturn]] void fail_at_flag(const CLI::App& app, const CLI::App& command,
                               const std::string& flag) {
  std::string name = flag;
  name.erase(0, name.find_first_not_of('-'));
  const std::string thaw_command = "thaw " + command.get_name();
  std::string remedy = thaw_command + " --help lists its flags";
  const std::string near = meant_flag(name, long_names(command));
  if (!near.empty()) {
    remedy = fmt::format("did you mean --{}?", near);
  } else {
    std::string others;
    for (const CLI::App* other : app.get_subcommands({})) {
      if (!contains(long_names(*other), name)) continue;
      others += (others.empty() ? "thaw " : ", thaw ") + other->get_name();
    }
    if (!others.empty()) remedy = "it is a flag of " + others;
  }
  throw Error("there is no flag " + flag, command.get_name(), remedy, ErrorKind::kUsage);
}

const CLI::App& find_command(const CLI::App& app, const std::string& name) {
  Strings names{"help"};
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == name) return *command;
    names.push_back(command->get_name());
  }
  const std::string near = nearest_name(name, names);
  throw Error(fmt::format("there is no command '{}'", name), "",
              (near.empty() ? "" : fmt::format("did you mean 'thaw {}'? ", near)) +
                  std::string("thaw help lists the commands"),
              ErrorKind::kUsage);
}

// Whether a flag is one of true or false that stands without its value.
bool is_bare_truth(const CLI::App& command, const std::string& flag, const std::string& next) {
  for (const char* value : {"true", "false", "yes", "no", "1", "0"}) {
    if (next == value) return false;
  }
  const CLI::Option* option = command.get_option_no_throw(flag);
  return option != nullptr && option->get_type_name() == "BOOL";
}

// "-1", "-0.5,0.5": a value, not a flag.
bool is_negative_number(const std::string& text) {
  return text.size() > 1 && text[0] == '-' &&
         ((text[1] >= '0' && text[1] <= '9') || text[1] == '.') &&
         text.find_first_not_of("0123456789.,+-eE% ", 1) == std::string::npos;
}

}  // namespace

Strings read_command_line(const CLI::App& app, Strings typed) {
  if (typed.empty()) return {"--help"};
  if (typed[0] == "help") {
    if (typed.size() == 1) return {"--help"};
    return {find_command(app, typed[1]).get_name(), "--help"};
  }
  if (typed[0].starts_with("-")) {
    if (knows(app, typed[0])) return {typed[0]};
    throw Error(fmt::format("'{}' stands where a command is needed", typed[0]), "",
                "flags come after the command: thaw compare --data reviews.csv; "
                "thaw help lists the commands",
                ErrorKind::kUsage);
  }
  const CLI::App& command = find_command(app, typed[0]);
  const bool has_strategies = knows(command, "--set");
  Strings arguments{typed[0]};
  bool only_names = false;  // after --
  for (size_t i = 1; i < typed.size(); ++i) {
    const std::string& text = typed[i];
    only_names = only_names || text == "--";
    if (only_names || text.size() < 2 || text[0] != '-') {
      arguments.push_back(text);
      continue;
    }
    std::string& before = arguments.back();
    if (is_negative_number(text) && before.starts_with("--") &&
        before.find('=') == std::string::npos) {
      before += "=" + text;
      continue;
    }
    const std::string name = text.substr(0, text.find('='));
    const bool of_one_strategy =
        has_strategies && name.starts_with("--") && name.find('.') != std::string::npos;
    if (!of_one_strategy && !knows(command, name)) fail_at_flag(app, command, name);
    const bool bare = is_bare_truth(command, text, i + 1 < typed.size() ? typed[i + 1] : "");
    arguments.push_back(bare ? text + "=true" : text);
  }
  return has_strategies ? expand_strategy_flags(arguments) : arguments;
}

std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return error.what();
  const CLI::App& command = *chosen.front();
  const std::string& name = command.get_name();
  const std::string help = fmt::format("thaw {} --help shows how it is written", name);
  const std::string what = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    for (const CLI::Option* option : command.get_options()) {
      if (!option->get_required() || option->count() > 0) continue;
      return Error(option->get_type_name() + " is missing", name, help).what();
    }
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const Strings more = app.remaining(true);
    return Error(
               fmt::format("there is an argument too many: '{}'", more.empty() ? "" : more.front()),
               name, help)
        .what();
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string flag = what.substr(0, what.find_first_of(": "));
    const bool missing = what.find("missing") != std::string::npos;
    return Error(missing ? "its value is missing" : "is given more than once", flag, help).what();
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    return Error(what, name, "leave one of them out").what();
  }
  return Error(what, name, help).what();
}

}  // namespace thaw
