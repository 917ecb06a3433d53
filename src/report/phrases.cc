#include "report/phrases.h"

#include <algorithm>

#include "report/numbers.h"

namespace thaw {

std::string f1_name(const ComparisonResults& results) {
  return results.label_names.size() == 2 ? "F1 of '" + results.label_names[1] + "'" : "macro F1";
}

std::string evaluated_split(const ComparisonResults& results) {
  return results.evaluated_on.empty() ? "test" : results.evaluated_on;
}

std::string score(const ComparisonResults& results, double value) {
  const bool many = !results.strategies.empty() && results.strategies.front().test.rows >= 1000;
  return fixed(value, many ? 4 : 3);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::string quoted_label(const ComparisonResults& results, int32_t label) {
  return "'" + results.label_names[static_cast<size_t>(label)] + "'";
}

std::string strategy_description(const StrategyResult& strategy) {
  std::string text = strategy.strategy;
  if (strategy.strategy == "probe") {
    text = "encoder frozen, head alone trained";
  } else if (strategy.strategy == "full") {
    text = "everything trained";
  } else if (strategy.strategy.rfind("last-", 0) == 0) {
    const std::string layers = strategy.strategy.substr(5);
    text = layers == "1" ? "last layer and head trained"
                         : "last " + layers + " layers and head trained";
  }
  if (!strategy.init_from.empty()) text += ", from " + strategy.init_from;
  return text;
}

bool all_collapsed(const ComparisonFacts& facts) {
  return std::all_of(facts.strategies.begin(), facts.strategies.end(),
                     [](const StrategyFacts& own) { return own.one_label_only; });
}

}  // namespace thaw
