#include "results/shown.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "results/phrases.h"
#include "text/numbers.h"

namespace thaw {

bool measured(const StrategyResult& strategy) {
  return strategy.failure.empty() && strategy.test.rows > 0;
}

std::vector<size_t> measured_strategies(const ComparisonResults& results) {
  std::vector<size_t> found;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    if (measured(results.strategies[i])) found.push_back(i);
  }
  return found;
}

size_t reference_strategy(const ComparisonResults& results) {
  const std::vector<size_t> found = measured_strategies(results);
  return found.empty() ? 0 : found.front();
}

size_t best_strategy(const ComparisonResults& results) {
  const Metric metric = results.decision.metric;
  size_t best = reference_strategy(results);
  for (const size_t i : measured_strategies(results)) {
    const double own = shown_value(results, i, metric), top = shown_value(results, best, metric);
    if (higher_is_better(metric) ? own > top : own < top) best = i;
  }
  return best;
}

const MetricEstimate* estimate_of(const ComparisonResults& results, size_t strategy,
                                  Metric metric) {
  if (strategy >= results.evidence.strategies.size()) return nullptr;
  for (const MetricEstimate& estimate : results.evidence.strategies[strategy]) {
    if (estimate.metric == metric) return &estimate;
  }
  return nullptr;
}

const PairEvidence* evidence_of(const ComparisonResults& results, size_t one, size_t other) {
  for (const PairEvidence& pair : results.evidence.pairs) {
    if (pair.first == std::min(one, other) && pair.second == std::max(one, other)) return &pair;
  }
  return nullptr;
}

namespace {

std::vector<const ClassificationMetrics*> finished_metrics(const StrategyResult& strategy) {
  std::vector<const ClassificationMetrics*> found;
  if (!measured(strategy)) return found;
  found.push_back(&strategy.test);
  for (const SeedRun& run : strategy.reruns) {
    if (run.failure.empty() && run.test.rows > 0) found.push_back(&run.test);
  }
  return found;
}

}  // namespace

int shown_seeds(const ComparisonResults& results, size_t strategy) {
  return static_cast<int>(finished_metrics(results.strategies.at(strategy)).size());
}

bool several_seeds(const ComparisonResults& results) {
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    if (shown_seeds(results, i) > 1) return true;
  }
  return false;
}

std::string first_seed_note(const StrategyResult& strategy) {
  return finished_metrics(strategy).size() > 1 ? fmt::format(", seed {}", strategy.seed) : "";
}

Spread shown_spread(const ComparisonResults& results, size_t strategy, Metric metric) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const auto seeds = finished_metrics(results.strategies.at(strategy));
  if (seeds.empty()) return {kUnknown, kUnknown};
  if (const MetricEstimate* estimate = estimate_of(results, strategy, metric)) {
    return {estimate->value, estimate->sd};
  }
  const double count = static_cast<double>(seeds.size());
  if (seeds.size() == 1) return {metric_value(*seeds[0], metric), kUnknown};
  double mean = 0, squares = 0;
  for (const auto* seed : seeds) mean += metric_value(*seed, metric) / count;
  for (const auto* seed : seeds) squares += std::pow(metric_value(*seed, metric) - mean, 2);
  return {mean, std::sqrt(squares / (count - 1))};
}

std::string spread_text(const ComparisonResults& results, size_t strategy, Metric metric) {
  const Spread spread = shown_spread(results, strategy, metric);
  return score(results, spread.mean) +
         (std::isfinite(spread.sd) ? " ± " + score(results, spread.sd) : "");
}

ClassificationMetrics shown_metrics(const StrategyResult& strategy) {
  const auto seeds = finished_metrics(strategy);
  if (seeds.size() < 2) return strategy.test;
  const double count = static_cast<double>(seeds.size());
  ClassificationMetrics mean = strategy.test;
  const auto average = [&](auto& to, const auto& of) {
    double sum = 0;
    for (const auto* seed : seeds) sum += of(*seed);
    to = sum / count;
  };
  using Metrics = ClassificationMetrics;
  for (double Metrics::*member :
       {&Metrics::loss, &Metrics::accuracy, &Metrics::macro_precision, &Metrics::macro_recall,
        &Metrics::macro_f1, &Metrics::weighted_precision, &Metrics::weighted_recall,
        &Metrics::weighted_f1}) {
    average(mean.*member, [&](const Metrics& seed) { return seed.*member; });
  }
  if (mean.binary_f1) {
    average(*mean.binary_f1, [](const Metrics& seed) { return seed.binary_f1.value_or(0); });
  }
  for (size_t label = 0; label < mean.per_class.size(); ++label) {
    for (double ClassMetrics::*member :
         {&ClassMetrics::precision, &ClassMetrics::recall, &ClassMetrics::f1}) {
      average(mean.per_class[label].*member,
              [&](const Metrics& seed) { return seed.per_class.at(label).*member; });
    }
  }
  return mean;
}

double shown_value(const ComparisonResults& results, size_t strategy, Metric metric) {
  return shown_spread(results, strategy, metric).mean;
}

double shown_train_seconds(const ComparisonResults& results, size_t strategy) {
  return shown_train_seconds(results.strategies.at(strategy));
}

double shown_train_seconds(const StrategyResult& own) {
  double sum = own.train_seconds;
  int seeds = 1;
  for (const SeedRun& run : own.reruns) {
    if (!run.failure.empty() || run.test.rows == 0) continue;
    sum += run.train_seconds;
    ++seeds;
  }
  return sum / seeds;
}

std::string metric_label(const ComparisonResults& results, Metric metric) {
  if (metric == Metric::kF1) return f1_name(results);
  std::string name = metric_name(metric);
  std::replace(name.begin(), name.end(), '_', ' ');
  if (name.ends_with(" f1")) name.replace(name.size() - 2, 2, "F1");
  return name;
}

std::string capitalized(const std::string& text) {
  std::string out = text;
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string interval(double low, double high, int digits) {
  return fixed(low, digits) + "–" + fixed(high, digits);
}

std::vector<size_t> largest_classes(const ComparisonResults& results, size_t most) {
  std::vector<size_t> classes(results.label_names.size());
  for (size_t label = 0; label < classes.size(); ++label) classes[label] = label;
  if (classes.size() <= most) return classes;
  std::vector<int64_t> rows(classes.size());
  for (const SplitSummary& split : results.splits) {
    if (split.rows == 0 || split.label_counts.size() != rows.size()) continue;
    rows = split.label_counts;
    break;
  }
  std::stable_sort(classes.begin(), classes.end(),
                   [&](size_t a, size_t b) { return rows[a] > rows[b]; });
  classes.resize(most);
  std::sort(classes.begin(), classes.end());
  return classes;
}

int trained_layers(const StrategyResult& strategy) {
  if (strategy.strategy == "probe") return 0;
  if (strategy.strategy == "full") return kEveryLayer;
  const std::string prefix = "last-";
  if (strategy.strategy.rfind(prefix, 0) != 0) return -1;
  const char* end = strategy.strategy.data() + strategy.strategy.size();
  int layers = 0;
  const auto read = std::from_chars(strategy.strategy.data() + prefix.size(), end, layers);
  return read.ec == std::errc() && read.ptr == end && layers > 0 && layers < kEveryLayer ? layers
                                                                                         : -1;
}

}  // namespace thaw
