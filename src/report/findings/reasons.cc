#include "report/findings/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/findings/caveats.h"
#include "report/findings/learning_curve.h"
#include "report/findings/training_state.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

using Sentences = std::vector<std::string>;

constexpr int64_t kFewSteps = 100;       // a new head has hardly moved, at usual learning rates
constexpr int64_t kFewTrainRows = 1000;  // few for the parameters of an encoder layer

std::string setting(const ComparisonResults& results, const StrategyResult& strategy,
                    const char* name) {
  const auto own = strategy.settings.find(name);
  if (own != strategy.settings.end()) return own->second;
  const auto shared = results.settings.find(name);
  return shared != results.settings.end() ? shared->second : "";
}

std::string at_learning_rate(const ComparisonResults& results, const StrategyResult& strategy) {
  const std::string rate = setting(results, strategy, "learning_rate");
  return rate.empty() ? "" : " at learning rate " + rate;
}

bool trains_more(const StrategyResult& other, const StrategyResult& first) {
  return other.trainable_parameters > first.trainable_parameters;
}

void explain_overfitting(const StrategyResult& strategy, const StrategyFacts& facts,
                         Sentences& out) {
  const auto lowest = std::find_if(
      strategy.epochs.begin(), strategy.epochs.end(),
      [&](const EpochResult& epoch) { return epoch.epoch == facts.validation.lowest_epoch; });
  const EpochResult& last = strategy.epochs.back();
  const std::string kind =
      facts.validation.by_calibrated_loss ? "'s calibrated validation loss" : "'s validation loss";
  std::string sentence = fmt::format(
      "{}{} was lowest after epoch {} ({}) and {} after epoch {}, while its training loss went "
      "from {} to {}: it began to fit the training rows rather than the task",
      strategy.name, kind, lowest->epoch, fixed(judged_loss(facts, *lowest), 4),
      fixed(judged_loss(facts, last), 4), last.epoch, fixed(lowest->train_loss, 4),
      fixed(last.train_loss, 4));
  if (strategy.best_epoch == lowest->epoch) {
    sentence += fmt::format(", and the weights of epoch {} were kept", lowest->epoch);
  }
  sentence += ".";
  // Of a calibrated loss, that is not confidence alone.
  if (last.validation_accuracy > lowest->validation_accuracy &&
      !facts.validation.by_calibrated_loss) {
    sentence += fmt::format(
        " Its validation accuracy still rose ({} to {}), so what suffered was its confidence more "
        "than its answers.",
        fixed(lowest->validation_accuracy, 3), fixed(last.validation_accuracy, 3));
  }
  out.push_back(std::move(sentence));
}

// One story a run: what is undertrained neither overfits nor answers too surely.
void explain_run(const ComparisonResults& results, const ComparisonFacts& facts,
                 const TrainingFinding& state, size_t index, Sentences& out) {
  const StrategyResult& strategy = results.strategies[index];
  const StrategyFacts& own = facts.strategies[index];
  const auto labels = results.label_names.size();
  const std::string shortfall =
      facts.tiny ? std::string() : training_sentence(results, index, state);
  if (!shortfall.empty()) {
    out.push_back(shortfall);
    return;
  }
  const int64_t validated = validation_rows(results);
  const bool told = validated < 0 || validated >= kFewValidationRows;
  // What gives one answer fits nothing.
  if (own.validation.overfits && told && state.state != TrainingState::kOneClass)
    explain_overfitting(strategy, own, out);
  if (own.answers.no_better_than_guessing) {
    std::string sentence = fmt::format(
        "{}'s loss ({}) is no better than that of a blind guess (ln {} = {})", strategy.name,
        fixed(strategy.calibration ? strategy.calibration->after.nll : shown_metrics(strategy).loss,
              3),
        labels, fixed(std::log(static_cast<double>(labels)), 3));
    if (own.steps > 0 && own.steps < kFewSteps) {
      sentence += ": " + counted(own.steps, "step", "steps") + at_learning_rate(results, strategy) +
                  (strategy.init_from.empty() ? " hardly moved its newly drawn head."
                                              : " did not bring it further.");
    } else if (solved_exactly(strategy)) {
      sentence += ": the features that it reads tell its classifier little of the labels.";
    } else {
      sentence += ": its learning rate may be too high, or too low, for what it trains.";
    }
    out.push_back(std::move(sentence));
  } else if (own.answers.every_seed_one_label && !facts.tiny && !solved_exactly(strategy)) {
    out.push_back(
        fmt::format("One answer for every row usually means that {}'s training was too short or "
                    "its learning rate too high.",
                    strategy.name));
  }
  const bool unsure = strategy.calibration && strategy.calibration->temperature < 1;
  if (!facts.tiny && !unsure && own.change.accuracy > 0 && own.change.saved_loss > 0.005) {
    out.push_back(
        fmt::format("A higher loss beside a higher accuracy suggests that {} makes its mistakes "
                    "with more confidence: its labels are better than its probabilities.",
                    strategy.name));
  }
}

