#include "base/setting_words.h"

namespace thaw {
namespace {

const SettingWords kOfRecipes;
const SettingWords* g_words = nullptr;

const SettingWords& chosen() { return g_words == nullptr ? kOfRecipes : *g_words; }

// A basic string of TOML.
std::string toml_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string SettingWords::setting(const Setting& named) const {
  return named.value.empty() ? named.key : named.key + " = " + named.value;
}

std::string SettingWords::list(std::string_view key, const std::vector<std::string>& values) const {
  std::string text(key);
  for (size_t i = 0; i < values.size(); ++i) {
    text += (i == 0 ? " = [" : ", ") + toml_string(values[i]);
  }
  return text + (values.empty() ? " = []" : "]");
}

std::string SettingWords::command(std::string_view name,
                                  const std::vector<Setting>& arguments) const {
  std::string text(name);
  text += '(';
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Setting& argument = arguments[i];
    if (i > 0) text += ", ";
    text += argument.key.empty() ? argument.value : setting(argument);
  }
  return text + ')';
}

std::string SettingWords::usage(bool /*of_pairs*/) const { return ""; }

void set_setting_words(const SettingWords* words) { g_words = words; }

std::string setting(std::string_view key, std::string_view value) {
  return chosen().setting({std::string(key), std::string(value)});
}

std::string setting_list(std::string_view key, const std::vector<std::string>& values) {
  return chosen().list(key, values);
}

std::string command_words(std::string_view name, const std::vector<Setting>& arguments) {
  return chosen().command(name, arguments);
}

std::string usage_words(bool of_pairs) { return chosen().usage(of_pairs); }

}  // namespace thaw
