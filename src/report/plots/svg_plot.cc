#include "report/plots/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/plots/svg_parts.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kTitleBottom = 26, kTypeSize = 12;
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

Markup axes(const Frame& frame, const std::string& x_label) {
  Markup out;
  for (size_t i = 0; i < frame.y.ticks.size(); ++i) {
    const double y = frame.at_y(frame.y.ticks[i]);
    out += svg::line(frame.left, y, frame.right(), y, i == 0 ? "axis"_markup : "grid"_markup);
    out += svg::text(frame.left - 7, y + 4, frame.y.texts[i], "tick", "end");
  }
  for (size_t i = 0; i < frame.x.ticks.size(); ++i) {
    const double x = frame.at_x(frame.x.ticks[i]);
    out += svg::line(x, frame.bottom(), x, frame.bottom() + 4, "axis");
    out += svg::text(x, frame.bottom() + 17, frame.x.texts[i], "tick", "middle");
  }
  out += svg::axis_name(frame.left + frame.width / 2, frame.bottom() + 35, x_label);
  return out;
}

std::vector<PlotPoint> drawable(const PlotSeries& series) {
  std::vector<PlotPoint> points;
  for (const PlotPoint& point : series.points) {
    if (std::isfinite(point.x) && std::isfinite(point.y)) points.push_back(point);
  }
  return points;
}

Markup color_class(const PlotSeries& series) {
  return series.faint ? Markup("faint") : svg::series_class(series.color);
}

Markup error_bar(double x, double top, double bottom, MarkupView color) {
  Markup out;
  for (const auto& [x1, y1, x2, y2] :
       {std::array{x, top, x, bottom}, std::array{x - 4, top, x + 4, top},
        std::array{x - 4, bottom, x + 4, bottom}}) {
    out += svg::line(x1, y1, x2, y2, "line thin " + color);
  }
  return out;
}

Markup draw_series(const Frame& frame, const PlotSeries& series) {
  Markup out;
  const std::vector<PlotPoint> points = drawable(series);
  const Markup color = color_class(series);
  if (series.line && points.size() > 1) {
    out += "<polyline class=\"line " + color + markup_if(series.dashed, " dashed") +
           markup_if(series.marker < 0 || series.mark_every > 1, " thin") + "\" points=\"";
    for (size_t i = 0; i < points.size(); ++i) {
      const Markup y = svg::number(frame.at_y(points[i].y));
      out += markup_if(i > 0, " ") + svg::number(frame.at_x(points[i].x)) + "," + y;
      if (series.steps && i + 1 < points.size()) {
        out += " " + svg::number(frame.at_x(points[i + 1].x)) + "," + y;
      }
    }
    out += "\"/>\n";
  }
  const auto every = static_cast<size_t>(std::max(1, series.mark_every));
  for (size_t i = 0; i < points.size(); ++i) {
    const PlotPoint& point = points[i];
    const double x = frame.at_x(point.x), y = frame.at_y(point.y);
    if (std::isfinite(point.low) && std::isfinite(point.high) && point.high > point.low) {
      out += error_bar(x, frame.at_y(point.high), frame.at_y(point.low), color);
    }
    // Markers of curves that run along each other are staggered by series.
    const size_t phase = every > 1 ? every * static_cast<size_t>(series.color % 4) / 4 : 0;
    if (i % every != phase && points.size() > every) continue;
    // A lone point of a line without markers would not be seen.
    const int marker = series.marker < 0 && points.size() == 1 ? 0 : series.marker;
    if (marker >= 0) out += svg::marker(x, y, marker, series.color, series.faint);
  }
  return out;
}