// Only what was looked at is said to be absent.
std::string nothing_explains(const ComparisonResults& results, const ComparisonFacts& facts) {
  const int64_t validated = validation_rows(results);
  const bool few = validated >= 0 && validated < kFewValidationRows;
  const std::vector<size_t> tested = measured_strategies(results);
  const bool followed = std::any_of(tested.begin(), tested.end(), [&](size_t i) {
    return facts.strategies[i].validation.lowest_epoch > 0;  // its validation losses were judged
  });
  if (few) {
    return fmt::format(
        "No collapse to one class explains the difference; whether anything overfits is not judged "
        "by {}.",
        counted(validated, "validation row", "validation rows"));
  }
  return followed ? "The losses show no overfitting, no collapse to one class and no run that was "
                    "cut short; nothing in them explains more."
                  : "Nothing that was measured explains the numbers further.";
}

// What the best and the recommended strategy cost beside the first; of few strategies, all.
void count_costs(const ComparisonResults& results, const ComparisonFacts& facts,
                 const Recommendation& recommendation, Sentences& out) {
  constexpr size_t kFew = 4;
  const std::vector<size_t> tested = measured_strategies(results);
  const size_t reference = reference_strategy(results);
  const StrategyResult& first = results.strategies[reference];
  for (const size_t i : tested) {
    const bool wanted =
        tested.size() <= kFew || recommendation.best == i || recommendation.chosen == i;
    if (i == reference || !wanted) continue;
    const StrategyResult& other = results.strategies[i];
    const StrategyFacts& own = facts.strategies[i];
    Sentences costs;
    if (own.cost_factors.time > 0) {
      costs.push_back(fmt::format("{} the training time ({} against {})",
                                  factor(own.cost_factors.time),
                                  duration(shown_train_seconds(results, i)),
                                  duration(shown_train_seconds(results, reference))));
    }
    if (own.cost_factors.parameters > 0) {
      costs.push_back(fmt::format(
          "{} the trainable parameters ({} against {})", factor(own.cost_factors.parameters),
          short_count(other.trainable_parameters), short_count(first.trainable_parameters)));
    }
    if (own.cost_factors.memory > 0) {
      costs.push_back(fmt::format("{} the peak memory ({} against {})",
                                  factor(own.cost_factors.memory), memory(other.peak_memory_mb),
                                  memory(first.peak_memory_mb)));
    }
    if (costs.empty()) continue;
    std::string sentence =
        fmt::format("Going from {} to {} takes {}", first.name, other.name, listed(costs));
    if (!facts.tiny) {
      const Metric metric = results.decision.metric;
      sentence += fmt::format(" and changes {} by {}{}", metric_label(results, metric),
                              metric_change(metric, difference(results, i, reference).value),
                              higher_is_better(metric) ? " points" : "");
    }
    if (!other.init_from.empty()) {
      sentence += fmt::format("; it starts from {}, whose training comes on top", other.init_from);
    }
    out.push_back(sentence + ".");
  }
}

}  // namespace

