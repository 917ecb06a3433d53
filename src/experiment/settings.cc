#include "experiment/settings.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/printable.h"
#include "classifier/freeze_plan.h"
#include "experiment/setting_keys.h"

namespace thaw {
namespace {

const Key& find_key(const Assignment& given) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.description.key == given.key) return key;
    names.push_back(key.description.key);
  }
  const std::string near = nearest_name(given.key, names);
  throw Error("there is no key '" + given.key + "'", given.where,
              near.empty() ? "docs/recipes.md lists the keys" : "did you mean '" + near + "'?");
}

// What a strategy does where nobody says otherwise. The head alone can take large steps and many
// epochs, since the frozen encoder is run once; the encoder takes Transformers' usual ones.
StrategySettings strategy_defaults(const std::string& table) {
  StrategySettings settings;
  settings.approach = settings.strategy = table;
  settings.training.weight_decay = 0.01;
  settings.training.warmup_ratio = 0.06;
  return settings;
}

void finish_defaults(StrategySettings& settings, const std::set<std::string>& given) {
  const bool probe = settings.strategy == "probe";
  if (!given.count("epochs")) settings.training.epochs = probe ? 10 : 3;
  if (!given.count("learning_rate")) settings.training.learning_rate = probe ? 5e-3 : 5e-5;
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
  throw Error("there is no strategy '" + given.scope + "'", given.where,
              near.empty() ? "list it under 'strategies'" : "did you mean '" + near + "'?");
}

// It becomes a folder of the results, beside files of theirs, and stands in tables on a terminal.
bool can_be_folder(const std::string& name) {
  constexpr size_t kLongest = 200;  // bytes; a file system's limit is 255
  return !name.empty() && name != "." && name != ".." && name.size() <= kLongest &&
         name.find_first_of("/\\") == std::string::npos && printable(name) == name;
}

void check_names(std::vector<StrategySettings>& strategies,
                 const std::vector<std::string>& tables) {
  std::set<std::string> approaches;
  for (size_t i = 0; i < strategies.size(); ++i) {
    StrategySettings& strategy = strategies[i];
    parse_strategy(strategy.strategy);
    const std::string& name = strategy.approach;
    if (!can_be_folder(name)) {
      throw Error("'" + name + "' cannot be the name of a folder", "name", "choose another name");
    }
    if (!approaches.insert(name).second) {
      throw Error("two strategies are called '" + name + "'", "name", "give each its own name");
    }
    if (strategy.init_from.empty()) continue;
    bool found = false;
    for (size_t j = 0; j < i; ++j) {
      if (strategy.init_from == tables[j] || strategy.init_from == strategies[j].approach) {
        strategy.init_from = strategies[j].approach;
        found = true;
      }
    }
    if (!found) {
      throw Error(
          "'" + name + "' starts from '" + strategy.init_from + "', which does not come before it",
          "init_from", "put it earlier in 'strategies'");
    }
  }
}

// An lp-ft that nobody said the start of starts from the probe before it, or from one of its own.
void add_probes(ExperimentSettings& settings, const std::set<std::string>& given_for_all) {
  auto& strategies = settings.strategies;
  for (size_t i = 0; i < strategies.size(); ++i) {
    if (strategies[i].strategy != "lp-ft" || !strategies[i].init_from.empty()) continue;
    const auto probe = std::find_if(strategies.begin(), strategies.begin() + static_cast<int>(i),
                                    [](const auto& s) { return s.strategy == "probe"; });
    if (probe != strategies.begin() + static_cast<int>(i)) {
      strategies[i].init_from = probe->approach;
      continue;
    }
    StrategySettings own = settings.common;
    own.approach = strategies[i].approach + ": probe";
    own.strategy = "probe";
    own.hidden = true;
    finish_defaults(own, given_for_all);
    strategies[i].init_from = own.approach;
    strategies.insert(strategies.begin() + static_cast<int>(i), std::move(own));
    ++i;
  }
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
  for (const auto* assignments : {&recipe, &command_line}) {
    for (const Assignment& given : *assignments) {
      const Key& key = find_key(given);
      if (!given.scope.empty() && !key.description.of_strategy) {
        throw Error("'" + given.key + "' belongs to all strategies", given.where,
                    "put it above the tables");
      }
      if (given.key == "strategies") {
        if (given.values.empty()) reject(given, "a list such as probe, full");
        tables = given.values;
      }
    }
  }

  ExperimentSettings settings;
  settings.common = strategy_defaults("last-1");
  std::set<std::string> given_for_all;
  for (const std::string& table : tables) settings.strategies.push_back(strategy_defaults(table));
  std::vector<std::set<std::string>> given_keys(tables.size());
  for (const auto* assignments : {&recipe, &command_line}) {
    for (const bool for_all : {true, false}) {
      for (const Assignment& given : *assignments) {
        if (given.scope.empty() != for_all) continue;
        check_table(given, tables);
        const Key& key = find_key(given);
        if (key.shared) {
          key.shared(settings, given);
          continue;
        }
        for (size_t i = 0; i < tables.size(); ++i) {
          if (!for_all && tables[i] != given.scope) continue;
          key.of_strategy(settings.strategies[i], given);
          given_keys[i].insert(given.key);
        }
        if (for_all) {
          key.of_strategy(settings.common, given);
          given_for_all.insert(given.key);
        }
      }
    }
  }
  for (size_t i = 0; i < tables.size(); ++i) finish_defaults(settings.strategies[i], given_keys[i]);
  finish_defaults(settings.common, given_for_all);
  check_names(settings.strategies, tables);
  add_probes(settings, given_for_all);
  settings.data.seed = settings.seed;
  for (StrategySettings& strategy : settings.strategies) strategy.training.seed = settings.seed;
  settings.common.training.seed = settings.seed;
  return settings;
}

}  // namespace thaw
