#include "report/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/facts.h"
#include "report/words.h"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

Json text_map(const std::map<std::string, std::string>& entries) {
  Json object = Json::object();
  for (const auto& [key, value] : entries) object[key] = value;
  return object;
}

Json metrics_json(const ClassificationMetrics& metrics, const std::vector<std::string>& names) {
  Json classes = Json::array(), confusion = Json::array();
  for (size_t label = 0; label < names.size(); ++label) {
    const ClassMetrics& own = metrics.per_class[label];
    classes.push_back({{"label", names[label]},
                       {"precision", own.precision},
                       {"recall", own.recall},
                       {"f1", own.f1},
                       {"support", own.support}});
    Json row = Json::array();
    for (size_t column = 0; column < names.size(); ++column) {
      row.push_back(metrics.confusion[label * names.size() + column]);
    }
    confusion.push_back(std::move(row));
  }
  return {{"rows", metrics.rows},
          {"loss", metrics.loss},
          {"accuracy", metrics.accuracy},
          {"macro_precision", metrics.macro_precision},
          {"macro_recall", metrics.macro_recall},
          {"macro_f1", metrics.macro_f1},
          {"weighted_precision", metrics.weighted_precision},
          {"weighted_recall", metrics.weighted_recall},
          {"weighted_f1", metrics.weighted_f1},
          {"binary_f1", metrics.binary_f1 ? Json(*metrics.binary_f1) : Json(nullptr)},
          {"per_class", std::move(classes)},
          {"confusion", std::move(confusion)}};
}

Json against_first(const StrategyFacts& facts) {
  Json object = {{"accuracy_change", facts.accuracy_change},
                 {"f1_change", facts.f1_change},
                 {"loss_change", facts.loss_change}};
  if (facts.paired) {
    object["both_right"] = facts.paired->both_right;
    object["only_first_right"] = facts.paired->first_only;
    object["only_this_right"] = facts.paired->second_only;
    object["neither_right"] = facts.paired->neither;
    object["accuracy_change_standard_error"] = facts.standard_error;
    object["mcnemar_exact_p"] = facts.p_value;
  }
  return object;
}

Json strategy_json(const StrategyResult& strategy, const StrategyFacts& facts, bool first,
                   const std::vector<std::string>& names) {
  Json epochs = Json::array(), losses = Json::array();
  for (const EpochResult& epoch : strategy.epochs) {
    epochs.push_back({{"epoch", epoch.epoch},
                      {"train_loss", epoch.train_loss},
                      {"validation_loss", epoch.validation_loss},
                      {"validation_accuracy", epoch.validation_accuracy},
                      {"validation_f1", epoch.validation_f1},
                      {"validation_macro_f1", epoch.validation_macro_f1},
                      {"seconds", epoch.seconds}});
  }
  for (const LossPoint& point : strategy.losses) {
    losses.push_back({{"epoch", point.epoch},
                      {"step", point.step},
                      {"loss", point.loss},
                      {"learning_rate", point.learning_rate}});
  }
  return {{"approach", strategy.approach},
          {"strategy", strategy.strategy},
          {"init_from", strategy.init_from},
          {"settings", text_map(strategy.settings)},
          {"trainable_parameters", strategy.trainable_parameters},
          {"total_parameters", strategy.total_parameters},
          {"steps", facts.steps},
          {"best_epoch", strategy.best_epoch},
          {"prefix_seconds", strategy.prefix_seconds},
          {"train_seconds", strategy.train_seconds},
          {"eval_seconds", strategy.eval_seconds},
          {"peak_memory_mb", strategy.peak_memory_mb},
          {"test", metrics_json(strategy.test, names)},
          {"against_first", first ? Json(nullptr) : against_first(facts)},
          {"epochs", std::move(epochs)},
          {"losses", std::move(losses)},
          {"load_report", strategy.load_report}};
}

}  // namespace

std::string results_json(const ComparisonResults& results) {
  const ComparisonFacts facts = comparison_facts(results);
  const Findings words = findings(results);
  Json splits = Json::array(), strategies = Json::array();
  for (const SplitSummary& split : results.splits) {
    splits.push_back(
        {{"name", split.name}, {"rows", split.rows}, {"label_counts", split.label_counts}});
  }
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    strategies.push_back(
        strategy_json(results.strategies[i], facts.strategies[i], i == 0, results.label_names));
  }
  const Json json = {{"format", 1},
                     {"title", results.title},
                     {"model", results.model},
                     {"data", results.data},
                     {"label_names", results.label_names},
                     {"evaluated_on", results.evaluated_on},
                     {"precision", results.precision},
                     {"total_seconds", results.total_seconds},
                     {"findings",
                      {{"headline", words.headline},
                       {"observation", words.observation},
                       {"reason", words.reason},
                       {"conclusion", words.conclusion}}},
                     {"splits", std::move(splits)},
                     {"settings", text_map(results.settings)},
                     {"versions", text_map(results.versions)},
                     {"machine", text_map(results.machine)},
                     {"strategies", std::move(strategies)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace thaw
