#pragma once  // Tests: tests/report/plots/svg_plot_test.cc

#include <string>
#include <string_view>
#include <vector>

#include "report/plots/svg_plot.h"
#include "text/markup.h"

namespace thaw::svg {

// The parts that the plots are put together from. Coordinates are units of the view box.

// A coordinate with at most one digit after the point.
Markup number(double value);

// The class of what is drawn in a series' colour: "series-3".
Markup series_class(int color);

// name="value" pairs ready to stand in a tag.
Markup attribute(MarkupView name, double value);

Markup text(double x, double y, std::string_view content, MarkupView class_name,
            MarkupView anchor = "start");
Markup line(double x1, double y1, double x2, double y2, MarkupView class_name);

// The text cut so that it takes about `width` units at `size` units of type.
std::string fitted(std::string_view content, double width, double size);
// About how wide the text is.
double width_of(std::string_view content, double size);

// False for a series that has no finite value in any row.
bool drawn(const std::vector<DotRow>& rows, size_t series);

// What the figure shows, at its top.
Markup title(const std::string& content);

// The name of an axis around x, moved and cut so that it lies on the view box.
Markup axis_name(double x, double y, std::string_view content);

// A marker of series `marker` (its shape) in `color`.
Markup marker(double x, double y, int marker, int color, bool faint = false);

// "<svg …>" with title and description; role img.
Markup open(const std::string& id, const std::string& title, const std::string& description,
            double width, double height);

struct LegendEntry {
  std::string name;
  int color = 0, marker = 0;  // marker -1: none
  bool line = false, dashed = false, faint = false;
  bool bar = false;         // a piece of a bar of series `color`
  std::string letter = {};  // in place of a marker
};

// A bar of series `index`: filled, or with a pattern from the seventh series on.
Markup bar(double x, double y, double width, double height, int index);

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

struct Level {
  double y = 0;
  std::string text;
};

// A line across the frame for each level, with its text where that lies on nothing that is taken;
// a level beyond the frame has its text alone, with an arrow, at the edge. One that finds no room
// is left out.
Markup levels(const std::vector<Level>& all, const Box& frame, std::vector<Box>& taken);

// A value's place on a line from `start` to `end`.
double placed(double value, const Axis& axis, double start, double end);

// Entries from left to right, wrapped to the plot's width, from `top` down. `height` is set to what
// they took.
Markup legend(const std::vector<LegendEntry>& entries, double top, double& height);

}  // namespace thaw::svg
