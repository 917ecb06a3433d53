#pragma once  // Tests: tests/evaluation/metric_test.cc

#include <string>
#include <vector>

namespace thaw {

// The known name that takes the fewest edits (Damerau-Levenshtein); "" if none is near. Upper case,
// and underscores or spaces for hyphens, do not count.
std::string nearest_name(const std::string& name, const std::vector<std::string>& known);

}  // namespace thaw
