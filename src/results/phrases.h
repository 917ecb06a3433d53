#pragma once  // Tests: tests/report/findings/words_test.cc

#include <string>
#include <vector>

#include "results/results.h"

namespace thaw {

// Turns of phrase that the findings, the tables and the page share.

// What StrategyResult's f1 is called: "F1 of <label 1>" with two labels, "macro F1" otherwise.
std::string f1_name(const ComparisonResults& results);

// "test", or "validation" where there was no test split.
std::string evaluated_split(const ComparisonResults& results);

// A metric between 0 and 1, with as many digits as the rows bear: 3, or 4 from 1,000 rows on.
std::string score(const ComparisonResults& results, double value);

// A change of a metric with its sign: in points with one digit, or two below a tenth ("+2.9"); of
// the loss as it is ("−0.021"). The interval has the digits of its wider end: "+2.1…+3.7".
std::string metric_change(Metric metric, double change);
std::string change_interval(Metric metric, double low, double high);

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names);

// The label's name in single quotes.
std::string quoted_label(const ComparisonResults& results, int32_t label);

// "full with init_from probe: what it is", e.g. "linear probe", "last 2 layers, from probe".
std::string strategy_description(const StrategyResult& strategy);

}  // namespace thaw
