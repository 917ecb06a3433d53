#include "results/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "text/numbers.h"

namespace thaw {
namespace {

// With the sign, which a zero does not have.
std::string signed_fixed(double value, int digits) {
  if (!std::isfinite(value)) return fixed(value, digits);
  std::string text = fixed(std::fabs(value), digits);
  if (text.find_first_not_of("0.") == std::string::npos) return text;
  return (value < 0 ? "−" : "+") + text;
}

double scale_of(Metric metric) { return higher_is_better(metric) ? 100 : 1; }

int change_digits(Metric metric, double largest) {
  if (!higher_is_better(metric)) return std::fabs(largest) < 0.0095 ? 4 : 3;
  return std::fabs(largest) < 0.00095 ? 2 : 1;
}

}  // namespace

std::string metric_change(Metric metric, double change) {
  return signed_fixed(scale_of(metric) * change, change_digits(metric, change));
}

std::string change_interval(Metric metric, double low, double high) {
  const int digits = change_digits(metric, std::max(std::fabs(low), std::fabs(high)));
  return signed_fixed(scale_of(metric) * low, digits) + "…" +
         signed_fixed(scale_of(metric) * high, digits);
}

std::string f1_name(const ComparisonResults& results) {
  return results.label_names.size() == 2 ? fmt::format("F1 of '{}'", results.label_names[1])
                                         : "macro F1";
}

std::string evaluated_split(const ComparisonResults& results) {
  return results.evaluated_on.empty() ? "test" : results.evaluated_on;
}

std::string score(const ComparisonResults& results, double value) {
  const bool many =
      std::any_of(results.strategies.begin(), results.strategies.end(),
                  [](const StrategyResult& strategy) { return strategy.test.rows >= 1000; });
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
  return fmt::format("'{}'", results.label_names[static_cast<size_t>(label)]);
}

std::string strategy_description(const StrategyResult& strategy) {
  std::string text = strategy.strategy;
  if (strategy.strategy == "probe") {
    text = "encoder frozen, head alone trained";
  } else if (strategy.strategy == "full") {
    text = "everything trained";
  } else if (strategy.strategy == "lp-ft") {
    text = "the head trained first, then everything";
  } else if (strategy.strategy == "bitfit") {
    text = "head and biases trained";
  } else if (strategy.strategy.rfind("last-", 0) == 0) {
    const std::string layers = strategy.strategy.substr(5);
    text = layers == "1" ? "last layer and head trained"
                         : fmt::format("last {} layers and head trained", layers);
  }
  if (!strategy.init_from.empty()) text += ", from " + strategy.init_from;
  return text;
}

}  // namespace thaw
