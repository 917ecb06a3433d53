#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// A setting by its key in a recipe ("label_column", "full.head_start" of one strategy), perhaps
// with a value.
struct Setting {
  std::string key;
  std::string value = {};
};

// How a sentence names settings and commands. This class words them as a recipe has them, a front
// end as its user writes them: the command-line program's are flags.
class SettingWords {
 public:
  virtual ~SettingWords() = default;

  // label_column, label_cuts = -0.5,0.5
  virtual std::string setting(const Setting& named) const;
  // label_names = ["no", "yes"]
  virtual std::string list(std::string_view key, const std::vector<std::string>& values) const;
  // A use of thaw: inspect(MODEL, parameters). Arguments without a name have an empty key, those
  // without a value are true.
  virtual std::string command(std::string_view name, const std::vector<Setting>& arguments) const;
  // For a model's card: how the model in FOLDER answers a text, or pairs of texts, as Markdown that
  // ends with an empty line. Empty: the card does without.
  virtual std::string usage(bool of_pairs) const;
};

// Chooses the words of all sentences from here on. They concern what is shown and nothing else, so
// they are one for the process, as a locale is; a front end chooses them once, before it starts
// threads. `words` must live on; nullptr chooses those of SettingWords itself.
void set_setting_words(const SettingWords* words);

// The same in the words chosen.
std::string setting(std::string_view key, std::string_view value = "");
std::string setting_list(std::string_view key, const std::vector<std::string>& values);
std::string command_words(std::string_view name, const std::vector<Setting>& arguments = {});
std::string usage_words(bool of_pairs);

}  // namespace thaw
