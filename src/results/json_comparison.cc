// Tests: tests/report/export/json_test.cc
// The parts of results.json about the data and about how sure the comparison is.
#include <charconv>

#include "base/error.h"
#include "results/json_parts.h"

namespace thaw {
namespace {

OrderedJson estimates_json(const std::vector<std::vector<MetricEstimate>>& strategies) {
  OrderedJson list = OrderedJson::array();
  for (const auto& estimates : strategies) {
    OrderedJson own = OrderedJson::array();
    for (const MetricEstimate& estimate : estimates) {
      own.push_back({{"metric", metric_name(estimate.metric)},
                     {"value", estimate.value},
                     {"sd", estimate.sd},
                     {"low", estimate.low},
                     {"high", estimate.high}});
    }
    list.push_back(std::move(own));
  }
  return list;
}

OrderedJson pair_json(const PairEvidence& pair) {
  OrderedJson metrics = OrderedJson::array();
  for (const MetricDifference& difference : pair.metrics) {
    metrics.push_back({{"metric", metric_name(difference.metric)},
                       {"value", difference.value},
                       {"low", difference.low},
                       {"high", difference.high},
                       {"p", difference.p},
                       {"p_holm", difference.p_holm}});
  }
  return {{"first", pair.first},
          {"second", pair.second},
          {"both_right", pair.counts.both_right},
          {"only_first_right", pair.counts.first_only},
          {"only_second_right", pair.counts.second_only},
          {"neither_right", pair.counts.neither},
          {"mcnemar_p", pair.mcnemar_p},
          {"mcnemar_p_holm", pair.mcnemar_p_holm},
          {"metrics", std::move(metrics)}};
}

PairEvidence read_pair(const ResultFields& fields, size_t strategies) {
  PairEvidence pair;
  pair.first = static_cast<size_t>(fields.count("first"));
  pair.second = static_cast<size_t>(fields.count("second"));
  if (pair.first >= pair.second || pair.second >= strategies) {
    fields.fail("is not of two of the strategies");
  }
  pair.counts = {.both_right = fields.count("both_right"),
                 .first_only = fields.count("only_first_right"),
                 .second_only = fields.count("only_second_right"),
                 .neither = fields.count("neither_right")};
  pair.mcnemar_p = fields.number("mcnemar_p");
  pair.mcnemar_p_holm = fields.number("mcnemar_p_holm");
  for (const auto& json : fields.list("metrics")) {
    const ResultFields own = fields.inside(json, "metrics");
    pair.metrics.push_back({.metric = read_metric(own),
                            .value = own.number("value"),
                            .low = own.number("low"),
                            .high = own.number("high"),
                            .p = own.number("p"),
                            .p_holm = own.number("p_holm")});
  }
  return pair;
}

OrderedJson shared_json(const std::vector<SharedRow>& shared) {
  OrderedJson list = OrderedJson::array();
  for (const SharedRow& row : shared) {
    list.push_back({{"first_split", row.first_split},
                    {"first_row", row.first_row},
                    {"second_split", row.second_split},
                    {"second_row", row.second_row},
                    {"similarity", row.similarity},
                    {"other_label", row.other_label},
                    {"first_text", row.first_text},
                    {"second_text", row.second_text}});
  }
  return list;
}

OrderedJson conflicts_json(const std::vector<ConflictingRow>& conflicts) {
  OrderedJson list = OrderedJson::array();
  for (const ConflictingRow& row : conflicts) {
    list.push_back({{"split", row.split},
                    {"first_row", row.first_row},
                    {"first_label", row.first_label},
                    {"second_row", row.second_row},
                    {"second_label", row.second_label},
                    {"text", row.text}});
  }
  return list;
}

OrderedJson samples_json(const std::vector<SampleRow>& samples) {
  OrderedJson list = OrderedJson::array();
  for (const SampleRow& row : samples) {
    list.push_back(
        {{"label", row.label}, {"row", row.row}, {"tokens", row.tokens}, {"text", row.text}});
  }
  return list;
}

OrderedJson row_ids_json(const DataFindings& findings) {
  OrderedJson splits = OrderedJson::object();
  for (const auto& [split, ids] : findings.row_ids) {
    OrderedJson own = OrderedJson::object();
    for (const auto& [row, id] : ids) own[std::to_string(row)] = id;
    splits[split] = std::move(own);
  }
  return splits;
}

// What files of earlier versions do not have.
void read_samples_and_ids(const ResultFields& fields, size_t labels, DataFindings& found) {
  if (fields.has("samples")) {
    for (const auto& json : fields.list("samples")) {
      const ResultFields own = fields.inside(json, "samples");
      found.samples.push_back({.label = own.label("label", labels),
                               .row = own.count("row"),
                               .tokens = own.small_count("tokens"),
                               .text = own.text("text")});
    }
  }
  if (!fields.has("row_ids")) return;
  for (const auto& [split, json] : fields.at("row_ids").items()) {
    if (!json.is_object()) fields.fail("field 'row_ids' holds what is no object");
    for (const auto& [key, id] : json.items()) {
      int64_t row = -1;
      const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), row);
      if (error != std::errc() || end != key.data() + key.size() || row < 0 || !id.is_string()) {
        fields.fail("field 'row_ids' holds what is no row with a text");
      }
      found.row_ids[split][row] = id.get<std::string>();
    }
  }
}

