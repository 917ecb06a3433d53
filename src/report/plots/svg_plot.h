#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/markup.h"

namespace thaw {

// Plots as SVG. Colours are classes (series-0 … series-5, ink, muted, grid, …) that plot_style()
// fills for light and dark; each of the first twelve series has a marker of its own as well
// (filled, then hollow), so that no plot needs colour to be read. Names are escaped and cut to fit;
// points that are not finite are left out.

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
// A logarithmic axis of counts: low and high are logarithms (base 10), ticks say "500", "10 k".
Axis count_axis(double low, double high);

struct PlotPoint {
  double x = 0, y = 0;
  double low = std::numeric_limits<double>::quiet_NaN();  // ends of an error bar; NaN: none
  double high = std::numeric_limits<double>::quiet_NaN();
};

struct PlotSeries {
  std::string name;
  std::vector<PlotPoint> points;
  int color = 0;       // index of the series' colour, taken modulo kSeriesColors
  int marker = 0;      // index of its marker; -1: none
  int mark_every = 1;  // points from one marker to the next
  bool line = true;    // points are joined
  bool steps = false;  // by a flat piece to the next x, then upright
  bool dashed = false;
  bool faint = false;     // in the colour of secondary text
  bool in_legend = true;  // false: drawn alone
  bool say_value = true;  // a point that is alone in the series gets its value beside it
};

// A value of y that has a name, as what a reference reached: a line from side to side.
struct PlotLevel {
  double y = 0;
  std::string text;
};

struct LinePlot {
  std::string id;  // unique on the page, of letters, digits and '-'
  std::string title, description;
  std::string x_label;
  Axis x, y;
  std::vector<PlotSeries> series;
  std::vector<PlotLevel> levels;
  std::optional<double> mark_x;  // a vertical line with a word over it
  std::string mark_text;
  bool diagonal = false;  // from the lower left to the upper right corner
};

Markup line_plot(const LinePlot& plot);

// Rows of values on one shared axis; a row without values is a heading. A series without any finite
// value is not in the legend.
struct DotRow {
  std::string name;
  std::vector<double> values;     // [series] or empty
  std::vector<double> low, high;  // [series] or empty: intervals; series then lie under each other
  // Values to compare the series with, each a dashed line across the row with a letter.
  std::vector<std::pair<double, std::string>> levels = {};
};

struct DotPlot {
  std::string id, title, description, x_label;
  Axis x;
  std::vector<std::string> series;
  std::vector<std::pair<std::string, std::string>> levels = {};  // letters of rows' levels, names
  std::vector<DotRow> rows;
};

Markup dot_plot(const DotPlot& plot);

// Bars from zero to the right, those of one row under each other. Each series has a pattern of its
// own beside its colour.
struct BarPlot {
  std::string id, title, description, x_label;
  Axis x;  // from 0
  std::vector<std::string> series;
  std::vector<DotRow> rows;
};

Markup bar_plot(const BarPlot& plot);

// Accuracy against confidence, before and after, over the diagonal where they are equal; below, how
// many rows have which confidence.
struct ReliabilityBins {
  std::string name;
  std::vector<double> confidence, accuracy;  // [bins]
  std::vector<int64_t> rows;                 // [bins]; no point where 0
};

struct ReliabilityPlot {
  std::string id, title, description;
  ReliabilityBins before, after;
  int series = 0;  // whose colour and marker `after` has
};

Markup reliability_plot(const ReliabilityPlot& plot);

// A confusion matrix: a cell's shade is its share of its row. With `changes` the counts are those
// of one matrix less those of another: what there is more of is shaded as good on the diagonal and
// as bad beside it, what there is less of the other way round; good cells have a solid frame, bad
// ones a dashed one.
struct HeatMap {
  std::string id, title, description;
  std::vector<std::string> names;  // [labels]
  std::vector<int64_t> counts;     // [labels, labels], rows are gold
  bool changes = false;
};

Markup heat_map(const HeatMap& map);

// A marker alone, for tables.
Markup marker_icon(int series);

// The rules for everything above. Rules for dark come under @media screen, so that print is light.
// `scope` stands before each selector.
Markup plot_style(MarkupView scope);

// One of the plots above as the bytes of a file of its own: XML, with name space, style and paper.
std::string standalone_svg(const Markup& svg);

}  // namespace thaw
