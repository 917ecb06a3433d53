#pragma once

#include "report/results.h"

namespace thaw {

// How sure the comparison's numbers are (evaluation/bootstrap.h), from the logits of all strategies
// and of their further seeds. Trainings that did not finish take no part; nothing is known
// (resamples 0) where no strategy has predictions.
Evidence make_evidence(const ComparisonResults& results);

}  // namespace thaw
