#include "report/findings/recommendation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/findings/facts.h"
#include "results/shown.h"

namespace thaw {
namespace {

// Every row got one label, although the rows have several.
bool one_answer(const ClassificationMetrics& metrics, size_t labels) {
  size_t gold_labels = 0, given_labels = 0;
  for (size_t label = 0; label < labels; ++label) {
    int64_t given = 0;
    for (size_t gold = 0; gold < labels; ++gold) given += metrics.confusion[gold * labels + label];
    given_labels += given > 0;
    gold_labels += metrics.per_class[label].support > 0;
  }
  return given_labels == 1 && gold_labels > 1;
}

// Those that have metrics, the first seed before the reruns.
struct FinishedSeed {
  uint64_t seed = 0;
  const ClassificationMetrics* test = nullptr;
};

std::vector<FinishedSeed> finished_seeds(const StrategyResult& strategy) {
  std::vector<FinishedSeed> found;
  if (!measured(strategy)) return found;
  found.push_back({strategy.seed, &strategy.test});
  for (const SeedRun& run : strategy.reruns) {
    if (run.failure.empty() && run.test.rows > 0) {
      found.push_back({run.seed, &run.test});
    }
  }
  return found;
}

StrategyStanding standing_of(const ComparisonResults& results, size_t index) {
  const Metric metric = results.decision.metric;
  const StrategyResult& strategy = results.strategies[index];
  StrategyStanding own;
  const std::vector<FinishedSeed> seeds = finished_seeds(strategy);
  own.seeds = static_cast<int>(seeds.size());
  if (seeds.empty()) {
    own.excluded = Exclusion::kDidNotFinish;
    return own;
  }
  own.failed_seeds =
      static_cast<int>(std::count_if(strategy.reruns.begin(), strategy.reruns.end(),
                                     [](const SeedRun& run) { return !run.failure.empty(); }));
  const double count = static_cast<double>(seeds.size());
  double mean = 0, squares = 0;
  for (const FinishedSeed& seed : seeds) {
    mean += metric_value(*seed.test, metric) / count;
    own.one_answer_seeds += one_answer(*seed.test, results.label_names.size());
  }
  for (const FinishedSeed& seed : seeds) {
    squares += std::pow(metric_value(*seed.test, metric) - mean, 2);
  }
  own.cost_seconds = shown_train_seconds(results, index);
  own.quality = mean;
  if (seeds.size() > 1) own.sd = std::sqrt(squares / (count - 1));
  if (const MetricEstimate* estimate = estimate_of(results, index, metric)) {
    own.quality = estimate->value;
    if (std::isfinite(estimate->sd)) own.sd = estimate->sd;
    own.low = estimate->low;
    own.high = estimate->high;
  }
  const double budget = results.decision.budget_seconds;
  if (own.one_answer_seeds == own.seeds) {
    own.excluded = Exclusion::kOneAnswer;
  } else if (budget > 0 && own.cost_seconds > budget) {
    own.excluded = Exclusion::kOverBudget;
  }
  return own;
}

bool better(Metric metric, double a, double b) { return higher_is_better(metric) ? a > b : a < b; }

bool is_usable(const StrategyStanding& own) {
  return own.excluded == Exclusion::kNone || own.excluded == Exclusion::kOverBudget;
}

// By cost, then from the best: on the front is what is better than all before it.
void find_front(Recommendation& found) {
  std::vector<size_t> order;
  for (size_t i = 0; i < found.strategies.size(); ++i) {
    if (is_usable(found.strategies[i])) order.push_back(i);
  }
  const auto& all = found.strategies;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (all[a].cost_seconds != all[b].cost_seconds) {
      return all[a].cost_seconds < all[b].cost_seconds;
    }
    return better(found.metric, all[a].quality, all[b].quality);
  });
  for (const size_t i : order) {
    const bool improves = found.front.empty() ||
                          better(found.metric, all[i].quality, all[found.front.back()].quality);
    if (!improves) continue;
    found.front.push_back(i);
    found.strategies[i].on_front = true;
  }
}

