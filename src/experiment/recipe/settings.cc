#include "experiment/recipe/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/setting_words.h"
#include "experiment/recipe/setting_keys.h"
#include "experiment/recipe/setting_values.h"
#include "model/freeze_plan.h"
#include "text/nearest_name.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr int kThoroughSeeds = 3;

const Key& find_key(const Assignment& given) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.description.key == given.key) return key;
    names.push_back(key.description.key);
  }
  const std::string near = nearest_name(given.key, names);
  throw Error(
      fmt::format("there is no key '{}'", given.key), given.where,
      near.empty() ? "docs/recipes.md lists the keys" : fmt::format("did you mean '{}'?", near));
}

StrategySettings strategy_defaults(const std::string& table) {
  StrategySettings settings;
  settings.name = settings.strategy = table;
  settings.training.weight_decay = 0.01;
  settings.training.warmup_ratio = 0.06;
  return settings;
}

bool is_strategy_name(const std::string& text) {
  try {
    parse_strategy(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void check_table(const Assignment& given, const std::vector<std::string>& tables) {
  if (given.scope.empty() || is_strategy_name(given.scope) ||
      std::find(tables.begin(), tables.end(), given.scope) != tables.end()) {
    return;
  }
  const std::string near = nearest_name(given.scope, tables);
  throw Error(
      fmt::format("there is no strategy '{}'", given.scope), given.where,
      near.empty() ? "list it under 'strategies'" : fmt::format("did you mean '{}'?", near));
}

// The place that gave a key of the strategy `table`, or else `otherwise`.
ValuePlace place_of(const ExperimentSettings& settings, const std::string& table,
                    const std::string& key, const std::string& otherwise) {
  for (const std::string& name : {table + "." + key, key, otherwise}) {
    const auto found = settings.places.find(name);
    if (found != settings.places.end()) return found->second;
  }
  return {otherwise, ErrorKind::kData};
}

// It becomes a folder of the results, beside files of theirs, and stands in tables on a terminal.
bool can_be_folder(const std::string& name) {
  constexpr size_t kLongest = 200;  // bytes; a file system's limit is 255
  return !name.empty() && name != "." && name != ".." && name.size() <= kLongest &&
         name.find_first_of("/\\") == std::string::npos && sanitize_for_terminal(name) == name;
}

void check_names(ExperimentSettings& settings, const std::vector<std::string>& tables) {
  auto& strategies = settings.strategies;
  std::set<std::string> names;
  for (size_t i = 0; i < strategies.size(); ++i) {
    StrategySettings& strategy = strategies[i];
    const auto fail = [&](const std::string& key, const std::string& what,
                          const std::string& remedy) {
      const ValuePlace place = place_of(settings, tables[i], key, "strategies");
      throw Error(what, place.where, remedy, place.kind);
    };
    try {
      parse_strategy(strategy.strategy);
    } catch (const Error& error) {
      fail("strategy", error.fact(), error.remedy());
    }
    const std::string& name = strategy.name;
    if (!can_be_folder(name)) {
      fail("name", fmt::format("'{}' cannot be the name of a folder", name), "choose another name");
    }
    if (!names.insert(name).second) {
      fail("name", fmt::format("two strategies are called '{}'", name), "give each its own name");
    }
    if (strategy.init_from.empty()) continue;
    bool found = false;
    for (size_t j = 0; j < i; ++j) {
      if (strategy.init_from == tables[j] || strategy.init_from == strategies[j].name) {
        strategy.init_from = strategies[j].name;
        found = true;
      }
    }
    if (!found) {
      fail("init_from",
           fmt::format("'{}' starts from '{}', which does not come before it", name,
                       strategy.init_from),
           "put it earlier in 'strategies'");
    }
  }
}

// What each value allows and all together do not.
void check_together(const ExperimentSettings& settings) {
  const auto fail = [&](const std::string& key, const std::string& what,
                        const std::string& remedy) {
    const ValuePlace place = place_of(settings, "", key, key);
    throw Error(what, place.where, remedy, place.kind);
  };
  const DataOptions& data = settings.data;
  const size_t cuts = data.label_bin_edges.size(), names = data.label_names.size();
  if (cuts > 0 && names > 0 && names != cuts + 1) {
    fail("label_names",
         fmt::format("{}{}{} labels, and {}{}", cuts, cuts == 1 ? " cut makes " : " cuts make ",
                     cuts + 1, names, names == 1 ? " name is given" : " names are given"),
         "give a name for each label, from low to high");
  }
  if (settings.head == "native" && settings.pooling != "auto" && settings.pooling != "pooler") {
    fail("pooling", "the native head has a pooling of its own",
         "leave out the pooling or the native head");
  }
  for (const auto& [file, size, key] :
       {std::tuple{&data.test, data.test_size, "test_size"},
        std::tuple{&data.validation, data.validation_size, "validation_size"}}) {
    if (!file->empty() && size > 0) {
      fail(key, "rows are to be held back for a part that has a file of its own",
           "give the file or the size, not both");
    }
  }
  // What would be read by nobody was meant to do something.
  const auto needs = [&](const std::string& key, bool there, const std::string& other,
                         const std::string& remedy) {
    const auto given = settings.places.find(key);
    if (there || given == settings.places.end() || given->second.kind != ErrorKind::kUsage) return;
    fail(key, "does nothing without " + other, remedy);
  };
  const auto searches = [&](const std::string& key) {
    return std::find(settings.search.begin(), settings.search.end(), key) != settings.search.end();
  };
  needs("sizes", settings.sweep_size, "a sweep over sizes", "add " + setting("sweep", "size"));
  needs("learning_rates", searches("learning_rate"), "a search", "add " + setting("search", "lr"));
  needs("epoch_counts", searches("epochs"), "a search", "add " + setting("search", "epochs"));
}

}  // namespace

const std::vector<KeyDescription>& setting_keys() {
  static const std::vector<KeyDescription> descriptions = [] {
    std::vector<KeyDescription> list;
    for (const Key& key : keys()) list.push_back(key.description);
    return list;
  }();
  return descriptions;
}

ExperimentSettings make_settings(const std::vector<Assignment>& recipe,
                                 const std::vector<Assignment>& command_line) {
  std::vector<std::string> tables{"probe", "last-1", "full"};
  ExperimentSettings settings;
  // Hands every assignment to `take`, whose errors are the command line's where that gave it.
  const auto each = [&](const auto& take) {
    for (const auto& [assignments, kind] :
         {std::pair{&recipe, ErrorKind::kData}, std::pair{&command_line, ErrorKind::kUsage}}) {
      for (const Assignment& given : *assignments) {
        try {
          take(given, kind);
        } catch (const Error& error) {
          throw error.of_kind(kind);
        }
      }
    }
  };
  each([&](const Assignment& given, ErrorKind kind) {
    const Key& key = find_key(given);
    if (!given.scope.empty() && !key.description.of_strategy) {
      throw Error(fmt::format("'{}' belongs to all strategies", given.key), given.where,
                  "put it above the tables");
    }
    const std::string scope = given.scope.empty() ? "" : given.scope + ".";
    settings.places[scope + given.key] = {given.where, kind};
    if (given.key == "strategies") {
      if (given.values.empty()) reject(given, "a list such as probe, full");
      tables = given.values;
    }
  });

  settings.common = strategy_defaults("last-1");
  for (const std::string& table : tables) settings.strategies.push_back(strategy_defaults(table));
  const auto take = [&](const Assignment& given, bool for_all) {
    check_table(given, tables);
    const Key& key = find_key(given);
    if (key.shared) {
      key.shared(settings, given);
      return;
    }
    for (size_t i = 0; i < tables.size(); ++i) {
      if (!for_all && tables[i] != given.scope) continue;
      key.of_strategy(settings.strategies[i], given);
      settings.strategies[i].given.insert(given.key);
    }
    if (for_all) {
      key.of_strategy(settings.common, given);
      settings.common.given.insert(given.key);
    }
  };
  // Of the recipe first what is for all and then what is for one, then the same of the command
  // line.
  for (const ErrorKind source : {ErrorKind::kData, ErrorKind::kUsage}) {
    for (const bool for_all : {true, false}) {
      each([&](const Assignment& given, ErrorKind kind) {
        if (kind == source && given.scope.empty() == for_all) take(given, for_all);
      });
    }
  }
  check_names(settings, tables);
  check_together(settings);
  if (settings.effort == Effort::kThorough && !settings.places.count("seeds")) {
    settings.seeds = kThoroughSeeds;
  }
  settings.data.seed = settings.seed;
  for (StrategySettings& strategy : settings.strategies) strategy.training.seed = settings.seed;
  settings.common.training.seed = settings.seed;
  return settings;
}

Error as_given(const Error& error, const ExperimentSettings& settings) {
  // A strategy is named by the list of them.
  const std::string key = error.setting() == "strategy" ? "strategies" : error.setting();
  const auto found = settings.places.find(key);
  if (found == settings.places.end() || found->second.kind == ErrorKind::kUsage) return error;
  return error.at(found->second.where).of_kind(ErrorKind::kData);
}

}  // namespace thaw
