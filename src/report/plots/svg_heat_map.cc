// Tests: tests/report/plots/svg_plot_test.cc
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "report/plots/svg_parts.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr double kType = 12;
constexpr double kReadableCell = 36;  // below it, shades alone are drawn
constexpr double kSmallestCell = 14;

}  // namespace

Markup heat_map(const HeatMap& map) {
  const size_t labels = map.names.size();
  const double count = static_cast<double>(std::max<size_t>(1, labels));
  double name_width = 40;
  for (const std::string& name : map.names) {
    name_width = std::max(name_width, svg::width_of(name, kType));
  }
  name_width = std::min(name_width, 110.0);
  const double left = name_width + 30;  // 18 of them for the word that names the axis
  const double cell = std::clamp((kPlotWidth - 8 - left) / count, kSmallestCell, 110.0);
  const bool readable = cell >= kReadableCell;
  const double height = readable ? std::min(cell, 52.0) : cell;
  // Names of columns stand upright where they do not fit over their column.
  const bool upright = std::any_of(map.names.begin(), map.names.end(), [&](const auto& name) {
    return svg::width_of(name, kType) > cell - 4;
  });
  const double top = 48 + (upright ? name_width + 6 : 20);
  const double width = std::max<double>(kPlotWidth, left + cell * count + 8);
  Markup out = svg::open(map.id, map.title, map.description, width, top + height * count + 10);
  out += svg::title(map.title);
  out += svg::text(left + cell * count / 2, 38, "predicted", "tick", "middle");
  const double middle = top + height * count / 2;
  out += "<g transform=\"rotate(-90 12 " + svg::number(middle) + ")\">" +
         svg::text(12, middle + 4, "gold", "tick", "middle") + "</g>\n";
  for (size_t i = 0; i < labels; ++i) {
    const double x = left + cell * (static_cast<double>(i) + 0.5);
    const double y = top + height * (static_cast<double>(i) + 0.5);
    const std::string name = svg::fitted(map.names[i], name_width, kType);
    out += svg::text(left - 8, y + 4, name, "label", "end");
    if (upright) {
      out += "<g transform=\"rotate(-90 " + svg::number(x) + " " + svg::number(top - 8) + ")\">" +
             svg::text(x, top - 4, name, "label") + "</g>\n";
    } else {
      out += svg::text(x, top - 8, name, "label", "middle");
    }
  }
  int64_t widest = 1;
  for (const int64_t value : map.counts) widest = std::max(widest, std::abs(value));
  for (size_t row = 0; row < labels; ++row) {
    int64_t support = 0;
    for (size_t column = 0; column < labels; ++column) support += map.counts[row * labels + column];
    for (size_t column = 0; column < labels; ++column) {
      const int64_t value = map.counts[row * labels + column];
      const double share =
          support > 0 ? static_cast<double>(value) / static_cast<double>(support) : 0;
      const double x = left + cell * static_cast<double>(column);
      const double y = top + height * static_cast<double>(row);
      MarkupView paint = row == column ? "heat diagonal"_markup : "heat"_markup;
      double opacity = 0.05 + 0.55 * share;
      if (map.changes && value != 0) {
        paint = (value > 0) == (row == column) ? "good"_markup : "bad"_markup;
        opacity = 0.08 + 0.42 * std::abs(static_cast<double>(value)) / static_cast<double>(widest);
      } else if (map.changes) {
        opacity = 0.03;
      }
      out += "<rect class=\"" + paint + "\"" + svg::attribute("x", x + 1.5) +
             svg::attribute("y", y + 1.5) + svg::attribute("width", cell - 3) +
             svg::attribute("height", height - 3) + " fill-opacity=\"" +
             escape_markup(fixed(opacity, 3)) + "\"/>\n";
      if (!readable) continue;
      if (map.changes) {
        out += svg::text(x + cell / 2, y + height / 2 + 4, signed_count(value), "count", "middle");
        continue;
      }
      out += svg::text(x + cell / 2, y + height / 2 - 2, grouped(value), "count", "middle");
      out += svg::text(x + cell / 2, y + height / 2 + 14, support > 0 ? percent(share) : "–",
                       "share", "middle");
    }
  }
  return out + "</svg>\n";
}

}  // namespace thaw
