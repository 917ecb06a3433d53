// Tests: tests/report/export/json_test.cc
// The part of results.json about what strategies have to beat.
#include "results/json_parts.h"

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

}  // namespace thaw
