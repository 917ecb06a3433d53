// Tests: tests/report/html/html_test.cc
// The evaluated rows by the values of columns.
#include <algorithm>
#include <cmath>

#include "report/findings/slices.h"
#include "report/html/html.h"
#include "report/plots/svg_parts.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/markup.h"
#include "text/numbers.h"

namespace thaw::html {
namespace {

constexpr double kBarWidth = 128, kBarHeight = 14, kBarEdge = 6;

// The ends of the axis that all slices of a column share, from what is shown of them.
Axis shared_axis(const SlicedColumn& column, size_t strategy, Metric metric) {
  double low = INFINITY, high = -INFINITY;
  for (const Slice& slice : column.slices) {
    const SliceMetric* own = slice_metric(slice, strategy, metric);
    if (own == nullptr) continue;
    for (const double value : {own->value, own->low, own->high}) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  Axis axis;
  axis.low = low;
  axis.high = high > low ? high : low + 1;
  return axis;
}

// The value as a marker on its interval, before a line where the value of all rows is.
Markup interval_bar(const SliceMetric& own, double all, const Axis& axis, size_t strategy) {
  const auto place = [&](double value) {
    return svg::placed(std::clamp(value, axis.low, axis.high), axis, kBarEdge,
                       kBarWidth - kBarEdge);
  };
  if (!std::isfinite(own.value)) return Markup("–");
  const double middle = kBarHeight / 2;
  Markup bar(
      "<svg class=\"plot slice\" width=\"128\" height=\"14\" viewBox=\"0 0 128 14\" "
      "aria-hidden=\"true\">");
  if (std::isfinite(all)) bar += svg::line(place(all), 0, place(all), kBarHeight, "mark");
  if (std::isfinite(own.low) && std::isfinite(own.high)) {
    bar += svg::line(place(own.low), middle, place(own.high), middle, "span");
  }
  const int series = static_cast<int>(strategy);
  return bar + svg::marker(place(own.value), middle, series, series) + "</svg>";
}

Markup value_cell(const SliceMetric* own) {
  if (own == nullptr) return cell("–");
  Markup out = "<td>" + escape_markup(fixed(own->value, 4));
  if (std::isfinite(own->low)) {
    out += " " + element("span", interval(own->low, own->high, 3), "class=\"interval\"");
  }
  return out + "</td>";
}

Markup difference_cells(const Slice& slice, const SliceMetric* own) {
  if (slice.too_few()) return cell("too few rows") + cell("–");
  if (own == nullptr || std::isnan(own->p)) return cell("–") + cell("–");
  const bool clear = differs_from_rest(*own);
  return "<td" + markup_if(clear, " class=\"best\"") + ">" +
         escape_markup(metric_change(own->metric, own->difference)) + " " +
         element("span", change_interval(own->metric, own->difference_low, own->difference_high),
                 "class=\"interval\"") +
         "</td>" + cell(p_value_text(own->p_holm));
}

Markup table_of(const ComparisonResults& results, const SlicedColumn& column, size_t strategy) {
  const Metric metric = results.decision.metric;
  const Axis axis = shared_axis(column, strategy, metric);
  const double all = shown_value(results, strategy, metric);
  const std::string& name = results.strategies[strategy].name;
  Markup table = "<table class=\"slices\">\n" + element("caption", name + " by " + column.name) +
                 "\n<thead><tr>" + html::column(column.name) + html::column("Rows") +
                 html::column("Accuracy");
  if (metric != Metric::kAccuracy)
    table += html::column(capitalized(metric_label(results, metric)));
  table += html::column("With its interval") + html::column("Change from all other rows") +
           html::column("p, corrected") + "</tr></thead>\n<tbody>\n";
  for (const Slice& slice : column.slices) {
    const SliceMetric* own = slice_metric(slice, strategy, metric);
    table += "<tr>" + row_name(shown_slice_name(slice)) + cell(grouped(slice.rows)) +
             value_cell(slice_metric(slice, strategy, Metric::kAccuracy));
    if (metric != Metric::kAccuracy) table += value_cell(own);
    table += "<td>" + (own == nullptr ? Markup("–") : interval_bar(*own, all, axis, strategy)) +
             "</td>" + difference_cells(slice, own) + "</tr>\n";
  }
  return scrolling(name + " by " + column.name, table + "</tbody>\n</table>\n");
}

}  // namespace

Section slices_section(const ComparisonResults& results, const Recommendation& recommendation) {
  Markup content;
  if (results.slices.empty()) return {};
  const size_t shown = shown_slice_strategy(results, recommendation);
  for (const SlicedColumn& column : results.slices) {
    if (column.slices.empty()) continue;
    content += element("h3", "By " + column.name) + "\n";
    for (const std::string& sentence :
         {differing_slices_sentence(results, column, shown), slices_sentence(column)}) {
      if (!sentence.empty()) content += paragraph(sentence);
    }
    Markup more;
    for (size_t i = 0; i < results.strategies.size(); ++i) {
      const bool known = slice_metric(column.slices.front(), i, results.decision.metric) != nullptr;
      if (!known) continue;
      (i == shown ? content : more) += table_of(results, column, i);
    }
    content += folded("The other approaches by " + column.name, more);
  }
  if (content.empty()) return {};
  return {"slices", "Parts of the rows", "Slices",
          paragraph("Each part by itself: the metric with its 95% interval over the choice of its "
                    "rows, and against all other rows, corrected for the number of parts. The "
                    "dotted line is the value of all rows. Macro F1 is over the labels that occur "
                    "in the part.") +
              content};
}

}  // namespace thaw::html
