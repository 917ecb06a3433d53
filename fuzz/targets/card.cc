// The YAML head of a data set's card, and the patterns that it holds: what they choose are files of
// the repository.
#include "hub/card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/target.h"
#include "hub/data_files.h"
#include "hub/yaml.h"

THAW_FUZZ_TARGET(card) {
  using thaw::fuzz::require;
  static const std::vector<std::string> paths = {"README.md",
                                                 ".hidden/train.csv",
                                                 "data/train-00000-of-00002.parquet",
                                                 "data/test.csv",
                                                 "en/validation/part-1.csv",
                                                 "data/train-00001-of-00002.parquet",
                                                 "a/b/c/d/e.json",
                                                 "__init__/x.csv"};
  nlohmann::ordered_json value;
  thaw::fuzz::accepts([&] { value = thaw::parse_yaml(input, "x.yaml"); });
  require(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::strict).size() < 1u << 30,
          "values are UTF-8");

  thaw::DataCard card;
  const std::string readme = "---\n" + std::string(input) + "\n---\n";
  if (!thaw::fuzz::accepts([&] { card = thaw::read_data_card(readme, "README.md"); })) return;
  for (const thaw::CardConfiguration& configuration : card.configurations) {
    for (const auto& split : thaw::files_by_card(configuration, paths)) {
      for (const std::string& file : split.files) {
        require(std::find(paths.begin(), paths.end(), file) != paths.end(),
                "a card chooses files of the repository");
      }
    }
  }
}
