// Nothing in the file is believed before it is checked.
#include "results/read_json.h"

#include <nlohmann/json.hpp>

#include "files/json_file.h"
#include "results/json_parts.h"

namespace thaw {
namespace {

using Json = nlohmann::json;

// What files of thaw 0.1 do not have.
void read_newer_fields(const ResultFields& fields, size_t labels, StrategyResult& strategy) {
  if (fields.has("failure")) strategy.failure = fields.text("failure");
  if (fields.has("seed")) strategy.seed = fields.seed("seed");
  if (fields.has("reruns")) strategy.reruns = read_reruns(fields, labels);
  strategy.calibration = read_calibration(fields);
  if (fields.has("frozen_hash_before")) {
    strategy.frozen_hash_before = fields.text("frozen_hash_before");
  }
  if (fields.has("frozen_hash_after")) {
    strategy.frozen_hash_after = fields.text("frozen_hash_after");
  }
  if (fields.has("trials")) strategy.trials = read_trials(fields);
}

void read_newer_fields(const ResultFields& fields, size_t labels, ComparisonResults& results) {
  if (fields.has("id_column")) results.id_column = fields.text("id_column");
  if (fields.has("started")) results.started = fields.number("started");
  if (fields.has("curve")) results.curve = read_curve(fields, labels);
  if (fields.has("references")) results.references = read_references(fields, labels);
  if (fields.has("data_findings")) {
    results.findings = read_data_findings(fields.object("data_findings"), labels);
  }
  if (fields.has("slices")) {
    results.slices = read_slices(fields, results.strategies.size());
  }
  if (fields.has("decision")) results.decision = read_decision(fields.object("decision"));
  if (fields.has("evidence")) {
    results.evidence = read_evidence(fields.object("evidence"), results.strategies.size());
  }
}

StrategyResult read_strategy(const ResultFields& fields, size_t labels) {
  StrategyResult strategy;
  strategy.name = fields.text("approach");
  strategy.strategy = fields.text("strategy");
  strategy.init_from = fields.text("init_from");
  strategy.settings = fields.text_map("settings");
  strategy.trainable_parameters = fields.count("trainable_parameters");
  strategy.total_parameters = fields.count("total_parameters");
  strategy.steps = fields.count("steps");
  strategy.best_epoch = fields.small_count("best_epoch");
  strategy.prefix_seconds = fields.number("prefix_seconds");
  strategy.train_seconds = fields.number("train_seconds");
  strategy.eval_seconds = fields.number("eval_seconds");
  strategy.peak_memory_mb = fields.number("peak_memory_mb");
  strategy.load_report = fields.text("load_report");
  strategy.test = read_metrics(fields, "test", labels);
  read_newer_fields(fields, labels, strategy);
  if (strategy.failure.empty() && strategy.test.rows == 0) fields.fail("has no metrics");
  for (const Json& json : fields.list("epochs")) {
    const ResultFields own = fields.inside(json, "epochs");
    strategy.epochs.push_back({.epoch = own.small_count("epoch"),
                               .train_loss = own.number("train_loss"),
                               .validation_loss = own.number("validation_loss"),
                               .validation_accuracy = own.number("validation_accuracy"),
                               .validation_f1 = own.number("validation_f1"),
                               .validation_macro_f1 = own.number("validation_macro_f1"),
                               .seconds = own.number("seconds")});
    if (own.has("validation_calibrated_loss")) {
      strategy.epochs.back().calibrated_loss = own.number("validation_calibrated_loss");
    }
  }
  for (const Json& json : fields.list("losses")) {
    const ResultFields own = fields.inside(json, "losses");
    strategy.losses.push_back({.epoch = own.number("epoch"),
                               .step = own.count("step"),
                               .loss = own.number("loss"),
                               .learning_rate = own.number("learning_rate")});
  }
  return strategy;
}

}  // namespace

ComparisonResults parse_results(std::string_view text, const std::string& place) {
  const Json json = parse_unique_json(text, place);
  const ResultFields fields(json, place, "");
  if (fields.count("format") != 1) fields.fail("has a format that this version cannot read");
  ComparisonResults results;
  results.title = fields.text("title");
  results.model = fields.text("model");
  results.data = fields.text("data");
  results.evaluated_on = fields.text("evaluated_on");
  results.precision = fields.text("precision");
  results.total_seconds = fields.number("total_seconds");
  results.settings = fields.text_map("settings");
  results.versions = fields.text_map("versions");
  results.machine = fields.text_map("machine");
  for (const Json& name : fields.list("label_names")) {
    if (!name.is_string()) fields.fail("has a label name that is not a text");
    results.label_names.push_back(name.get<std::string>());
  }
  const size_t labels = results.label_names.size();
  if (labels == 0) fields.fail("names no labels");
  for (const Json& split_json : fields.list("splits")) {
    const ResultFields own = fields.inside(split_json, "splits");
    SplitSummary split{.name = own.text("name"), .rows = own.count("rows"), .label_counts = {}};
    for (const Json& count : own.list("label_counts")) {
      split.label_counts.push_back(own.count_of(count, "label_counts"));
    }
    if (split.label_counts.size() != labels) own.fail("has counts that do not fit the labels");
    results.splits.push_back(std::move(split));
  }
  for (const Json& strategy : fields.list("strategies")) {
    results.strategies.push_back(read_strategy(fields.inside(strategy, "strategies"), labels));
  }
  if (results.strategies.empty()) fields.fail("holds no strategy");
  read_newer_fields(fields, labels, results);
  return results;
}

}  // namespace thaw
