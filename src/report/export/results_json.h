#pragma once  // Tests: tests/report/export/json_test.cc

#include <string>

#include "report/findings/words.h"
#include "results/results.h"

namespace thaw {

// Everything in the results except the test rows' texts and logits, as docs/results.schema.json
// describes it, with what follows from them: each strategy's comparison with the first and the
// findings in words. Numbers read back as the same numbers; what is not finite is null. Bytes that
// are not UTF-8 become U+FFFD.
// `words` are the findings of these results.
std::string results_json(const ComparisonResults& results, const Findings& words);
// With findings(results).
std::string results_json(const ComparisonResults& results);

}  // namespace thaw