OrderedJson label_issues_json(const std::vector<LabelIssue>& label_issues) {
  OrderedJson list = OrderedJson::array();
  for (const LabelIssue& row : label_issues) {
    list.push_back({{"row", row.row},
                    {"label", row.label},
                    {"label_probability", row.label_probability},
                    {"suggested", row.suggested},
                    {"suggested_probability", row.suggested_probability},
                    {"text", row.text}});
  }
  return list;
}

OrderedJson lengths_json(const std::map<std::string, std::vector<LengthCount>>& lengths) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [split, counts] : lengths) {
    OrderedJson list = OrderedJson::array();
    for (const LengthCount& count : counts) {
      list.push_back({{"tokens", count.tokens}, {"rows", count.rows}});
    }
    object[split] = std::move(list);
  }
  return object;
}

void read_lengths(const ResultFields& findings, DataFindings& found) {
  const ResultFields splits = findings.object("lengths");
  for (const auto& [split, counts] : findings.at("lengths").items()) {
    for (const auto& json : splits.list(split.c_str())) {
      const ResultFields own = splits.inside(json, split);
      found.lengths[split].push_back(
          {.tokens = own.small_count("tokens"), .rows = own.count("rows")});
    }
  }
  const ResultFields truncated = findings.object("truncated");
  for (const auto& [split, rows] : findings.at("truncated").items()) {
    found.truncated[split] = truncated.count_of(rows, split.c_str());
  }
}

OrderedJson truncation_json(const TruncationFindings& truncation) {
  OrderedJson splits = OrderedJson::object();
  for (const auto& [split, found] : truncation.splits) {
    splits[split] = {{"texts", found.texts},
                     {"cut_texts", found.cut_texts},
                     {"tokens", found.tokens},
                     {"lost_tokens", found.lost},
                     {"longest", found.longest}};
  }
  return {{"max_length", truncation.max_length},
          {"model_takes", truncation.most},
          {"splits", std::move(splits)}};
}

// Runs of earlier versions have none.
TruncationFindings read_truncation(const ResultFields& findings) {
  TruncationFindings found;
  if (!findings.has("truncation")) return found;
  const ResultFields fields = findings.object("truncation");
  found.max_length = fields.small_count("max_length");
  found.most = fields.small_count("model_takes");
  const ResultFields splits = fields.object("splits");
  for (const auto& [split, json] : fields.at("splits").items()) {
    const ResultFields own = splits.inside(json, split);
    found.splits[split] = {.texts = own.count("texts"),
                           .cut_texts = own.count("cut_texts"),
                           .tokens = own.count("tokens"),
                           .lost = own.count("lost_tokens"),
                           .longest = own.count("longest")};
  }
  return found;
}

}  // namespace

OrderedJson curve_json(const std::vector<CurvePoint>& curve,
                       const std::vector<std::string>& names) {
  OrderedJson list = OrderedJson::array();
  for (const CurvePoint& point : curve) {
    list.push_back({{"approach", point.name},
                    {"seed", point.seed},
                    {"train_rows", point.train_rows},
                    {"train_seconds", point.train_seconds},
                    {"test", metrics_json(point.test, names)}});
  }
  return list;
}

std::vector<CurvePoint> read_curve(const ResultFields& file, size_t labels) {
  std::vector<CurvePoint> curve;
  for (const auto& json : file.list("curve")) {
    const ResultFields own = file.inside(json, "curve");
    curve.push_back({.name = own.text("approach"),
                     .seed = own.seed("seed"),
                     .train_rows = own.count("train_rows"),
                     .test = read_metrics(own, "test", labels),
                     .train_seconds = own.number("train_seconds")});
    if (curve.back().test.rows == 0) own.fail("has no metrics");
  }
  return curve;
}

