#include "report/findings/training_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/findings/caveats.h"
#include "report/findings/references.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kClearlyBelow = 0.02;   // of a metric between 0 and 1
constexpr double kNearShares = 0.95;     // training loss over that of the labels' shares
constexpr double kLowTemperature = 0.7;  // of a fit on validation
constexpr double kStillFalling = 0.005;  // of the validation loss, in the last epoch
constexpr double kOvertrained = 1.1;     // kept epoch's validation loss over the lowest
constexpr int64_t kRowsForSolved = 100;  // evaluated rows, for a comparison with the optimum

// Mean cross-entropy of the training labels' shares; NaN where they are unknown.
double loss_of_shares(const ComparisonResults& results) {
  for (const SplitSummary& split : results.splits) {
    if (split.name != "train" || split.rows == 0) continue;
    double loss = 0;
    for (const int64_t count : split.label_counts) {
      const double share = static_cast<double>(count) / static_cast<double>(split.rows);
      if (count > 0) loss -= share * std::log(share);
    }
    return loss;
  }
  return kUnknownNumber;
}

// A loss with weights or smoothing is another number.
bool plain_loss(const StrategyResult& strategy) {
  return strategy.settings.count("class_weights") == 0 &&
         strategy.settings.count("label_smoothing") == 0;
}

TrainingFinding finding_of(const ComparisonResults& results, const ComparisonFacts& facts,
                           size_t index) {
  const StrategyResult& strategy = results.strategies[index];
  const StrategyFacts& own = facts.strategies[index];
  if (!measured(strategy)) return {};
  if (own.answers.every_seed_one_label) return {TrainingState::kOneClass};
  if (solved_exactly(strategy)) return {};
  const Metric metric = results.decision.metric;
  if (strategy.strategy == "probe" && strategy.init_from.empty() && metric != Metric::kLoss &&
      facts.rows >= kRowsForSolved) {
    const double solved = solved_probe_value(results);
    const double reached = shown_value(results, index, metric);
    if (solved - reached > kClearlyBelow) return {TrainingState::kBelowSolved, solved, reached};
  }
  const double shares = loss_of_shares(results);
  if (!strategy.epochs.empty() && plain_loss(strategy) && shares > 0 &&
      strategy.epochs.back().train_loss > kNearShares * shares) {
    return {TrainingState::kHardlyTrained, strategy.epochs.back().train_loss, shares};
  }
  const ReferenceResult* pooled = find_reference(results, ReferenceResult::Kind::kPooled);
  if (pooled != nullptr && pooled->test.rows >= kRowsForSolved && metric != Metric::kLoss &&
      strategy.strategy == "probe" && strategy.init_from.empty()) {
    const double linear = metric_value(pooled->test, metric);
    const double reached = shown_value(results, index, metric);
    if (linear - reached > kClearlyBelow) return {TrainingState::kBelowLinear, linear, reached};
  }
  // What few validation rows say of losses and temperatures is little more than chance.
  const int64_t validated = validation_rows(results);
  if (validated >= 0 && validated < kFewValidationRows) return {};
  if (strategy.calibration && strategy.calibration->temperature < kLowTemperature &&
      !temperature_harms(strategy)) {
    return {TrainingState::kUnderconfident, strategy.calibration->temperature};
  }
  const size_t count = strategy.epochs.size();
  if (own.validation.still_improving && count > 1) {
    const double last = judged_loss(own, strategy.epochs[count - 1]);
    const double before = judged_loss(own, strategy.epochs[count - 2]);
    if (last < (1 - kStillFalling) * before)
      return {TrainingState::kStillImproving, last, before, own.validation.by_calibrated_loss};
  }
  // An epoch that was kept by the calibrated loss is judged by it: its plain loss may be higher.
  const auto chosen_by = strategy.settings.find("best_epoch");
  const bool kept_by_another = chosen_by != strategy.settings.end() &&
                               chosen_by->second == "calibrated_loss" &&
                               !own.validation.by_calibrated_loss;
  if (own.validation.overfits && !kept_by_another && strategy.best_epoch > 0 &&
      own.validation.lowest_epoch > 0) {
    const auto loss_at = [&](int epoch) {
      for (const EpochResult& e : strategy.epochs) {
        if (e.epoch == epoch) return judged_loss(own, e);
      }
      return 0.0;
    };
    const double kept = loss_at(strategy.best_epoch), lowest = loss_at(own.validation.lowest_epoch);
    if (lowest > 0 && kept > kOvertrained * lowest) {
      return {TrainingState::kOvertrained, kept, lowest, own.validation.by_calibrated_loss};
    }
  }
  return {};
}

}  // namespace

std::vector<TrainingFinding> training_findings(const ComparisonResults& results,
                                               const ComparisonFacts& facts) {
  std::vector<TrainingFinding> found;
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    found.push_back(finding_of(results, facts, i));
  }
  return found;
}

std::string format_training_warnings(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  if (facts.tiny) return "";
  const auto findings = training_findings(results, facts);
  std::string text;
  for (size_t i = 0; i < findings.size(); ++i) {
    const std::string sentence =
        findings[i].state == TrainingState::kOneClass
            ? fmt::format(
                  "{} answers {} for every row: train it longer, or leave out its learning rate "
                  "and epochs.",
                  results.strategies[i].name,
                  quoted_label(results, facts.strategies[i].answers.most_given))
            : training_sentence(results, i, findings[i]);
    if (!sentence.empty()) text += fmt::format("warning: {}\n", sentence);
  }
  return text;
}

