#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace thaw {

// Plots as SVG. Colours are classes (series-0 … series-5, ink, muted, grid, …) that plot_style()
// fills for light and dark; every series has a marker of its own as well, so that no plot needs
// colour to be read. Names are escaped and cut to fit; points that are not finite are left out.

inline constexpr int kPlotWidth = 384;  // of the view box; the page scales it
inline constexpr int kSeriesColors = 6;

struct Axis {
  double low = 0, high = 1;
  std::vector<double> ticks;       // ascending, all within low…high
  std::vector<std::string> texts;  // [ticks]
};

// An axis from a round number at or below low to one at or above high, with about `wanted` ticks at
// multiples of 1, 2 or 5 times a power of ten. Equal or non-finite ends get a range around them.
Axis nice_axis(double low, double high, int wanted);
// A whole number of units from 0 to high, with ticks at whole numbers.
Axis counting_axis(double high, int wanted);
// A logarithmic axis of seconds: low and high are logarithms (base 10), ticks say "10 s", "2 min".
Axis time_axis(double low_seconds, double high_seconds);

struct PlotPoint {
  double x = 0, y = 0;
  double half_height = 0;  // of an error bar; 0: none
};

struct PlotSeries {
  std::string name;
  std::vector<PlotPoint> points;
  int color = 0;     // index of the series' colour, taken modulo kSeriesColors
  int marker = 0;    // index of its marker; -1: none
  bool line = true;  // points are joined
  bool dashed = false;
  bool faint = false;  // in the colour of secondary text
};

struct LinePlot {
  std::string id;  // unique on the page, of letters, digits and '-'
  std::string title, description;
  std::string x_label;
  Axis x, y;
  std::vector<PlotSeries> series;
  std::optional<double> mark_x;  // a vertical line with a word over it
  std::string mark_text;
};

std::string line_plot(const LinePlot& plot);

// Rows of values on one shared axis; a row without values is a heading.
struct DotRow {
  std::string name;
  std::vector<double> values;  // [series] or empty
};

struct DotPlot {
  std::string id, title, description, x_label;
  Axis x;
  std::vector<std::string> series;
  std::vector<DotRow> rows;
};

std::string dot_plot(const DotPlot& plot);

// A confusion matrix: a cell's shade is its share of its row.
struct HeatMap {
  std::string id, title, description;
  std::vector<std::string> names;  // [labels]
  std::vector<int64_t> counts;     // [labels, labels], rows are gold
};

std::string heat_map(const HeatMap& map);

// A marker alone, for tables.
std::string marker_icon(int series);

// The rules for everything above. Rules for dark come under @media screen, so that print is light.
// `scope` stands before each selector.
std::string plot_style(const std::string& scope);

// One of the plots above as a file of its own: XML, with name space, style and paper.
std::string standalone_svg(const std::string& svg);

}  // namespace thaw