OrderedJson data_findings_json(const DataFindings& findings) {
  return {{"looked", findings.looked},
          {"shared_equal", findings.shared_equal},
          {"shared_near", findings.shared_near},
          {"shared", shared_json(findings.shared)},
          {"conflicting", findings.conflicting},
          {"conflicts", conflicts_json(findings.conflicts)},
          {"tiny_classes", findings.tiny_classes},
          {"looked_for_suspects", findings.looked_for_label_issues},
          {"suspected", findings.suspected},
          {"suspects", label_issues_json(findings.label_issues)},
          {"lengths", lengths_json(findings.lengths)},
          {"truncated", findings.truncated},
          {"truncation", truncation_json(findings.truncation)},
          {"samples", samples_json(findings.samples)},
          {"row_ids", row_ids_json(findings)}};
}

DataFindings read_data_findings(const ResultFields& fields, size_t labels) {
  DataFindings found;
  found.looked = fields.truth("looked");
  found.shared_equal = fields.count("shared_equal");
  found.shared_near = fields.count("shared_near");
  for (const auto& json : fields.list("shared")) {
    const ResultFields own = fields.inside(json, "shared");
    found.shared.push_back({.first_split = own.text("first_split"),
                            .second_split = own.text("second_split"),
                            .first_row = own.count("first_row"),
                            .second_row = own.count("second_row"),
                            .similarity = own.number("similarity"),
                            .other_label = own.truth("other_label"),
                            .first_text = own.text("first_text"),
                            .second_text = own.text("second_text")});
  }
  found.conflicting = fields.count("conflicting");
  for (const auto& json : fields.list("conflicts")) {
    const ResultFields own = fields.inside(json, "conflicts");
    found.conflicts.push_back({.split = own.text("split"),
                               .first_row = own.count("first_row"),
                               .second_row = own.count("second_row"),
                               .first_label = own.label("first_label", labels),
                               .second_label = own.label("second_label", labels),
                               .text = own.text("text")});
  }
  for (const auto& json : fields.list("tiny_classes")) {
    const int64_t label = fields.count_of(json, "tiny_classes");
    if (static_cast<size_t>(label) >= labels) fields.fail("has a tiny class that is not a label");
    found.tiny_classes.push_back(static_cast<int32_t>(label));
  }
  found.looked_for_label_issues = fields.truth("looked_for_suspects");
  found.suspected = fields.count("suspected");
  for (const auto& json : fields.list("suspects")) {
    const ResultFields own = fields.inside(json, "suspects");
    found.label_issues.push_back({.row = own.count("row"),
                                  .label = own.label("label", labels),
                                  .suggested = own.label("suggested", labels),
                                  .label_probability = own.number("label_probability"),
                                  .suggested_probability = own.number("suggested_probability"),
                                  .text = own.text("text")});
  }
  read_lengths(fields, found);
  found.truncation = read_truncation(fields);
  read_samples_and_ids(fields, labels, found);
  return found;
}

Metric read_metric(const ResultFields& fields) {
  try {
    return parse_metric(fields.text("metric"), "");
  } catch (const Error& error) {
    fields.fail("names a metric that is not known: " + error.fact());
  }
}

OrderedJson decision_json(const DecisionSettings& decision) {
  return {{"metric", metric_name(decision.metric)}, {"budget_seconds", decision.budget_seconds}};
}

DecisionSettings read_decision(const ResultFields& fields) {
  return {.metric = read_metric(fields), .budget_seconds = fields.number("budget_seconds")};
}

OrderedJson evidence_json(const SignificanceTests& evidence) {
  OrderedJson pairs = OrderedJson::array();
  for (const PairEvidence& pair : evidence.pairs) pairs.push_back(pair_json(pair));
  return {{"resamples", evidence.resamples},
          {"over_seeds", evidence.over_seeds},
          {"strategies", estimates_json(evidence.strategies)},
          {"pairs", std::move(pairs)}};
}

SignificanceTests read_evidence(const ResultFields& fields, size_t strategies) {
  SignificanceTests evidence;
  evidence.resamples = fields.small_count("resamples");
  evidence.over_seeds = fields.has("over_seeds") && fields.truth("over_seeds");
  for (const auto& list : fields.list("strategies")) {
    if (!list.is_array()) fields.fail("has estimates that are not a list");
    std::vector<MetricEstimate> estimates;
    for (const auto& json : list) {
      const ResultFields own = fields.inside(json, "strategies");
      estimates.push_back({.metric = read_metric(own),
                           .value = own.number("value"),
                           .sd = own.number("sd"),
                           .low = own.number("low"),
                           .high = own.number("high")});
    }
    evidence.strategies.push_back(std::move(estimates));
  }
  if (!evidence.strategies.empty() && evidence.strategies.size() != strategies) {
    fields.fail("is not of as many strategies as there are");
  }
  for (const auto& json : fields.list("pairs")) {
    evidence.pairs.push_back(read_pair(fields.inside(json, "pairs"), strategies));
  }
  return evidence;
}

}  // namespace thaw