// Beside a point that is alone in its series stands its value; values keep apart.
Markup lone_values(const Frame& frame, const std::vector<PlotSeries>& all,
                   std::vector<svg::Box>& taken) {
  struct Value {
    double x, y;
    std::string text;
  };
  std::vector<Value> values;
  for (const PlotSeries& series : all) {
    const std::vector<PlotPoint> points = drawable(series);
    if (points.size() != 1 || !series.say_value) continue;
    values.push_back({frame.at_x(points[0].x), frame.at_y(points[0].y), fixed(points[0].y, 3)});
  }
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
  Markup out;
  double last = -1e9;
  for (const Value& value : values) {
    const double y = std::max(value.y + 4, last + 15);
    last = y;
    const bool right_half = value.x > frame.left + frame.width / 2;
    out += svg::text(value.x + (right_half ? -11 : 11), y, value.text, "label halo",
                     right_half ? "end"_markup : "start"_markup);
    const double width = svg::width_of(value.text, kTypeSize);
    const double left = right_half ? value.x - 11 - width : value.x + 11;
    taken.push_back({left, y - 11, left + width, y + 4});
  }
  return out;
}

// What a text must not lie on: markers and error bars.
std::vector<svg::Box> drawn_boxes(const Frame& frame, const std::vector<PlotSeries>& all) {
  constexpr double kMarker = 8, kBar = 6;
  std::vector<svg::Box> boxes;
  for (const PlotSeries& series : all) {
    for (const PlotPoint& point : drawable(series)) {
      const double x = frame.at_x(point.x), y = frame.at_y(point.y);
      if (series.marker >= 0) boxes.push_back({x - kMarker, y - kMarker, x + kMarker, y + kMarker});
      if (std::isfinite(point.low) && std::isfinite(point.high)) {
        boxes.push_back({x - kBar, frame.at_y(point.high), x + kBar, frame.at_y(point.low)});
      }
    }
  }
  return boxes;
}

double legend_top() { return kTitleBottom + 2; }

}  // namespace

Markup line_plot(const LinePlot& plot) {
  std::vector<svg::LegendEntry> entries;
  for (const PlotSeries& series : plot.series) {
    if (!series.in_legend) continue;
    entries.push_back(
        {series.name, series.color, series.marker, series.line, series.dashed, series.faint});
  }
  double legend_height = 0;
  const Markup legend = svg::legend(entries, legend_top(), legend_height);
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
  Markup out = svg::open(plot.id, plot.title, plot.description, kPlotWidth, frame.bottom() + 42);
  out += svg::title(plot.title) + legend + axes(frame, plot.x_label);
  if (plot.diagonal) {
    out += svg::line(frame.at_x(plot.x.low), frame.bottom(), frame.at_x(plot.x.high), frame.top,
                     "mark");
  }
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
  std::vector<svg::Box> taken = drawn_boxes(frame, plot.series);
  out += lone_values(frame, plot.series, taken);
  std::vector<svg::Level> levels;
  for (const PlotLevel& level : plot.levels) {
    if (std::isfinite(level.y)) levels.push_back({frame.at_y(level.y), level.text});
  }
  out += svg::levels(levels, {frame.left, frame.top, frame.right(), frame.bottom()}, taken);
  return out + "</svg>\n";
}

// The levels of a row between `top` and `bottom`; one beyond the axis stands at its edge, with an
// arrow. Letters of neighbours stand side by side.
Markup row_levels(const Frame& frame, const DotRow& row, double top, double bottom) {
  constexpr double kBeside = 3, kApart = 7;
  std::vector<std::pair<double, std::string>> levels = row.levels;
  std::sort(levels.begin(), levels.end());
  Markup out;
  double free_from = frame.left;
  for (const auto& [value, letter] : levels) {
    if (!std::isfinite(value)) continue;
    const bool below = value<frame.x.low, above = value> frame.x.high;
    const double x = frame.at_x(std::clamp(value, frame.x.low, frame.x.high));
    if (!below && !above) out += svg::line(x, top + 1, x, bottom - 1, "level");
    const std::string shown = (below ? "←" : "") + letter + (above ? "→" : "");
    const double width = svg::width_of(shown, kTypeSize);
    double left = std::max(x + kBeside, free_from);
    if (left + width > frame.right()) left = x - kBeside - width;
    out += svg::text(left, top + 11, shown, "tick halo");
    free_from = left + width + kApart;
  }
  return out;
}

