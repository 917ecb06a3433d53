#pragma once  // Tests: tests/report/findings/several_seeds_test.cc

#include <cstddef>
#include <string>
#include <vector>

#include "results/results.h"

namespace thaw {

// What figures and page show of results, where it may come from more than one place.

// False for a strategy that failed: it has no metrics and is left out of plots.
bool measured(const StrategyResult& strategy);
std::vector<size_t> measured_strategies(const ComparisonResults& results);

// The strategy that the others are compared with: the first that has metrics.
size_t reference_strategy(const ComparisonResults& results);
// The measured strategy with the best value of the metric that decides, ties to the earlier.
size_t best_strategy(const ComparisonResults& results);

// nullptr where there is no such evidence.
const MetricEstimate* estimate_of(const ComparisonResults& results, size_t strategy, Metric metric);
// Of the pair in either order; MetricDifference's sign is that of second minus first.
const PairEvidence* evidence_of(const ComparisonResults& results, size_t one, size_t other);

// The seeds of a strategy that finished, the first before its reruns: those that all numbers are
// means over. 0 where it was not measured.
int shown_seeds(const ComparisonResults& results, size_t strategy);
// Some strategy has two or more.
bool several_seeds(const ComparisonResults& results);
// ", seed 42" of what is the first seed's alone (its confusion matrix, its rows, its curves), or
// "".
std::string first_seed_note(const StrategyResult& strategy);

// Over those seeds: the mean, and the standard deviation with n - 1. NaN where not measured; the
// latter with one seed, too.
struct Spread {
  double mean = 0, sd = 0;
};
Spread shown_spread(const ComparisonResults& results, size_t strategy, Metric metric);
// "0.6747", "0.6747 ± 0.0037", as score().
std::string spread_text(const ComparisonResults& results, size_t strategy, Metric metric);
// All metrics, and those of each label, as means over the seeds; the confusion matrix is the first
// seed's. With one seed, its metrics.
ClassificationMetrics shown_metrics(const StrategyResult& strategy);

// The mean of shown_spread.
double shown_value(const ComparisonResults& results, size_t strategy, Metric metric);

// Of the training, the mean over the seeds that finished, as the metrics are. NaN or 0: unknown.
double shown_train_seconds(const ComparisonResults& results, size_t strategy);
double shown_train_seconds(const StrategyResult& strategy);

// "accuracy", "F1 of 'positive'", "macro F1", "loss", …
std::string metric_label(const ComparisonResults& results, Metric metric);
std::string capitalized(const std::string& text);

// "0.643–0.655".
std::string interval(double low, double high, int digits);

// The classes with the most rows in the first split that has counts, in the labels' own order.
std::vector<size_t> largest_classes(const ComparisonResults& results, size_t most);

// The layers that were trained beside the head: 0 for "probe", N for "last-N", kEveryLayer for
// "full", -1 for anything else.
inline constexpr int kEveryLayer = 1 << 20;
int trained_layers(const StrategyResult& strategy);

}  // namespace thaw
