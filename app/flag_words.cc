#include "flag_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/setting_words.h"
#include "text/value_list.h"

namespace thaw {
namespace {

class FlagWords : public SettingWords {
 public:
  std::string setting(const Setting& named) const override {
    if (named.key.find('.') != std::string::npos) {  // of one strategy
      return "--set " + named.key + (named.value.empty() ? "" : "=" + named.value);
    }
    std::string key = named.key;
    std::replace(key.begin(), key.end(), '_', '-');
    std::string flag = "--" + key;
    if (named.value.empty()) return flag;
    flag += named.value[0] == '-' ? '=' : ' ';  // -0.5 alone would be a flag itself
    return flag + named.value;
  }

  std::string list(std::string_view key, const std::vector<std::string>& values) const override {
    return setting({std::string(key), shell_word(value_list(values))});
  }

  std::string command(std::string_view name, const std::vector<Setting>& arguments) const override {
    std::string text = "thaw " + std::string(name);
    for (const Setting& argument : arguments) {
      const std::string value = argument.value.empty() || argument.value == "-"
                                    ? argument.value
                                    : shell_word(argument.value);
      text += " " + (argument.key.empty() ? value : setting({argument.key, value}));
    }
    return text;
  }

  std::string usage(bool of_pairs) const override {
    return fmt::format(
        "With thaw:\n\n```sh\n{}\n```\n\n",
        of_pairs ? command("predict", {{"", "FOLDER"},
                                       {"", "pairs.csv"},
                                       {"text_column", "first"},
                                       {"text_pair", "second"}})
                 : "echo 'some text' | " + command("predict", {{"", "FOLDER"}, {"", "-"}}));
  }
};

}  // namespace

void use_flag_words() {
  static const FlagWords words;
  set_setting_words(&words);
}

}  // namespace thaw