void choose(const ComparisonResults& results, Recommendation& found) {
  const auto& all = found.strategies;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].excluded != Exclusion::kNone) continue;
    if (!found.reference || all[i].cost_seconds < all[*found.reference].cost_seconds) {
      found.reference = i;
    }
    if (!found.best || better(found.metric, all[i].quality, all[*found.best].quality) ||
        (all[i].quality == all[*found.best].quality &&
         all[i].cost_seconds < all[*found.best].cost_seconds)) {
      found.best = i;
    }
  }
  const auto count = [&](auto condition) {
    return std::count_if(all.begin(), all.end(), condition);
  };
  const auto left = count([](const auto& own) { return own.excluded == Exclusion::kNone; });
  const bool finished =
      count([](const auto& own) { return own.excluded != Exclusion::kDidNotFinish; }) > 0;
  if (all.size() > 1 && finished && comparison_facts(results).tiny) {
    found.verdict = Verdict::kTooFewRows;
    return;
  }
  if (left == 0) {
    found.verdict = count(is_usable) > 0 ? Verdict::kOverBudget : Verdict::kNothingUsable;
    return;
  }
  found.chosen = found.best;
  if (left == 1) {
    found.verdict = all.size() == 1 ? Verdict::kAlone : Verdict::kOnlyOne;
  } else if (results.evidence.resamples == 0) {
    found.verdict = Verdict::kNoPredictions;
  } else {
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].excluded != Exclusion::kNone || i == *found.best) continue;
      const StrategyDifference gap = difference(results, *found.best, i);
      if (gap.known() && !gap.clear() && all[i].cost_seconds < all[*found.chosen].cost_seconds) {
        found.chosen = i;
      }
    }
    found.verdict = found.chosen == found.best ? Verdict::kBest : Verdict::kCheaper;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].excluded != Exclusion::kOverBudget ||
        !better(found.metric, all[i].quality, all[*found.chosen].quality)) {
      continue;
    }
    if (!found.beyond_budget ||
        better(found.metric, all[i].quality, all[*found.beyond_budget].quality)) {
      found.beyond_budget = i;
    }
  }
}

void measure_against_reference(const ComparisonResults& results, Recommendation& found) {
  if (!found.reference) return;
  const StrategyStanding reference = found.strategies[*found.reference];
  const bool clear =
      found.best != found.reference && difference(results, *found.best, *found.reference).clear();
  const double gain = found.strategies[*found.best].quality - reference.quality;
  for (StrategyStanding& own : found.strategies) {
    if (own.cost_seconds > 0 && reference.cost_seconds > 0) {
      own.cost_factor = own.cost_seconds / reference.cost_seconds;
    }
    if (clear && own.excluded == Exclusion::kNone) {
      own.gain_share = (own.quality - reference.quality) / gain;
    }
  }
}

}  // namespace

StrategyDifference difference(const ComparisonResults& results, size_t of, size_t against) {
  const Metric metric = results.decision.metric;
  StrategyDifference found;
  found.value = shown_value(results, of, metric) - shown_value(results, against, metric);
  if (const PairEvidence* pair = evidence_of(results, of, against)) {
    for (const MetricDifference& own : pair->metrics) {
      if (own.metric != metric) continue;
      const bool turned = pair->second != of;
      found.value = turned ? -own.value : own.value;
      found.low = turned ? -own.high : own.low;
      found.high = turned ? -own.low : own.high;
      found.p = own.p_holm;
    }
  }
  bool ahead = false, behind = false;
  int common = 0;
  for (const FinishedSeed& one : finished_seeds(results.strategies[of])) {
    for (const FinishedSeed& other : finished_seeds(results.strategies[against])) {
      if (one.seed != other.seed) continue;
      ++common;
      const double change = metric_value(*one.test, metric) - metric_value(*other.test, metric);
      ahead = ahead || change > 0;
      behind = behind || change < 0;
    }
  }
  found.seeds_disagree = common > 1 && ahead && behind;
  return found;
}

Recommendation recommend(const ComparisonResults& results) {
  comparison_facts(results);  // checks that the metrics fit the labels
  Recommendation found;
  found.metric = results.decision.metric;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    found.strategies.push_back(standing_of(results, i));
  }
  find_front(found);
  choose(results, found);
  measure_against_reference(results, found);
  put_into_words(results, found);
  return found;
}

}  // namespace thaw
