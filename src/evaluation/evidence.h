#pragma once

#include <cstdint>
#include <vector>

#include "evaluation/metric.h"
#include "evaluation/paired_tests.h"

namespace thaw {

// How sure the numbers of a comparison are.

// One metric of one strategy.
struct MetricEstimate {
  Metric metric = Metric::kAccuracy;
  double value = 0;          // mean over its seeds
  double sd = 0;             // over seeds, with n - 1; NaN with one seed
  double low = 0, high = 0;  // 95 %: BCa bootstrap over test rows and, of two or more, seeds
};

// One metric of the second strategy minus that of the first, on the same resampled rows and, where
// both have two or more, the same seeds.
struct MetricDifference {
  Metric metric = Metric::kAccuracy;
  double value = 0, low = 0, high = 0;
  double p = 1;       // two-sided, of the paired bootstrap
  double p_holm = 1;  // the same after Holm's correction over all pairs
};

struct PairEvidence {
  size_t first = 0, second = 0;  // strategies, first < second
  std::vector<MetricDifference> metrics;
  // Of the first seeds alone: with several they describe, and decide nothing.
  PairedCounts counts;
  double mcnemar_p = 1, mcnemar_p_holm = 1;
};

struct SignificanceTests {
  int resamples = 0;                                    // 0: there are no predictions to draw from
  std::vector<std::vector<MetricEstimate>> strategies;  // empty where one has no predictions
  std::vector<PairEvidence> pairs;                      // of those that have predictions
  // Intervals and p-values know of seeds, too: some strategy has two or more. False in results that
  // thaw 0.1 wrote, whatever seeds they have.
  bool over_seeds = false;
};

}  // namespace thaw
