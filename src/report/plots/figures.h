#pragma once  // Tests: tests/report/plots/svg_plot_test.cc

#include <string>
#include <vector>

#include "results/results.h"
#include "text/markup.h"

namespace thaw {

// A confusion matrix of more labels than this is neither drawn nor set as a table; results.json
// holds it.
inline constexpr size_t kMostLabelsShown = 60;

struct Figure {
  std::string file;  // under figures/, ends in ".svg"
  Markup svg;        // as it stands in the page
};

// The plots of a report: a field for each kind, since the page gives each kind a place of its own.
// Plots of one kind share their axes, so that they compare side by side; a kind without anything to
// show is empty. A strategy that failed is in none of them.
struct Figures {
  std::vector<Figure> standing;      // metrics of all strategies on one axis, with 95 % intervals
  std::vector<Figure> cost;          // the deciding metric against training time, Pareto front
  std::vector<Figure> curve;         // the deciding metric against training rows
  std::vector<Figure> depth;         // the deciding metric against trained layers
  std::vector<Figure> training;      // losses and validation quality of all strategies together
  std::vector<Figure> loss;          // [strategies] training and validation loss
  std::vector<Figure> quality;       // [strategies] validation accuracy and F1
  std::vector<Figure> confusion;     // [strategies]
  std::vector<Figure> difference;    // [others] confusion less that of the first
  std::vector<Figure> classes;       // F1 of each class
  std::vector<Figure> reliability;   // [strategies]
  std::vector<Figure> distribution;  // classes by split
  std::vector<Figure> lengths;       // of texts, by split

  std::vector<Figure> all() const;
};

// Throws Error as comparison_facts does.
Figures figures(const ComparisonResults& results);

}  // namespace thaw
