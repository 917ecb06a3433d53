#include "report/export/results_json.h"

#include "report/export/json_recommendation.h"
#include "report/findings/caveats.h"
#include "report/findings/facts.h"
#include "results/json_parts.h"
#include "results/shown.h"

namespace thaw {
namespace {

using Json = OrderedJson;

Json against_first(const StrategyFacts& facts) {
  Json object = {{"accuracy_change", facts.change.accuracy},
                 {"f1_change", facts.change.f1},
                 {"loss_change", facts.change.loss}};
  if (facts.change.paired) {
    object["both_right"] = facts.change.paired->both_right;
    object["only_first_right"] = facts.change.paired->first_only;
    object["only_this_right"] = facts.change.paired->second_only;
    object["neither_right"] = facts.change.paired->neither;
    object["accuracy_change_standard_error"] = facts.change.standard_error;
    object["mcnemar_exact_p"] = facts.change.p_value;
  }
  return object;
}

int64_t steps_of(const StrategyResult& strategy) {
  return strategy.steps == 0 && !strategy.losses.empty() ? strategy.losses.back().step
                                                         : strategy.steps;
}

Json caveats_json(const std::vector<Caveat>& caveats) {
  Json list = Json::array();
  for (const Caveat& caveat : caveats) {
    list.push_back({{"kind", caveat_name(caveat.kind)},
                    {"about", caveat.about},
                    {"rows", caveat.rows},
                    {"sentence", caveat.sentence}});
  }
  return list;
}

// With several seeds: the mean of each metric over those that finished.
Json means_json(const ComparisonResults& results, size_t strategy) {
  if (shown_seeds(results, strategy) < 2) return nullptr;
  Json metrics = Json::array();
  for (const Metric metric : all_metrics()) {
    const Spread spread = shown_spread(results, strategy, metric);
    metrics.push_back({{"metric", metric_name(metric)}, {"mean", spread.mean}, {"sd", spread.sd}});
  }
  return {{"seeds", shown_seeds(results, strategy)},
          {"train_seconds", shown_train_seconds(results, strategy)},
          {"metrics", std::move(metrics)}};
}

Json strategy_json(const StrategyResult& strategy, Json against, Json means,
                   const std::vector<std::string>& names) {
  Json epochs = Json::array(), losses = Json::array();
  for (const EpochResult& epoch : strategy.epochs) {
    epochs.push_back({{"epoch", epoch.epoch},
                      {"train_loss", epoch.train_loss},
                      {"validation_loss", epoch.validation_loss},
                      {"validation_accuracy", epoch.validation_accuracy},
                      {"validation_f1", epoch.validation_f1},
                      {"validation_macro_f1", epoch.validation_macro_f1},
                      {"validation_calibrated_loss", epoch.calibrated_loss},
                      {"seconds", epoch.seconds}});
  }
  for (const LossPoint& point : strategy.losses) {
    losses.push_back({{"epoch", point.epoch},
                      {"step", point.step},
                      {"loss", point.loss},
                      {"learning_rate", point.learning_rate}});
  }
  return {{"approach", strategy.name},
          {"strategy", strategy.strategy},
          {"init_from", strategy.init_from},
          {"settings", text_map_json(strategy.settings)},
          {"trainable_parameters", strategy.trainable_parameters},
          {"total_parameters", strategy.total_parameters},
          {"seed", strategy.seed},
          {"failure", strategy.failure},
          {"steps", steps_of(strategy)},
          {"best_epoch", strategy.best_epoch},
          {"prefix_seconds", strategy.prefix_seconds},
          {"train_seconds", strategy.train_seconds},
          {"eval_seconds", strategy.eval_seconds},
          {"peak_memory_mb", strategy.peak_memory_mb},
          {"test", metrics_json(strategy.test, names)},
          {"means", std::move(means)},
          {"against_first", std::move(against)},
          {"reruns", reruns_json(strategy.reruns, names)},
          {"calibration", calibration_json(strategy.calibration)},
          {"frozen_hash_before", strategy.frozen_hash_before},
          {"frozen_hash_after", strategy.frozen_hash_after},
          {"trials", trials_json(strategy.trials)},
          {"epochs", std::move(epochs)},
          {"losses", std::move(losses)},
          {"load_report", strategy.load_report}};
}

}  // namespace

std::string results_json(const ComparisonResults& results) {
  return results_json(results, findings(results));
}

std::string results_json(const ComparisonResults& results, const Findings& words) {
  const ComparisonFacts facts = comparison_facts(results);
  const size_t reference = reference_strategy(results);
  Json splits = Json::array(), strategies = Json::array();
  for (const SplitSummary& split : results.splits) {
    splits.push_back(
        {{"name", split.name}, {"rows", split.rows}, {"label_counts", split.label_counts}});
  }
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const bool compared = i != reference && measured(results.strategies[i]);
    strategies.push_back(strategy_json(
        results.strategies[i], compared ? against_first(facts.strategies[i]) : Json(nullptr),
        means_json(results, i), results.label_names));
  }
  const Json json = {{"format", 1},
                     {"title", results.title},
                     {"model", results.model},
                     {"data", results.data},
                     {"label_names", results.label_names},
                     {"evaluated_on", results.evaluated_on},
                     {"id_column", results.id_column},
                     {"precision", results.precision},
                     {"started", results.started},
                     {"total_seconds", results.total_seconds},
                     {"findings",
                      {{"headline", words.headline},
                       {"basis", words.basis},
                       {"observation", words.observation},
                       {"reason", words.reason},
                       {"conclusion", words.conclusion},
                       {"caveats", caveats_json(caveats(results))}}},
                     {"recommendation", recommendation_json(results, words.recommendation)},
                     {"references", references_json(results.references, results.label_names)},
                     {"decision", decision_json(results.decision)},
                     {"evidence", evidence_json(results.evidence)},
                     {"slices", slices_json(results)},
                     {"splits", std::move(splits)},
                     {"data_findings", data_findings_json(results.findings)},
                     {"settings", text_map_json(results.settings)},
                     {"versions", text_map_json(results.versions)},
                     {"machine", text_map_json(results.machine)},
                     {"strategies", std::move(strategies)},
                     {"curve", curve_json(results.curve, results.label_names)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace thaw
