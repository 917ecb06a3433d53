#pragma once  // Tests: tests/report/export/json_test.cc

#include <string>
#include <string_view>

#include "results/results.h"

namespace thaw {

// Reads what results_json() wrote, also files of thaw 0.1, which lack some of the fields. Texts,
// logits, rows and gold labels stay empty (see read_predictions). Throws Error with `place` when
// the text is not JSON, a field is missing or of another type, or counts do not fit the labels.
ComparisonResults parse_results(std::string_view json, const std::string& place);

}  // namespace thaw
