#pragma once

#include <string>
#include <string_view>

#include "report/results.h"

namespace thaw {

// Everything in the results except the test rows' texts and logits, as docs/results.schema.json
// describes it, with what follows from them: each strategy's comparison with the first and the
// findings in words. Numbers read back as the same numbers; what is not finite is null. Bytes that
// are not UTF-8 become U+FFFD.
std::string results_json(const ComparisonResults& results);

// The way back, also for files of thaw 0.1, which lack some of the fields. Texts, logits, rows and
// gold labels stay empty (see read_predictions). Throws Error with `place` when the text is not
// JSON, a field is missing or of another type, or counts do not fit the labels.
ComparisonResults parse_results(std::string_view json, const std::string& place);

}  // namespace thaw
