// Tests: tests/report/plots/svg_plot_test.cc
// The colours of the plots, for light and for dark.
#include <span>
#include <string>

#include "report/plots/svg_parts.h"

namespace thaw {
namespace {

constexpr size_t kMostSelectors = 4;

struct Rule {
  MarkupView selectors[kMostSelectors];
  MarkupView property;
  MarkupView light;
  MarkupView dark;
};

struct Shape {
  MarkupView selectors[kMostSelectors];
  MarkupView declarations;
};

// Plain values rather than variables, which many programs that show SVG do not know. The six series
// keep apart for colour-blind eyes and have at least 3:1 contrast with the paper.
constexpr Rule kRules[] = {
    {{".paper"}, "fill", "#ffffff", "#12161c"},
    {{".title", ".label", ".count", ".share"}, "fill", "#1a2230", "#e6eaf0"},
    {{".tick"}, "fill", "#566172", "#a3aebd"},
    {{".grid"}, "stroke", "#e4e8ee", "#262e39"},
    {{".level"}, "stroke", "#566172", "#a3aebd"},
    {{".axis", ".mark"}, "stroke", "#9aa6b5", "#566274"},
    {{".span"}, "stroke", "#c3cbd6", "#465161"},
    {{".faint"}, "stroke", "#8792a3", "#8792a3"},
    {{".marker.faint"}, "fill", "#8792a3", "#8792a3"},
    {{".marker"}, "stroke", "#ffffff", "#12161c"},
    {{".halo"}, "stroke", "#ffffff", "#12161c"},
    {{".heat"}, "fill", "#2563a8", "#4a8fdc"},
    {{".good"}, "fill", "#16806f", "#2fa08c"},
    {{".good"}, "stroke", "#16806f", "#4fc3ad"},
    {{".bad"}, "fill", "#b8334f", "#d2506a"},
    {{".bad"}, "stroke", "#b8334f", "#f0788c"},
    {{".series-0"}, "stroke", "#2563a8", "#6ca8ec"},
    {{".series-1"}, "stroke", "#b5721a", "#e2a950"},
    {{".series-2"}, "stroke", "#b8334f", "#f0788c"},
    {{".series-3"}, "stroke", "#16806f", "#4fc3ad"},
    {{".series-4"}, "stroke", "#7650a8", "#b294e4"},
    {{".series-5"}, "stroke", "#667016", "#b9c04f"},
    {{".marker.series-0", ".bar-solid.series-0"}, "fill", "#2563a8", "#6ca8ec"},
    {{".marker.series-1", ".bar-solid.series-1"}, "fill", "#b5721a", "#e2a950"},
    {{".marker.series-2", ".bar-solid.series-2"}, "fill", "#b8334f", "#f0788c"},
    {{".marker.series-3", ".bar-solid.series-3"}, "fill", "#16806f", "#4fc3ad"},
    {{".marker.series-4", ".bar-solid.series-4"}, "fill", "#7650a8", "#b294e4"},
    {{".marker.series-5", ".bar-solid.series-5"}, "fill", "#667016", "#b9c04f"},
};

constexpr MarkupView kMarkerStroke[] = {"#ffffff", "#12161c"};

constexpr Shape kShapes[] = {
    {{"text"},
     "font: 12px system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", "
     "\"DejaVu Sans\", sans-serif; font-variant-numeric: tabular-nums"},
    {{".title"}, "font-weight: 600; font-size: 13.5px"},
    {{".count"}, "font-weight: 600"},
    {{".share"}, "font-size: 11px"},
    {{".line"}, "fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round"},
    {{".thin"}, "stroke-width: 1.4"},
    {{".dashed"}, "stroke-dasharray: 5 4"},
    {{".grid", ".axis"}, "stroke-width: 1; shape-rendering: crispEdges"},
    {{".mark"}, "stroke-width: 1; stroke-dasharray: 2 3"},
    {{".level"}, "stroke-width: 1.2; stroke-dasharray: 1.5 3"},
    {{".span"}, "stroke-width: 2"},
    {{".marker"}, "stroke-width: 1.2"},
    {{".good"}, "stroke-width: 1.5"},
    {{".bad"}, "stroke-width: 1.5; stroke-dasharray: 4 3"},
    {{".bar-solid"}, "stroke: none"},
    {{".bar-hollow"}, "fill: none; stroke-width: 1.4"},
    {{".before"}, "fill: none; stroke-width: 1.4; stroke-dasharray: 3 2"},
    {{".halo"}, "paint-order: stroke; stroke-width: 4; stroke-linejoin: round"},
};

Markup scoped(MarkupView scope, std::span<const MarkupView> selectors) {
  Markup out;
  for (const MarkupView selector : selectors) {
    if (selector.empty()) break;
    out += markup_if(!out.empty(), ", ") + scope + markup_if(!scope.empty(), " ") + selector;
  }
  return out;
}

}  // namespace

Markup plot_style(MarkupView scope) {
  Markup out;
  for (const auto& [selectors, declarations] : kShapes) {
    out += scoped(scope, selectors) + " { " + declarations + " }\n";
  }
  const auto colours = [&](bool dark) {
    for (const Rule& rule : kRules) {
      out += scoped(scope, rule.selectors) + " { " + rule.property + ": " +
             (dark ? rule.dark : rule.light) + " }\n";
    }
    // After the series' own strokes: a marker's outline is paper, so that overlapping ones part.
    for (int i = 0; i < kSeriesColors; ++i) {
      const Markup filled = ".marker." + svg::series_class(i) + ":not(.hollow)";
      out += scoped(scope, {{filled}}) + " { stroke: " + kMarkerStroke[dark] + " }\n";
    }
    out += scoped(scope, {{".marker.hollow"}}) + " { fill: " + kMarkerStroke[dark] +
           "; stroke-width: 1.8 }\n";
    out += scoped(scope, {{".marker.faint"}}) + " { stroke: " + kMarkerStroke[dark] + " }\n";
  };
  colours(false);
  out += "@media screen and (prefers-color-scheme: dark) {\n";
  colours(true);
  return out + "}\n";
}

std::string standalone_svg(const Markup& svg) {
  std::string file = svg.str();
  const std::string opening = "<svg ";
  file.insert(file.find(opening) + opening.size(), "xmlns=\"http://www.w3.org/2000/svg\" ");
  const std::string described = "</desc>\n";
  file.insert(file.find(described) + described.size(),
              "<style>\n" + plot_style("").str() +
                  "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + file;
}

}  // namespace thaw
