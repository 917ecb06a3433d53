// Tests: tests/report/export/json_test.cc
// The parts of results.json that belong to one strategy.
#include <fmt/format.h>

#include "base/error.h"
#include "results/json_parts.h"

namespace thaw {
namespace {

OrderedJson summary_json(const CalibrationSummary& summary) {
  OrderedJson bins = OrderedJson::array();
  for (const ReliabilityBin& bin : summary.bins) {
    bins.push_back(
        {{"rows", bin.rows}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  }
  return {{"nll", summary.nll},
          {"brier", summary.brier},
          {"ece", summary.ece},
          {"bins", std::move(bins)}};
}

CalibrationSummary read_summary(const ResultFields& fields) {
  CalibrationSummary summary{.nll = fields.number("nll"),
                             .brier = fields.number("brier"),
                             .ece = fields.number("ece"),
                             .bins = {}};
  for (const auto& json : fields.list("bins")) {
    const ResultFields own = fields.inside(json, "bins");
    summary.bins.push_back({.rows = own.count("rows"),
                            .confidence = own.number("confidence"),
                            .accuracy = own.number("accuracy")});
  }
  if (summary.bins.size() != static_cast<size_t>(kReliabilityBins)) {
    fields.fail(fmt::format("has not {} bins", kReliabilityBins));
  }
  return summary;
}

}  // namespace

OrderedJson text_map_json(const std::map<std::string, std::string>& entries) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [key, value] : entries) object[key] = value;
  return object;
}

OrderedJson metrics_json(const ClassificationMetrics& metrics,
                         const std::vector<std::string>& names) {
  if (metrics.rows == 0) return nullptr;
  if (metrics.per_class.size() != names.size() ||
      metrics.confusion.size() != names.size() * names.size()) {
    throw Error(fmt::format("the metrics do not belong to {} labels", names.size()));
  }
  OrderedJson classes = OrderedJson::array(), confusion = OrderedJson::array();
  for (size_t label = 0; label < names.size(); ++label) {
    const ClassMetrics& own = metrics.per_class[label];
    classes.push_back({{"label", names[label]},
                       {"precision", own.precision},
                       {"recall", own.recall},
                       {"f1", own.f1},
                       {"support", own.support}});
    OrderedJson row = OrderedJson::array();
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
          {"binary_f1", metrics.binary_f1 ? OrderedJson(*metrics.binary_f1) : OrderedJson(nullptr)},
          {"per_class", std::move(classes)},
          {"confusion", std::move(confusion)}};
}

ClassificationMetrics read_metrics(const ResultFields& strategy, const char* name, size_t labels) {
  if (strategy.at(name).is_null()) return {};
  const ResultFields fields = strategy.object(name);
  const auto& rows = fields.list("confusion");
  if (rows.size() != labels) fields.fail("has a confusion matrix that does not fit the labels");
  std::vector<int64_t> confusion;
  int64_t sum = 0;
  for (const auto& row : rows) {
    if (!row.is_array() || row.size() != labels) {
      fields.fail("has a confusion matrix that does not fit the labels");
    }
    for (const auto& count : row) {
      confusion.push_back(fields.count_of(count, "confusion"));
      if (confusion.back() > (int64_t{1} << 53) - sum) fields.fail("counts too many rows");
      sum += confusion.back();
    }
  }
  if (sum == 0) fields.fail("has an empty confusion matrix");
  // All else follows from the matrix, to the bit.
  ClassificationMetrics metrics = metrics_from_confusion(confusion, static_cast<int64_t>(labels));
  metrics.loss = fields.number("loss");
  return metrics;
}

OrderedJson reruns_json(const std::vector<SeedRun>& runs, const std::vector<std::string>& names) {
  OrderedJson list = OrderedJson::array();
  for (const SeedRun& run : runs) {
    list.push_back({{"seed", run.seed},
                    {"failure", run.failure},
                    {"best_epoch", run.best_epoch},
                    {"train_seconds", run.train_seconds},
                    {"test", metrics_json(run.test, names)}});
  }
  return list;
}

std::vector<SeedRun> read_reruns(const ResultFields& strategy, size_t labels) {
  std::vector<SeedRun> runs;
  for (const auto& json : strategy.list("reruns")) {
    const ResultFields own = strategy.inside(json, "reruns");
    runs.push_back({.seed = own.seed("seed"),
                    .failure = own.text("failure"),
                    .test = read_metrics(own, "test", labels),
                    .test_logits = {},
                    .best_epoch = own.small_count("best_epoch"),
                    .train_seconds = own.number("train_seconds")});
    if (runs.back().failure.empty() && runs.back().test.rows == 0) own.fail("has no metrics");
  }
  return runs;
}

OrderedJson calibration_json(const std::optional<CalibrationResult>& calibration) {
  if (!calibration) return nullptr;
  return {{"temperature", calibration->temperature},
          {"before", summary_json(calibration->before)},
          {"after", summary_json(calibration->after)}};
}

std::optional<CalibrationResult> read_calibration(const ResultFields& strategy) {
  if (!strategy.has("calibration")) return std::nullopt;
  const ResultFields fields = strategy.object("calibration");
  return CalibrationResult{.temperature = fields.number("temperature"),
                           .before = read_summary(fields.object("before")),
                           .after = read_summary(fields.object("after"))};
}

OrderedJson trials_json(const std::vector<SearchTrial>& trials) {
  OrderedJson list = OrderedJson::array();
  for (const SearchTrial& trial : trials) {
    list.push_back({{"settings", text_map_json(trial.settings)},
                    {"train_rows", trial.train_rows},
                    {"validation_loss", trial.validation_loss},
                    {"validation_metric", trial.validation_metric},
                    {"seconds", trial.seconds},
                    {"kept", trial.kept}});
  }
  return list;
}

std::vector<SearchTrial> read_trials(const ResultFields& strategy) {
  std::vector<SearchTrial> trials;
  for (const auto& json : strategy.list("trials")) {
    const ResultFields own = strategy.inside(json, "trials");
    trials.push_back({.settings = own.text_map("settings"),
                      .train_rows = own.count("train_rows"),
                      .validation_loss = own.number("validation_loss"),
                      .validation_metric = own.has("validation_metric")
                                               ? own.number("validation_metric")
                                               : std::numeric_limits<double>::quiet_NaN(),
                      .seconds = own.number("seconds"),
                      .kept = own.truth("kept")});
  }
  return trials;
}

}  // namespace thaw
