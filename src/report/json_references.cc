// The parts of results.json about what strategies have to beat, and which of them to take.
#include "report/facts.h"
#include "report/json_parts.h"
#include "report/training_state.h"

namespace thaw {
namespace {

using Kind = ReferenceResult::Kind;

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kMajority:
      return "majority";
    case Kind::kTfidf:
      return "tfidf";
    case Kind::kLinear:
      return "exact_probe";
    case Kind::kPooled:
      return "pooled_probe";
  }
  return "";
}

Kind read_kind(const ResultFields& fields) {
  const std::string name = fields.text("kind");
  for (const Kind kind : {Kind::kMajority, Kind::kTfidf, Kind::kLinear, Kind::kPooled}) {
    if (name == kind_name(kind)) return kind;
  }
  fields.fail("is a kind of reference that is not known: " + name);
}

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

MetricDifference read_difference(const ResultFields& fields) {
  MetricDifference own;
  own.metric = read_metric(fields);
  own.value = fields.number("value");
  own.low = fields.number("low");
  own.high = fields.number("high");
  own.p = fields.number("p");
  return own;
}

}  // namespace

OrderedJson references_json(const std::vector<ReferenceResult>& references,
                            const std::vector<std::string>& label_names) {
  OrderedJson list = OrderedJson::array();
  for (const ReferenceResult& own : references) {
    OrderedJson difference = nullptr;
    if (own.difference) {
      difference = {
          {"against", own.against},         {"metric", metric_name(own.difference->metric)},
          {"value", own.difference->value}, {"low", own.difference->low},
          {"high", own.difference->high},   {"p", own.difference->p}};
    }
    OrderedJson differences = OrderedJson::array();
    for (const MetricDifference& each : own.differences) {
      differences.push_back({{"metric", metric_name(each.metric)},
                             {"value", each.value},
                             {"low", each.low},
                             {"high", each.high},
                             {"p", each.p}});
    }
    list.push_back({{"kind", kind_name(own.kind)},
                    {"note", own.note},
                    {"train_seconds", own.train_seconds},
                    {"test", metrics_json(own.test, label_names)},
                    {"difference", std::move(difference)},
                    {"against", own.against},
                    {"differences", std::move(differences)}});
  }
  return list;
}

std::vector<ReferenceResult> read_references(const ResultFields& file, size_t labels) {
  std::vector<ReferenceResult> references;
  for (const auto& json : file.list("references")) {
    const ResultFields fields = file.inside(json, "references");
    ReferenceResult own;
    own.kind = read_kind(fields);
    own.note = fields.text("note");
    own.train_seconds = fields.number("train_seconds");
    own.test = read_metrics(fields, "test", labels);
    if (!fields.at("difference").is_null()) {
      const ResultFields difference = fields.object("difference");
      own.against = difference.text("against");
      own.difference = read_difference(difference);
    }
    // Neither was written by the first version.
    if (fields.has("against")) own.against = fields.text("against");
    if (fields.has("differences")) {
      for (const auto& each : fields.list("differences")) {
        own.differences.push_back(read_difference(fields.inside(each, "differences")));
      }
    }
    references.push_back(std::move(own));
  }
  return references;
}

OrderedJson recommendation_json(const ComparisonResults& results, const Recommendation& found) {
  const auto name = [&](const std::optional<size_t>& index) -> OrderedJson {
    if (!index) return nullptr;
    return results.strategies[*index].approach;
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
    states.push_back({{"approach", results.strategies[i].approach},
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
