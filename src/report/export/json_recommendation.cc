#include "report/export/json_recommendation.h"

#include "report/findings/facts.h"
#include "report/findings/training_state.h"

namespace thaw {
namespace {

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNothingUsable:
      return "nothing_usable";
    case Verdict::kOverBudget:
      return "over_budget";
    case Verdict::kTooFewRows:
      return "too_few_rows";
    case Verdict::kAlone:
      return "alone";
    case Verdict::kOnlyOne:
      return "only_one";
    case Verdict::kNoPredictions:
      return "no_predictions";
    case Verdict::kBest:
      return "best";
    case Verdict::kCheaper:
      return "cheaper";
  }
  return "";
}

const char* state_name(TrainingState state) {
  switch (state) {
    case TrainingState::kFine:
      return "fine";
    case TrainingState::kOneClass:
      return "one_class";
    case TrainingState::kBelowSolved:
      return "below_solved";
    case TrainingState::kBelowLinear:
      return "below_linear";
    case TrainingState::kHardlyTrained:
      return "hardly_trained";
    case TrainingState::kUnderconfident:
      return "underconfident";
    case TrainingState::kStillImproving:
      return "still_improving";
    case TrainingState::kOvertrained:
      return "overtrained";
  }
  return "";
}

OrderedJson difference_json(const StrategyDifference& own) {
  return {{"value", own.value},
          {"low", own.low},
          {"high", own.high},
          {"p_holm", own.p},
          {"clear", own.clear()}};
}

}  // namespace

OrderedJson recommendation_json(const ComparisonResults& results, const Recommendation& found) {
  const auto name = [&](const std::optional<size_t>& index) -> OrderedJson {
    if (!index) return nullptr;
    return results.strategies[*index].name;
  };
  OrderedJson over_reference = nullptr, to_best = nullptr, states = OrderedJson::array();
  if (found.chosen && found.reference && found.chosen != found.reference) {
    over_reference = difference_json(difference(results, *found.chosen, *found.reference));
  }
  if (found.chosen && found.best && found.chosen != found.best) {
    to_best = difference_json(difference(results, *found.best, *found.chosen));
  }
  const auto findings = training_findings(results, comparison_facts(results));
  for (size_t i = 0; i < findings.size(); ++i) {
    states.push_back({{"approach", results.strategies[i].name},
                      {"state", state_name(findings[i].state)},
                      {"sentence", training_sentence(results, i, findings[i])}});
  }
  return {{"metric", metric_name(found.metric)},
          {"verdict", verdict_name(found.verdict)},
          {"take", name(found.chosen)},
          {"best", name(found.best)},
          {"over", name(found.reference)},
          {"take_over_reference", std::move(over_reference)},
          {"best_over_take", std::move(to_best)},
          {"cost_factor", found.chosen ? OrderedJson(found.strategies[*found.chosen].cost_factor)
                                       : OrderedJson(nullptr)},
          {"training", std::move(states)}};
}

}  // namespace thaw
