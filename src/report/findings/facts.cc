#include "report/findings/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"
#include "evaluation/holm.h"
#include "results/shown.h"

namespace thaw {
namespace {

double times(double value, double of) { return value > 0 && of > 0 ? value / of : 0; }

void describe_predictions(const StrategyResult& strategy, int64_t labels, const SplitSummary* train,
                          StrategyFacts& facts) {
  int64_t most = -1;
  for (int64_t label = 0; label < labels; ++label) {
    int64_t given = 0;
    for (int64_t gold = 0; gold < labels; ++gold) {
      given += strategy.test.confusion[gold * labels + label];
    }
    facts.answers.correct += strategy.test.confusion[label * labels + label];
    if (given > most) {
      most = given;
      facts.answers.most_given = static_cast<int32_t>(label);
    }
  }
  const int64_t rows = strategy.test.rows;
  facts.answers.most_given_share =
      rows > 0 ? static_cast<double>(most) / static_cast<double>(rows) : 0;
  facts.answers.one_label_only = labels > 1 && rows > 1 && most == rows;
  if (facts.answers.one_label_only && train != nullptr &&
      static_cast<int64_t>(train->label_counts.size()) == labels) {
    const auto& counts = train->label_counts;
    facts.answers.ends_at_majority =
        counts[facts.answers.most_given] == *std::max_element(counts.begin(), counts.end());
  }
  // What is too sure of itself guesses no more for that: the saved model is calibrated.
  const double loss =
      strategy.calibration ? strategy.calibration->after.nll : shown_metrics(strategy).loss;
  facts.answers.no_better_than_guessing =
      labels > 1 && loss >= 0.98 * std::log(static_cast<double>(labels));
}

// Every row got one label.
bool gave_one_label(const ClassificationMetrics& metrics, int64_t labels) {
  int64_t most = 0;
  for (int64_t label = 0; label < labels; ++label) {
    int64_t given = 0;
    for (int64_t gold = 0; gold < labels; ++gold) given += metrics.confusion[gold * labels + label];
    most = std::max(most, given);
  }
  return most == metrics.rows;
}

// Of an epoch's validation loss where the saved model is calibrated and losses as trained are all
// that is known, nothing is judged: what they show may be confidence alone, which is mended.
bool can_judge(const StrategyResult& strategy) {
  return !strategy.calibration ||
         std::all_of(strategy.epochs.begin(), strategy.epochs.end(),
                     [](const EpochResult& e) { return std::isfinite(e.calibrated_loss); });
}

void describe_epochs(const StrategyResult& strategy, StrategyFacts& facts) {
  facts.steps = strategy.steps;
  if (facts.steps == 0 && !strategy.losses.empty()) facts.steps = strategy.losses.back().step;
  if (strategy.best_epoch == 0 || strategy.epochs.empty() || !can_judge(strategy)) return;
  facts.validation.by_calibrated_loss = strategy.calibration.has_value();
  const auto lowest = std::min_element(
      strategy.epochs.begin(), strategy.epochs.end(),
      [&](const auto& a, const auto& b) { return judged_loss(facts, a) < judged_loss(facts, b); });
  const EpochResult& last = strategy.epochs.back();
  facts.validation.lowest_epoch = lowest->epoch;
  if (strategy.epochs.size() < 2) return;
  facts.validation.still_improving = lowest->epoch == last.epoch;
  // A rise of less than 1 % is the wobble of a plateau.
  facts.validation.overfits = !facts.validation.still_improving &&
                              judged_loss(facts, last) > 1.01 * judged_loss(facts, *lowest) &&
                              last.train_loss < lowest->train_loss;
}

void correct_over_comparisons(const ComparisonResults& results, size_t reference,
                              ComparisonFacts& facts) {
  std::vector<double> p_values;
  for (const StrategyFacts& own : facts.strategies) {
    if (own.change.paired) p_values.push_back(own.change.p_value);
  }
  const std::vector<double> corrected = holm_corrected(p_values);
  size_t at = 0;
  for (size_t i = 0; i < facts.strategies.size(); ++i) {
    StrategyFacts& own = facts.strategies[i];
    if (!own.change.paired) continue;
    own.change.p_holm = corrected[at++];
    if (const PairEvidence* pair = evidence_of(results, i, reference)) {
      own.change.p_holm = pair->mcnemar_p_holm;
    }
    own.change.clear = own.change.p_holm < 0.05;
  }
}

}  // namespace

double judged_loss(const StrategyFacts& facts, const EpochResult& epoch) {
  return facts.validation.by_calibrated_loss ? epoch.calibrated_loss : epoch.validation_loss;
}

bool solved_exactly(const StrategyResult& strategy) {
  const auto solver = strategy.settings.find("solver");
  return solver != strategy.settings.end() && solver->second == "exact";
}

std::optional<PairedCounts> paired_counts_of(const ComparisonResults& results, size_t first,
                                             size_t second) {
  const int64_t rows = static_cast<int64_t>(results.test_gold.size());
  const int64_t labels = static_cast<int64_t>(results.label_names.size());
  const auto& left = results.strategies[first].test_logits;
  const auto& right = results.strategies[second].test_logits;
  const size_t wanted = static_cast<size_t>(rows * labels);
  if (rows == 0 || left.size() != wanted || right.size() != wanted) return std::nullopt;
  return paired_counts(predicted_labels(left.data(), rows, labels),
                       predicted_labels(right.data(), rows, labels), results.test_gold);
}

ComparisonFacts comparison_facts(const ComparisonResults& results) {
  if (results.strategies.empty()) throw Error("there is no strategy to report on");
  const int64_t labels = static_cast<int64_t>(results.label_names.size());
  for (const StrategyResult& strategy : results.strategies) {
    if (!measured(strategy)) continue;
    if (strategy.test.confusion.size() != static_cast<size_t>(labels * labels) ||
        strategy.test.per_class.size() != static_cast<size_t>(labels)) {
      throw Error(
          fmt::format("the metrics of '{}' do not belong to {} labels", strategy.name, labels));
    }
  }
  ComparisonFacts facts;
  const size_t reference = reference_strategy(results);
  const StrategyResult& first = results.strategies[reference];
  facts.rows = first.test.rows;
  facts.tiny = facts.rows < kTinyTestRows;
  const SplitSummary* train = nullptr;
  for (const SplitSummary& split : results.splits) {
    if (split.name == "train") train = &split;
  }
  if (train != nullptr) facts.train_rows = train->rows;
  int64_t most = 0;
  for (int64_t label = 0; label < labels && measured(first); ++label) {
    if (first.test.per_class[label].support > most) {
      most = first.test.per_class[label].support;
      facts.most_frequent = static_cast<int32_t>(label);
    }
  }
  facts.baseline = facts.rows > 0 ? static_cast<double>(most) / static_cast<double>(facts.rows) : 0;

  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& strategy = results.strategies[i];
    StrategyFacts own;
    if (!measured(strategy)) {
      facts.strategies.push_back(own);
      continue;
    }
    describe_predictions(strategy, labels, train, own);
    describe_epochs(strategy, own);
    own.answers.every_seed_one_label = own.answers.one_label_only;
    for (const SeedRun& run : strategy.reruns) {
      if (!run.failure.empty() || run.test.rows == 0) continue;
      own.answers.every_seed_one_label =
          own.answers.every_seed_one_label && gave_one_label(run.test, labels);
    }
    if (i != reference) {
      const ClassificationMetrics one = shown_metrics(strategy), other = shown_metrics(first);
      const auto change = [&](Metric metric) {
        return metric_value(one, metric) - metric_value(other, metric);
      };
      own.change.accuracy = change(Metric::kAccuracy);
      own.change.f1 = change(Metric::kF1);
      own.change.loss = change(Metric::kLoss);
      if (!strategy.calibration && !first.calibration) {
        own.change.saved_loss = own.change.loss;
      } else if (strategy.calibration && first.calibration && !several_seeds(results)) {
        own.change.saved_loss = strategy.calibration->after.nll - first.calibration->after.nll;
      }
      // McNemar's test knows no seeds: of several, the first would speak for all.
      if (shown_seeds(results, i) == 1 && shown_seeds(results, reference) == 1) {
        own.change.paired = paired_counts_of(results, reference, i);
      }
      if (own.change.paired) {
        own.change.standard_error = accuracy_difference_standard_error(*own.change.paired);
        own.change.p_value = mcnemar_exact(*own.change.paired);
      }
    }
    own.cost_factors.time =
        times(shown_train_seconds(results, i), shown_train_seconds(results, reference));
    own.cost_factors.memory = times(strategy.peak_memory_mb, first.peak_memory_mb);
    own.cost_factors.parameters = times(static_cast<double>(strategy.trainable_parameters),
                                        static_cast<double>(first.trainable_parameters));
    facts.strategies.push_back(own);
  }
  correct_over_comparisons(results, reference, facts);
  return facts;
}

}  // namespace thaw
