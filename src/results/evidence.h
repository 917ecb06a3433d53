#pragma once

#include "evaluation/bootstrap.h"
#include "results/results.h"

namespace thaw {

// What the test logits of the strategies and their reruns say of intervals and differences
// (evaluation/bootstrap.h). Reruns that failed, or whose logits are not known, are left out;
// a strategy that failed, or has no logits itself, gets an empty list. resamples is 0 where no
// strategy has any. Throws Error where a gold label is not one of the label names.
SignificanceTests make_evidence(const ComparisonResults& results,
                                const BootstrapSettings& settings = {});

}  // namespace thaw
