#pragma once

#include <string>
#include <vector>

#include "report/results.h"

namespace thaw {

// A confusion matrix of more labels than this is neither drawn nor set as a table; results.json
// holds it.
inline constexpr size_t kMostLabelsShown = 60;

struct Figure {
  std::string file;  // under figures/, ends in ".svg"
  std::string svg;   // as it stands in the page
};

// The plots of a report. Plots of one kind share their axes, so that they compare side by side; a
// kind without anything to show is empty.
struct Figures {
  std::vector<Figure> standing;   // all metrics of all strategies on one axis
  std::vector<Figure> cost;       // accuracy against training time, with 95 % intervals
  std::vector<Figure> loss;       // [strategies] training and validation loss
  std::vector<Figure> quality;    // [strategies] validation accuracy and F1
  std::vector<Figure> confusion;  // [strategies]

  std::vector<Figure> all() const;
};

// Throws Error as comparison_facts does.
Figures figures(const ComparisonResults& results);

}  // namespace thaw
