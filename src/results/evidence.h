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

// Gives the run of every seed its metrics on rows with these labels, from its test logits. A failed
// one gets those of no row, whatever became of the other seeds.
void judge_runs(StrategyResult& strategy, const std::vector<int32_t>& gold /* [rows] */,
                int64_t labels);

}  // namespace thaw
