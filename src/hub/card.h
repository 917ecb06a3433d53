#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// What the head of a data set's README.md says, for one configuration.
struct CardConfiguration {
  struct Split {
    std::string name;
    std::vector<std::string> patterns;  // of files in the repository (hub/glob.h)
  };
  std::string name;
  bool is_default = false;    // its own word, or because it is called so
  std::string folder;         // data_dir: what patterns are relative to; empty: the repository
  std::vector<Split> splits;  // data_files; empty where the files' names are to tell
};

struct DataCard {
  std::vector<CardConfiguration> configurations;  // in the card's order
  // For a configuration (or "" where the card knows of none), the names of a column's classes 0, 1,
  // …: features whose type is class_label.
  std::map<std::string, std::map<std::string, std::vector<std::string>>> class_names;
};

// Reads the YAML between the two lines "---" that a README.md may begin with; without, the card
// says nothing. Throws Error with `where` for YAML that is none, or not of this form.
DataCard read_data_card(std::string_view readme, const std::string& where);

}  // namespace thaw