Markup dot_plot(const DotPlot& plot) {
  constexpr double kRow = 25, kLane = 13, kMostLabelWidth = 140;
  std::vector<svg::LegendEntry> entries;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (!svg::drawn(plot.rows, i)) continue;
    entries.push_back(
        {.name = plot.series[i], .color = static_cast<int>(i), .marker = static_cast<int>(i)});
  }
  for (const auto& [letter, name] : plot.levels) {
    entries.push_back({.name = name, .color = 0, .marker = -1, .letter = letter});
  }
  double legend_height = 0;
  const Markup legend = svg::legend(entries, legend_top(), legend_height);
  double label_width = 60, height = 0;
  const auto lanes = [](const DotRow& row) { return row.low.empty() ? 1 : row.values.size(); };
  const auto row_height = [&](const DotRow& row) {
    return lanes(row) == 1 ? kRow : kLane * static_cast<double>(lanes(row)) + 10;
  };
  for (const DotRow& row : plot.rows) {
    label_width = std::max(label_width, svg::width_of(row.name, kTypeSize));
    height += row_height(row);
  }
  label_width = std::min(label_width, kMostLabelWidth);
  Frame frame{};
  frame.left = label_width + 14;
  frame.top = legend_top() + legend_height + 4;
  frame.width = kPlotWidth - 8 - frame.left;
  frame.height = height;
  frame.x = plot.x;
  Markup out = svg::open(plot.id, plot.title, plot.description, kPlotWidth, frame.bottom() + 42);
  out += svg::title(plot.title) + legend + axes(frame, plot.x_label);
  for (const double tick : plot.x.ticks) {
    out += svg::line(frame.at_x(tick), frame.top, frame.at_x(tick), frame.bottom(), "grid");
  }
  out += svg::line(frame.left, frame.bottom(), frame.right(), frame.bottom(), "axis");
  double top = frame.top;
  for (const DotRow& row : plot.rows) {
    const double y = top + row_height(row) / 2;
    top += row_height(row);
    if (row.values.empty()) {
      out += svg::text(4, y + 6, row.name, "tick");
      continue;
    }
    out += svg::text(frame.left - 8, y + 4, svg::fitted(row.name, label_width, kTypeSize), "label",
                     "end");
    out += row_levels(frame, row, top - row_height(row), top);
    const auto [least, most] = std::minmax_element(row.values.begin(), row.values.end());
    if (lanes(row) == 1 && std::isfinite(*least) && std::isfinite(*most)) {
      out += svg::line(frame.at_x(*least), y, frame.at_x(*most), y, "span");
    }
    for (size_t series = 0; series < row.values.size(); ++series) {
      if (!std::isfinite(row.values[series])) continue;
      const int index = static_cast<int>(series);
      double lane = y;
      if (lanes(row) > 1) {
        lane += kLane * (static_cast<double>(series) - 0.5 * static_cast<double>(lanes(row) - 1));
      }
      if (!row.low.empty() && std::isfinite(row.low[series]) && std::isfinite(row.high[series])) {
        const Markup paint = "line thin " + svg::series_class(index);
        const double low = frame.at_x(row.low[series]), high = frame.at_x(row.high[series]);
        out += svg::line(low, lane, high, lane, paint);
        out += svg::line(low, lane - 3, low, lane + 3, paint);
        out += svg::line(high, lane - 3, high, lane + 3, paint);
      }
      out += svg::marker(frame.at_x(row.values[series]), lane, index, index);
    }
  }
  return out + "</svg>\n";
}

Markup marker_icon(int series) {
  return "<svg class=\"plot icon\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" "
         "aria-hidden=\"true\">" +
         svg::marker(7, 7, series, series) + "</svg>";
}

}  // namespace thaw
