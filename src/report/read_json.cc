// Reads results.json back. Nothing in the file is believed before it is checked.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "report/json.h"

namespace thaw {
namespace {

using Json = nlohmann::json;

// An object of the file, with the path that leads to it for messages.
class Fields {
 public:
  Fields(const Json& json, std::string place, std::string path)
      : json_(json), place_(std::move(place)), path_(std::move(path)) {
    if (!json_.is_object()) fail("is not an object");
  }

  const Json& at(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) fail("has no field '" + std::string(name) + "'");
    return *found;
  }
  const Json& list(const char* name) const {
    const Json& value = at(name);
    if (!value.is_array()) fail("field '" + std::string(name) + "' is not a list");
    return value;
  }
  std::string text(const char* name) const {
    const Json& value = at(name);
    if (!value.is_string()) fail("field '" + std::string(name) + "' is not a text");
    return value.get<std::string>();
  }
  // A number; null stands for one that was not finite.
  double number(const char* name) const {
    const Json& value = at(name);
    if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (!value.is_number()) fail("field '" + std::string(name) + "' is not a number");
    return value.get<double>();
  }
  int64_t count(const char* name) const { return count_of(at(name), name); }
  int64_t count_of(const Json& value, const char* name) const {
    const bool whole = value.is_number_unsigned()
                           ? value.get<uint64_t>() <= uint64_t{1} << 62
                           : value.is_number_integer() && value.get<int64_t>() >= 0;
    if (!whole) fail("field '" + std::string(name) + "' is not a count");
    return value.get<int64_t>();
  }
  int small_count(const char* name) const {
    const int64_t value = count(name);
    if (value > 1'000'000'000) fail("field '" + std::string(name) + "' is too large");
    return static_cast<int>(value);
  }
  std::map<std::string, std::string> text_map(const char* name) const {
    const Json& value = at(name);
    if (!value.is_object()) fail("field '" + std::string(name) + "' is not an object");
    std::map<std::string, std::string> entries;
    for (const auto& [key, entry] : value.items()) {
      if (!entry.is_string()) fail("field '" + std::string(name) + "' holds what is not a text");
      entries[key] = entry.get<std::string>();
    }
    return entries;
  }
  Fields inside(const Json& json, const std::string& name) const {
    return Fields(json, place_, path_.empty() ? name : path_ + "." + name);
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error((path_.empty() ? "the file" : path_) + " " + what, place_,
                "use results.json as thaw wrote it");
  }

 private:
  const Json& json_;
  std::string place_, path_;
};

ClassificationMetrics read_metrics(const Fields& fields, size_t labels) {
  const Json& rows = fields.list("confusion");
  if (rows.size() != labels) fields.fail("has a confusion matrix that does not fit the labels");
  std::vector<int64_t> confusion;
  int64_t sum = 0;
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() != labels) {
      fields.fail("has a confusion matrix that does not fit the labels");
    }
    for (const Json& count : row) {
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

StrategyResult read_strategy(const Fields& fields, size_t labels) {
  StrategyResult strategy;
  strategy.approach = fields.text("approach");
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
  strategy.test = read_metrics(fields.inside(fields.at("test"), "test"), labels);
  for (const Json& json : fields.list("epochs")) {
    const Fields own = fields.inside(json, "epochs");
    strategy.epochs.push_back({.epoch = own.small_count("epoch"),
                               .train_loss = own.number("train_loss"),
                               .validation_loss = own.number("validation_loss"),
                               .validation_accuracy = own.number("validation_accuracy"),
                               .validation_f1 = own.number("validation_f1"),
                               .validation_macro_f1 = own.number("validation_macro_f1"),
                               .seconds = own.number("seconds")});
  }
  for (const Json& json : fields.list("losses")) {
    const Fields own = fields.inside(json, "losses");
    strategy.losses.push_back({.epoch = own.number("epoch"),
                               .step = own.count("step"),
                               .loss = own.number("loss"),
                               .learning_rate = own.number("learning_rate")});
  }
  return strategy;
}

}  // namespace

ComparisonResults parse_results(std::string_view text, const std::string& place) {
  // Depth is counted before the parser builds anything, so that no nesting can exhaust the stack.
  constexpr int kDeepest = 16;
  const Json json = Json::parse(
      text, [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; },
      /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    throw Error("the file is not JSON", place, "use results.json as thaw wrote it");
  }
  const Fields fields(json, place, "");
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
    const Fields own = fields.inside(split_json, "splits");
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
  return results;
}

}  // namespace thaw
