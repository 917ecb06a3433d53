#include "report/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/numbers.h"
#include "report/svg_parts.h"

namespace thaw {
namespace {

constexpr double kTitleSize = 13.5, kTitleBottom = 26, kTypeSize = 12;
constexpr double kInset = 8;  // between the frame and the first and last value of x

// Where values fall inside the frame.
struct Frame {
  double left, top, width, height;
  Axis x, y;

  double right() const { return left + width; }
  double bottom() const { return top + height; }
  double at_x(double value) const {
    const double share = (value - x.low) / (x.high - x.low);
    return left + kInset + share * (width - 2 * kInset);
  }
  double at_y(double value) const { return bottom() - (value - y.low) / (y.high - y.low) * height; }
};

std::string title_of(const std::string& title) {
  return svg::text(4, 16, svg::fitted(title, kPlotWidth - 8, kTitleSize + 0.8), "title");
}

std::string axes(const Frame& frame, const std::string& x_label) {
  std::string out;
  for (size_t i = 0; i < frame.y.ticks.size(); ++i) {
    const double y = frame.at_y(frame.y.ticks[i]);
    out += svg::line(frame.left, y, frame.right(), y, i == 0 ? "axis" : "grid");
    out += svg::text(frame.left - 7, y + 4, frame.y.texts[i], "tick", "end");
  }
  for (size_t i = 0; i < frame.x.ticks.size(); ++i) {
    const double x = frame.at_x(frame.x.ticks[i]);
    out += svg::line(x, frame.bottom(), x, frame.bottom() + 4, "axis");
    out += svg::text(x, frame.bottom() + 17, frame.x.texts[i], "tick", "middle");
  }
  out += svg::text(frame.left + frame.width / 2, frame.bottom() + 35, x_label, "tick", "middle");
  return out;
}

std::vector<PlotPoint> drawable(const PlotSeries& series) {
  std::vector<PlotPoint> points;
  for (const PlotPoint& point : series.points) {
    if (std::isfinite(point.x) && std::isfinite(point.y)) points.push_back(point);
  }
  return points;
}

std::string color_class(const PlotSeries& series) {
  return series.faint ? "faint" : "series-" + std::to_string(series.color % kSeriesColors);
}

std::string draw_series(const Frame& frame, const PlotSeries& series) {
  std::string out;
  const std::vector<PlotPoint> points = drawable(series);
  const std::string color = color_class(series);
  if (series.line && points.size() > 1) {
    out += "<polyline class=\"line " + color + (series.dashed ? " dashed" : "") +
           (series.marker < 0 ? " thin" : "") + "\" points=\"";
    for (const PlotPoint& point : points) {
      out += svg::number(frame.at_x(point.x)) + "," + svg::number(frame.at_y(point.y)) + " ";
    }
    out.back() = '"';
    out += "/>\n";
  }
  for (const PlotPoint& point : points) {
    const double x = frame.at_x(point.x), y = frame.at_y(point.y);
    if (point.half_height > 0) {
      const double top = frame.at_y(point.y + point.half_height);
      const double bottom = frame.at_y(point.y - point.half_height);
      for (const auto& [x1, y1, x2, y2] :
           {std::array{x, top, x, bottom}, std::array{x - 4, top, x + 4, top},
            std::array{x - 4, bottom, x + 4, bottom}}) {
        out += svg::line(x1, y1, x2, y2, ("line thin " + color).c_str());
      }
    }
    // A lone point of a line without markers would not be seen.
    const int marker = series.marker < 0 && points.size() == 1 ? 0 : series.marker;
    if (marker >= 0) out += svg::marker(x, y, marker, series.color, series.faint);
  }
  return out;
}

// Beside a point that is alone in its series stands its value; values keep apart.
std::string lone_values(const Frame& frame, const std::vector<PlotSeries>& all) {
  struct Value {
    double x, y;
    std::string text;
  };
  std::vector<Value> values;
  for (const PlotSeries& series : all) {
    const std::vector<PlotPoint> points = drawable(series);
    if (points.size() != 1 || !series.line) continue;
    values.push_back({frame.at_x(points[0].x), frame.at_y(points[0].y), fixed(points[0].y, 3)});
  }
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
  std::string out;
  double last = -1e9;
  for (const Value& value : values) {
    const double y = std::max(value.y + 4, last + 15);
    last = y;
    const bool right_half = value.x > frame.left + frame.width / 2;
    out += svg::text(value.x + (right_half ? -11 : 11), y, value.text, "label halo",
                     right_half ? "end" : "start");
  }
  return out;
}

double legend_top() { return kTitleBottom + 2; }

}  // namespace

std::string line_plot(const LinePlot& plot) {
  std::vector<svg::LegendEntry> entries;
  for (const PlotSeries& series : plot.series) {
    entries.push_back(
        {series.name, series.color, series.marker, series.line, series.dashed, series.faint});
  }
  double legend_height = 0;
  const std::string legend = svg::legend(entries, legend_top(), legend_height);
  double widest_tick = 0;
  for (const std::string& text : plot.y.texts) {
    widest_tick = std::max(widest_tick, svg::width_of(text, kTypeSize));
  }
  Frame frame{};
  frame.left = widest_tick + 14;
  frame.top = legend_top() + legend_height + (plot.mark_x ? 20 : 8);
  frame.width = kPlotWidth - 8 - frame.left;
  frame.height = 190;
  frame.x = plot.x;
  frame.y = plot.y;
  std::string out =
      svg::open(plot.id, plot.title, plot.description, kPlotWidth, frame.bottom() + 42);
  out += title_of(plot.title) + legend + axes(frame, plot.x_label);
  if (plot.mark_x && std::isfinite(*plot.mark_x)) {
    const double x = std::clamp(frame.at_x(*plot.mark_x), frame.left, frame.right());
    const double half = svg::width_of(plot.mark_text, kTypeSize) / 2;
    out += svg::line(x, frame.top - 4, x, frame.bottom(), "mark");
    out += svg::text(std::clamp(x, frame.left + half, frame.right() - half), frame.top - 8,
                     plot.mark_text, "tick", "middle");
  }
  // What is in the background comes first, so that it lies under the rest.
  for (const bool faint : {true, false}) {
    for (const PlotSeries& series : plot.series) {
      if (series.faint == faint) out += draw_series(frame, series);
    }
  }
  out += lone_values(frame, plot.series);
  return out + "</svg>\n";
}

std::string dot_plot(const DotPlot& plot) {
  constexpr double kRow = 25, kMostLabelWidth = 140;
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    entries.push_back(
        {.name = plot.series[i], .color = static_cast<int>(i), .marker = static_cast<int>(i)});
  }
  double legend_height = 0;
  const std::string legend = svg::legend(entries, legend_top(), legend_height);
  double label_width = 60;
  for (const DotRow& row : plot.rows) {
    label_width = std::max(label_width, svg::width_of(row.name, kTypeSize));
  }
  label_width = std::min(label_width, kMostLabelWidth);
  Frame frame{};
  frame.left = label_width + 14;
  frame.top = legend_top() + legend_height + 4;
  frame.width = kPlotWidth - 8 - frame.left;
  frame.height = kRow * static_cast<double>(plot.rows.size());
  frame.x = plot.x;
  std::string out =
      svg::open(plot.id, plot.title, plot.description, kPlotWidth, frame.bottom() + 42);
  out += title_of(plot.title) + legend + axes(frame, plot.x_label);
  for (const double tick : plot.x.ticks) {
    out += svg::line(frame.at_x(tick), frame.top, frame.at_x(tick), frame.bottom(), "grid");
  }
  out += svg::line(frame.left, frame.bottom(), frame.right(), frame.bottom(), "axis");
  for (size_t i = 0; i < plot.rows.size(); ++i) {
    const DotRow& row = plot.rows[i];
    const double y = frame.top + kRow * (static_cast<double>(i) + 0.5);
    if (row.values.empty()) {
      out += svg::text(4, y + 6, row.name, "tick");
      continue;
    }
    out += svg::text(frame.left - 8, y + 4, svg::fitted(row.name, label_width, kTypeSize), "label",
                     "end");
    const auto [least, most] = std::minmax_element(row.values.begin(), row.values.end());
    if (std::isfinite(*least) && std::isfinite(*most)) {
      out += svg::line(frame.at_x(*least), y, frame.at_x(*most), y, "span");
    }
    for (size_t series = 0; series < row.values.size(); ++series) {
      if (!std::isfinite(row.values[series])) continue;
      const int index = static_cast<int>(series);
      out += svg::marker(frame.at_x(row.values[series]), y, index, index);
    }
  }
  return out + "</svg>\n";
}

std::string marker_icon(int series) {
  return "<svg class=\"plot icon\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" "
         "aria-hidden=\"true\">" +
         svg::marker(7, 7, series, series) + "</svg>";
}

}  // namespace thaw
