// Tests: tests/report/export/json_test.cc
// The part of results.json about slices of the evaluated rows.
#include "results/json_parts.h"

namespace thaw {
namespace {

OrderedJson metric_json(const SliceMetric& own) {
  return {{"metric", metric_name(own.metric)},
          {"value", own.value},
          {"low", own.low},
          {"high", own.high},
          {"difference", own.difference},
          {"difference_low", own.difference_low},
          {"difference_high", own.difference_high},
          {"p", own.p},
          {"p_holm", own.p_holm}};
}

SliceMetric read_slice_metric(const ResultFields& fields) {
  return {.metric = read_metric(fields),
          .value = fields.number("value"),
          .low = fields.number("low"),
          .high = fields.number("high"),
          .difference = fields.number("difference"),
          .difference_low = fields.number("difference_low"),
          .difference_high = fields.number("difference_high"),
          .p = fields.number("p"),
          .p_holm = fields.number("p_holm")};
}

SliceKind read_slice_kind(const ResultFields& fields) {
  const std::string name = fields.text("kind");
  for (const SliceKind kind :
       {SliceKind::kValue, SliceKind::kBin, SliceKind::kOther, SliceKind::kEmpty}) {
    if (name == slice_kind_name(kind)) return kind;
  }
  fields.fail("is a kind of slice that is not known: " + name);
}

Slice read_slice(const ResultFields& fields, size_t strategies) {
  Slice slice;
  slice.name = fields.text("name");
  slice.kind = read_slice_kind(fields);
  slice.rows = fields.count("rows");
  for (const auto& json : fields.list("approaches")) {
    const ResultFields own = fields.inside(json, "approaches");
    auto& metrics = slice.strategies.emplace_back();
    for (const auto& metric : own.list("metrics")) {
      metrics.push_back(read_slice_metric(own.inside(metric, "metrics")));
    }
  }
  if (slice.strategies.size() != strategies)
    fields.fail("is not of as many approaches as there are");
  return slice;
}

}  // namespace

OrderedJson slices_json(const ComparisonResults& results) {
  OrderedJson list = OrderedJson::array();
  for (const SlicedColumn& column : results.slices) {
    OrderedJson slices = OrderedJson::array();
    for (const Slice& slice : column.slices) {
      OrderedJson names = OrderedJson::array();
      for (size_t s = 0; s < slice.strategies.size() && s < results.strategies.size(); ++s) {
        OrderedJson metrics = OrderedJson::array();
        for (const SliceMetric& own : slice.strategies[s]) metrics.push_back(metric_json(own));
        names.push_back(
            {{"approach", results.strategies[s].name}, {"metrics", std::move(metrics)}});
      }
      slices.push_back({{"name", slice.name},
                        {"kind", slice_kind_name(slice.kind)},
                        {"rows", slice.rows},
                        {"too_few", slice.too_few()},
                        {"approaches", std::move(names)}});
    }
    list.push_back({{"column", column.name},
                    {"tokens", column.tokens},
                    {"text", column.text},
                    {"binned", column.binned},
                    {"values", column.values},
                    {"slices", std::move(slices)}});
  }
  return list;
}

std::vector<SlicedColumn> read_slices(const ResultFields& file, size_t strategies) {
  std::vector<SlicedColumn> columns;
  for (const auto& json : file.list("slices")) {
    const ResultFields fields = file.inside(json, "slices");
    SlicedColumn& column = columns.emplace_back();
    column.name = fields.text("column");
    column.tokens = fields.truth("tokens");
    column.text = fields.truth("text");
    column.binned = fields.truth("binned");
    column.values = fields.count("values");
    for (const auto& slice : fields.list("slices")) {
      column.slices.push_back(read_slice(fields.inside(slice, "slices"), strategies));
    }
  }
  return columns;
}

}  // namespace thaw