std::string training_mark(TrainingState state) {
  switch (state) {
    case TrainingState::kFine:
      return "";
    case TrainingState::kOneClass:
      return "one answer";
    case TrainingState::kBelowSolved:
    case TrainingState::kHardlyTrained:
      return "hardly trained";
    case TrainingState::kBelowLinear:
      return "below a linear head";
    case TrainingState::kUnderconfident:
    case TrainingState::kStillImproving:
      return "undertrained";
    case TrainingState::kOvertrained:
      return "overtrained";
  }
  return "";
}

std::string training_sentence(const ComparisonResults& results, size_t strategy,
                              const TrainingFinding& finding) {
  const StrategyResult& own = results.strategies[strategy];
  // Losses and temperature are the first seed's.
  const std::string name =
      own.name + (first_seed_note(own).empty() || finding.state == TrainingState::kBelowSolved
                      ? ""
                      : fmt::format(" (seed {})", own.seed));
  const std::string loss = finding.calibrated ? "calibrated validation loss" : "validation loss";
  const std::string metric = metric_label(results, results.decision.metric);
  switch (finding.state) {
    case TrainingState::kFine:
    case TrainingState::kOneClass:
      return "";
    case TrainingState::kBelowSolved:
      return fmt::format(
          "{} was hardly trained: solved to its optimum the same head gives {} {}, not {}; leave "
          "out its learning rate and epochs, or set solver = \"exact\".",
          name, metric, score(results, finding.value), score(results, finding.second));
    case TrainingState::kHardlyTrained:
      return fmt::format(
          "{} was hardly trained: its training loss ({}) is still near that of the labels' shares "
          "({}); it needs more epochs or a higher learning rate.",
          name, fixed(finding.value, 3), fixed(finding.second, 3));
    case TrainingState::kBelowLinear:
      return fmt::format(
          "{} is below a linear classifier that was solved on the same vectors: {} {} against {}; "
          "its head, with a dense layer, can come near to it, so other epochs or another learning "
          "rate may bring more.",
          name, metric, score(results, finding.second), score(results, finding.value));
    case TrainingState::kUnderconfident:
      return fmt::format(
          "{} is undertrained: the temperature that fits its validation logits is {}, so it is "
          "less sure than it may be; more epochs or a higher learning rate may bring more.",
          name, fixed(finding.value, 2));
    case TrainingState::kStillImproving:
      return fmt::format(
          "{} is undertrained: its {} still fell in the last epoch (from {} to {}); more epochs "
          "may bring more.",
          name, loss, fixed(finding.second, 4), fixed(finding.value, 4));
    case TrainingState::kOvertrained:
      return fmt::format(
          "{} is overtrained: the epoch that was kept has a {} of {}, the lowest was {}; fewer "
          "epochs or a lower learning rate may do better.",
          name, loss, fixed(finding.value, 4), fixed(finding.second, 4));
  }
  return "";
}

std::string not_yet_comparable(const ComparisonResults& results,
                               const Recommendation& recommendation) {
  if (!recommendation.best || !recommendation.reference || !recommendation.chosen ||
      recommendation.strategies.size() < 2) {
    return "";
  }
  const ComparisonFacts facts = comparison_facts(results);
  if (facts.tiny) return "";
  const auto findings = training_findings(results, facts);
  const Metric metric = results.decision.metric;
  const size_t reference = *recommendation.reference, best = *recommendation.best;
  const TrainingFinding& own = findings[reference];
  if (own.state == TrainingState::kBelowSolved && best != reference) {
    const double whole = shown_value(results, best, metric) - own.second;
    const double training = own.value - own.second;
    return fmt::format(
        "Not yet comparable: {} was hardly trained; solved to its optimum the same head gives {}, "
        "so {}{} points are training, not unfreezing. ",
        results.strategies[reference].name, score(results, own.value),
        training >= whole ? fmt::format("all of {}'s ", results.strategies[best].name)
                          : fmt::format("{} of {}'s ", metric_change(metric, training),
                                        results.strategies[best].name),
        metric_change(metric, whole));
  }
  if (own.state == TrainingState::kBelowLinear && best != reference) {
    const double whole = shown_value(results, best, metric) - own.second;
    const double linear = own.value - own.second;
    return fmt::format(
        "Not yet comparable: on the same vectors as {} a linear classifier, solved to its optimum, "
        "gives {}, so {}{} points need no unfreezing. ",
        results.strategies[reference].name, score(results, own.value),
        linear >= whole ? fmt::format("all of {}'s ", results.strategies[best].name)
                        : fmt::format("{} of {}'s ", metric_change(metric, linear),
                                      results.strategies[best].name),
        metric_change(metric, whole));
  }
  std::vector<std::string> poor;
  for (size_t i = 0; i < findings.size(); ++i) {
    const bool counts = findings[i].state == TrainingState::kOneClass ||
                        findings[i].state == TrainingState::kBelowSolved ||
                        findings[i].state == TrainingState::kHardlyTrained;
    if (counts) poor.push_back(results.strategies[i].name);
  }
  if (poor.empty()) return "";
  return fmt::format("Not yet comparable: {}{} hardly trained. ", listed(poor),
                     poor.size() == 1 ? " was" : " were");
}

}  // namespace thaw