std::vector<std::string> likely_reasons(const ComparisonResults& results,
                                        const ComparisonFacts& facts,
                                        const Recommendation& recommendation) {
  Sentences out;
  const std::vector<size_t> tested = measured_strategies(results);
  if (tested.empty()) return out;
  const std::vector<TrainingFinding> states = training_findings(results, facts);
  const size_t reference = tested.front();
  const StrategyResult& first = results.strategies[reference];
  const size_t best_index = recommendation.best.value_or(reference);
  // Beside a reference that was hardly trained, unfreezing explains nothing.
  const TrainingState of_reference = states[reference].state;
  const bool fair = of_reference != TrainingState::kOneClass &&
                    of_reference != TrainingState::kBelowSolved &&
                    of_reference != TrainingState::kHardlyTrained;
  const StrategyResult& best = results.strategies[best_index];
  if (facts.tiny && facts.rows > 0) {
    std::string sentence = fmt::format("One row is worth {} points of accuracy",
                                       fixed(100.0 / static_cast<double>(facts.rows), 1));
    const double least_p = std::min(1.0, std::exp2(1.0 - static_cast<double>(facts.rows)));
    if (least_p > 0.05) {
      sentence +=
          ", and even if one approach were right on every row and the other on none, an "
          "exact test would give p = " +
          shortest(least_p);
    }
    out.push_back(sentence + ".");
  } else if (fair && best_index != reference &&
             difference(results, best_index, reference).clear() && trains_more(best, first)) {
    out.push_back(fmt::format(
        "The frozen encoder's features were learned for another purpose; {} could adapt them to "
        "these texts ({} trainable parameters instead of {}){}",
        best.name, short_count(best.trainable_parameters), short_count(first.trainable_parameters),
        facts.train_rows > 0
            ? fmt::format(", and {} training rows sufficed for that.", grouped(facts.train_rows))
            : "."));
  }
  const bool few = facts.train_rows > 0 && facts.train_rows < kFewTrainRows;
  if (few && best_index == reference) {
    for (const size_t i : tested) {
      const StrategyResult& other = results.strategies[i];
      if (!trains_more(other, first) || facts.strategies[i].change.accuracy >= 0) continue;
      // Of one that was hardly trained, the number of parameters explains nothing.
      if (states[i].state != TrainingState::kFine) continue;
      out.push_back(
          fmt::format("With {}, {}'s {} trainable parameters have little to hold on to; a frozen "
                      "encoder keeps its general features.",
                      counted(facts.train_rows, "training row", "training rows"), other.name,
                      short_count(other.trainable_parameters)));
    }
  }
  for (const size_t i : tested) explain_run(results, facts, states[i], i, out);
  if (out.empty()) out.push_back(nothing_explains(results, facts));
  return out;
}

std::vector<std::string> conclusions(const ComparisonResults& results, const ComparisonFacts& facts,
                                     const Recommendation& recommendation) {
  Sentences out = recommendation.sentences;
  const std::vector<size_t> tested = measured_strategies(results);
  if (tested.empty()) return out;
  const bool few = facts.train_rows > 0 && facts.train_rows < kFewTrainRows;
  if (few && !facts.tiny && tested.size() > 1 && recommendation.best == recommendation.reference &&
      recommendation.best &&
      trains_more(results.strategies[tested.back()], results.strategies[*recommendation.best])) {
    out.push_back(
        "Training more of the encoder may still pay with more rows, more epochs or another "
        "learning rate; that was not tried.");
  }
  for (const LearningCurve& curve : learning_curves(results)) {
    const auto is = [&](std::optional<size_t> index) {
      return index && results.strategies[*index].name == curve.name;
    };
    if (is(recommendation.chosen) || is(recommendation.best) || tested.size() == 1) {
      out.push_back(learning_curve_sentence(results, curve));
    }
  }
  if (tested.size() > 1) {
    count_costs(results, facts, recommendation, out);
    const bool once = std::all_of(
        recommendation.strategies.begin(), recommendation.strategies.end(),
        [](const StrategyStanding& own) { return own.seeds < 2 && own.failed_seeds == 0; });
    if (!facts.tiny && once) {
      out.push_back(
          "Each approach was trained once; with another seed the numbers would differ somewhat "
          "(seeds = 3 shows by how much).");
    }
  }
  if (evaluated_split(results) == "validation") {
    const bool chosen = std::any_of(results.strategies.begin(), results.strategies.end(),
                                    [](const StrategyResult& s) { return s.best_epoch > 0; });
    out.push_back(
        std::string("There is no test split: the numbers are those of the validation rows") +
        (chosen ? ", which also chose the best epoch, so they flatter a little." : "."));
  }
  return out;
}

}  // namespace thaw
