// Tests: tests/report/plots/svg_plot_test.cc
// Bars, and the reliability diagram that stands on some.
#include <algorithm>
#include <cmath>

#include "report/plots/svg_parts.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kTypeSize = 12, kLegendTop = 28;

}  // namespace

Markup bar_plot(const BarPlot& plot) {
  constexpr double kMostLabelWidth = 140, kGap = 9;
  const auto series = static_cast<double>(std::max<size_t>(1, plot.series.size()));
  const double bar = std::clamp(22 / series, 7.0, 12.0);
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (!svg::drawn(plot.rows, i)) continue;
    entries.push_back(
        {.name = plot.series[i], .color = static_cast<int>(i), .marker = -1, .bar = true});
  }
  double legend_height = 0;
  const Markup legend = svg::legend(entries, kLegendTop, legend_height);
  double label_width = 40;
  for (const DotRow& row : plot.rows) {
    label_width = std::max(label_width, svg::width_of(row.name, kTypeSize));
  }
  label_width = std::min(label_width, kMostLabelWidth);
  const double left = label_width + 12, top = kLegendTop + legend_height + 6;
  const double last_tick = plot.x.texts.empty() ? 0 : svg::width_of(plot.x.texts.back(), kTypeSize);
  const double right = kPlotWidth - std::max(12.0, last_tick / 2 + 4);
  const double row_height = std::max(bar * series + kGap, 19.0);
  const double bottom = top + row_height * static_cast<double>(plot.rows.size());
  Markup out = svg::open(plot.id, plot.title, plot.description, kPlotWidth, bottom + 42);
  out += svg::title(plot.title) + legend;
  for (size_t i = 0; i < plot.x.ticks.size(); ++i) {
    const double x = svg::placed(plot.x.ticks[i], plot.x, left, right);
    out += svg::line(x, top, x, bottom, i == 0 ? "axis"_markup : "grid"_markup);
    out += svg::text(x, bottom + 17, plot.x.texts[i], "tick", "middle");
  }
  out += svg::axis_name((left + right) / 2, bottom + 35, plot.x_label);
  for (size_t i = 0; i < plot.rows.size(); ++i) {
    const DotRow& row = plot.rows[i];
    const double middle = top + row_height * (static_cast<double>(i) + 0.5);
    out += svg::text(left - 8, middle + 4, svg::fitted(row.name, label_width, kTypeSize), "label",
                     "end");
    for (size_t j = 0; j < row.values.size(); ++j) {
      if (!std::isfinite(row.values[j])) continue;
      const double y = middle + bar * (static_cast<double>(j) - series / 2) + 0.5;
      const double end = svg::placed(row.values[j], plot.x, left, right);
      out += svg::bar(left, y, end - left, bar - 1, static_cast<int>(j));
    }
  }
  return out + "</svg>\n";
}

Markup reliability_plot(const ReliabilityPlot& plot) {
  constexpr double kHeight = 190, kBars = 56;
  const Axis share = nice_axis(0, 1, 5);
  const std::vector<svg::LegendEntry> entries = {
      {.name = plot.before.name,
       .color = 0,
       .marker = 0,
       .line = true,
       .dashed = true,
       .faint = true},
      {.name = plot.after.name, .color = plot.series, .marker = plot.series, .line = true}};
  double legend_height = 0;
  const Markup legend = svg::legend(entries, kLegendTop, legend_height);
  const double left = 46, right = kPlotWidth - 12, top = kLegendTop + legend_height + 8;
  const double bottom = top + kHeight, bars_top = bottom + 40, bars_bottom = bars_top + kBars;
  Markup out = svg::open(plot.id, plot.title, plot.description, kPlotWidth, bars_bottom + 42);
  out += svg::title(plot.title) + legend;
  const auto x_of = [&](double value) { return svg::placed(value, share, left, right); };
  const auto y_of = [&](double value) { return svg::placed(value, share, bottom, top); };
  for (size_t i = 0; i < share.ticks.size(); ++i) {
    const double x = x_of(share.ticks[i]), y = y_of(share.ticks[i]);
    out += svg::line(left, y, right, y, i == 0 ? "axis"_markup : "grid"_markup);
    out += svg::line(x, top, x, bottom, i == 0 ? "axis"_markup : "grid"_markup);
    out += svg::text(left - 7, y + 4, share.texts[i], "tick", "end");
    out += svg::text(x, bars_bottom + 17, share.texts[i], "tick", "middle");
  }
  out += svg::line(x_of(0), y_of(0), x_of(1), y_of(1), "mark");
  out += svg::text(left + 4, bottom + 17, "accuracy above, rows below", "tick");
  out += svg::text((left + right) / 2, bars_bottom + 35, "confidence", "tick", "middle");

  int64_t most = 1;
  for (const ReliabilityBins* bins : {&plot.before, &plot.after}) {
    for (const int64_t rows : bins->rows) most = std::max(most, rows);
  }
  out += svg::line(left, bars_bottom, right, bars_bottom, "axis");
  out += svg::text(left - 7, bars_top + 8, short_count(most), "tick", "end");
  for (const bool after : {false, true}) {
    const ReliabilityBins& bins = after ? plot.after : plot.before;
    const Markup color = after ? svg::series_class(plot.series) : Markup("faint");
    Markup points, markers;
    const double width =
        (right - left) / static_cast<double>(std::max<size_t>(1, bins.rows.size()));
    for (size_t i = 0; i < bins.rows.size(); ++i) {
      if (bins.rows[i] <= 0) continue;
      const double height = kBars * static_cast<double>(bins.rows[i]) / static_cast<double>(most);
      const double x = left + width * static_cast<double>(i);
      const Markup place = svg::attribute("x", x + (after ? width * 0.46 : width * 0.1)) +
                           svg::attribute("y", bars_bottom - height) +
                           svg::attribute("width", width * (after ? 0.44 : 0.36)) +
                           svg::attribute("height", height);
      out += "<rect class=\"" + (after ? "bar-solid "_markup : "before "_markup) + color + "\"" +
             place + "/>\n";
      const double at = x_of(std::clamp(bins.confidence[i], 0.0, 1.0));
      const double high = y_of(std::clamp(bins.accuracy[i], 0.0, 1.0));
      points += markup_if(!points.empty(), " ") + svg::number(at) + "," + svg::number(high);
      markers += svg::marker(at, high, after ? plot.series : 0, plot.series, !after);
    }
    if (points.empty()) continue;
    out += "<polyline class=\"line thin " + color + markup_if(!after, " dashed") + "\" points=\"" +
           points + "\"/>\n" + markers;
  }
  return out + "</svg>\n";
}

}  // namespace thaw
