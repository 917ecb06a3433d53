// Tests: tests/report/findings/slices_test.cc
// The slices in sentences, in a terminal and as CSV.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/findings/slices.h"
#include "results/csv.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw {
namespace {

constexpr int kLongestSliceName = 30;

// "+2.1 (95% −0.4…+4.6, p = 0.12)"
std::string difference_text(const SliceMetric& own) {
  return fmt::format("{} (95% {}, {})", metric_change(own.metric, own.difference),
                     change_interval(own.metric, own.difference_low, own.difference_high),
                     p_value_text(own.p_holm));
}

std::vector<std::string> table_row(const ComparisonResults& results, const Slice& slice,
                                   size_t strategy, const std::vector<Metric>& metrics) {
  std::vector<std::string> row{shown_slice_name(slice), grouped(slice.rows)};
  for (const Metric metric : metrics) {
    const SliceMetric* own = slice_metric(slice, strategy, metric);
    std::string text = own == nullptr ? "–" : fixed(own->value, 4);
    if (own != nullptr && std::isfinite(own->low))
      text += fmt::format(" ({})", interval(own->low, own->high, 3));
    row.push_back(text);
  }
  const SliceMetric* own = slice_metric(slice, strategy, results.decision.metric);
  if (slice.too_few()) {
    row.emplace_back("too few rows to judge");
  } else if (own == nullptr || std::isnan(own->p)) {
    row.emplace_back("–");
  } else {
    row.push_back(difference_text(*own) + (differs_from_rest(*own) ? " *" : ""));
  }
  return row;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    text += "  ";
    for (size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      if (i > 0) text += "  ";
      text += i == 1 ? pad_left(row[i], widths[i]) : last ? row[i] : pad_right(row[i], widths[i]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

size_t shown_slice_strategy(const ComparisonResults& results,
                            const Recommendation& recommendation) {
  if (results.strategies.size() == 1) return 0;
  return recommendation.chosen ? *recommendation.chosen : best_strategy(results);
}

const SliceMetric* slice_metric(const Slice& slice, size_t strategy, Metric metric) {
  if (strategy >= slice.strategies.size()) return nullptr;
  for (const SliceMetric& own : slice.strategies[strategy]) {
    if (own.metric == metric) return &own;
  }
  return nullptr;
}

bool differs_from_rest(const SliceMetric& metric) { return metric.p_holm < 0.05; }

std::string shown_slice_name(const Slice& slice) {
  return fit_columns(slice.name, kLongestSliceName);
}

std::string slices_sentence(const SlicedColumn& column) {
  std::string text;
  if (column.tokens) {
    text =
        "length is the number of tokens of each text before anything is cut off: no column is "
        "called so.";
  } else if (column.name == "length" || column.name == "Length") {
    text = "length is the file's column of that name, not the number of tokens.";
  }
  const auto add = [&](const std::string& sentence) {
    text += (text.empty() ? "" : " ") + sentence;
  };
  if (column.binned) {
    add(
        fmt::format("Its {} numbers are cut at their quartiles; a slice's name has its least and "
                    "greatest number.",
                    grouped(column.values)));
  }
  for (const Slice& slice : column.slices) {
    if (slice.kind != SliceKind::kOther) continue;
    const auto own = static_cast<int64_t>(kMostSliceValues) - 1;
    add(fmt::format("It has {} values: the {} with the most rows, and the other {} together.",
                    grouped(column.values), grouped(own), grouped(column.values - own)));
  }
  if (column.slices.size() == 1) add("All rows are in one slice, so there is nothing to compare.");
  return text;
}

std::string differing_slices_sentence(const ComparisonResults& results, const SlicedColumn& column,
                                      size_t strategy) {
  const Metric metric = results.decision.metric;
  std::vector<std::string> differing;
  int64_t tested = 0;
  for (const Slice& slice : column.slices) {
    const SliceMetric* own = slice_metric(slice, strategy, metric);
    if (own == nullptr || std::isnan(own->p)) continue;
    ++tested;
    if (!differs_from_rest(*own)) continue;
    differing.push_back(
        fmt::format("{} ({})", shown_slice_name(slice), metric_change(metric, own->difference)));
  }
  if (tested == 0) return "";
  if (differing.empty()) {
    return fmt::format("No slice differs measurably from the other rows in {}.",
                       metric_label(results, metric));
  }
  return fmt::format("Measurably different from the other rows in {}: {}.",
                     metric_label(results, metric), listed(differing));
}

std::string format_slices(const ComparisonResults& results, const Recommendation& recommendation) {
  std::string text;
  if (results.slices.empty()) return text;
  const size_t strategy = shown_slice_strategy(results, recommendation);
  const Metric decisive = results.decision.metric;
  std::vector<Metric> metrics{Metric::kAccuracy};
  if (decisive != Metric::kAccuracy) metrics.push_back(decisive);
  for (const SlicedColumn& column : results.slices) {
    if (column.slices.empty()) continue;
    text += fmt::format("By {}, {}:\n", fit_columns(column.name, kLongestSliceName),
                        fit_columns(results.strategies[strategy].name, kLongestSliceName));
    std::vector<std::vector<std::string>> rows{
        {fit_columns(column.name, kLongestSliceName), "rows"}};
    for (const Metric metric : metrics) rows[0].push_back(metric_label(results, metric));
    rows[0].push_back(metric_label(results, decisive) + " against all other rows (p corrected)");
    for (const Slice& slice : column.slices) {
      rows.push_back(table_row(results, slice, strategy, metrics));
    }
    text += aligned(rows);
    for (const std::string& sentence :
         {differing_slices_sentence(results, column, strategy), slices_sentence(column)}) {
      if (!sentence.empty()) text += fmt::format("  {}\n", sentence);
    }
    text += "\n";
  }
  return text;
}

std::string slices_csv(const ComparisonResults& results) {
  std::string csv =
      "column,slice,kind,rows,approach,metric,value,low,high,difference,difference_low,"
      "difference_high,p,p_holm\n";
  const auto number = [](double value) { return std::isfinite(value) ? shortest(value) : ""; };
  for (const SlicedColumn& column : results.slices) {
    for (const Slice& slice : column.slices) {
      const std::string start =
          fmt::format("{},{},{},{},", csv_text(column.name), csv_text(slice.name),
                      slice_kind_name(slice.kind), slice.rows);
      for (size_t s = 0; s < slice.strategies.size() && s < results.strategies.size(); ++s) {
        for (const SliceMetric& own : slice.strategies[s]) {
          csv += start + csv_text(results.strategies[s].name) + "," + metric_name(own.metric);
          for (const double value : {own.value, own.low, own.high, own.difference,
                                     own.difference_low, own.difference_high, own.p, own.p_holm}) {
            csv += "," + number(value);
          }
          csv += "\n";
        }
      }
    }
  }
  return csv;
}

}  // namespace thaw
