#pragma once

#include <cstdint>

#include "evaluation/evidence.h"
#include "evaluation/resampled_metrics.h"

namespace thaw {

struct BootstrapSettings {
  int resamples = 10'000;
  uint64_t seed = 20'240'131;
};

// All metrics of all strategies, and the differences of all pairs, from rows drawn with
// replacement. Each resample is the same rows for all strategies and seeds, so a difference is
// paired. The statistic of a strategy is the mean of the metric over its seeds.
//
// Intervals are bca_or_percentile_interval at 95 %, with the exact jackknife. The p-value of a
// difference d is (1 + number of resamples with |d* - d| >= |d|) / (resamples + 1): the
// distribution shifted to the null hypothesis (Efron and Tibshirani 1993, ch. 16), counted so that
// it cannot be 0 (Davison and Hinkley 1997, eq. 4.11). It is corrected by Holm's method over all
// pairs, metric by metric. McNemar's test is of each strategy's first seed.
//
// With one seed, intervals and p-values know of the choice of test rows alone. With two or more
// they are over seeds and rows: seed_spread.h says how. Where two strategies have the same seeds in
// the same order, a difference is paired over them as well. What Student's t puts beyond 0 or 1 is
// cut off.
//
// The same input gives the same bits, whatever the number of threads. Costs about 3 ns for each row
// of each resample and core. Throws Error where there are no rows or labels, lists differ in length
// from `gold`, a label is out of range, or resamples < 1.
SignificanceTests bootstrap_evidence(const PairedPredictions& answers,
                                     const BootstrapSettings& settings = {});

}  // namespace thaw
