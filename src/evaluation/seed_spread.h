#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace thaw {

// What another choice of training seeds would move a statistic that is a mean over seeds. A seed
// and a row are crossed: every seed's model answers the same rows. So the variance of the mean of a
// metric over S seeds on n rows has three parts (a two-way layout with one observation a cell;
// Searle, Casella and McCulloch 1992, ch. 4)
//
//     rows / n  +  seeds / S  +  interaction / (n S)
//
// Drawing rows again with the seeds as they are shows the first and the third. The variance of the
// seeds' values, over S, estimates the second and the third without bias, with S - 1 degrees of
// freedom. The third is told by how much more the rows move a single seed than the mean of all:
// (mean variance of one seed - variance of the mean) / (S - 1). It is counted once, with the seeds.
//
// Two or three values have no distribution to draw from: drawing them with replacement (the
// multi-bootstrap of Sellam et al., ICLR 2022) understates their variance by (S - 1) / S and knows
// no tails. So a resample moves by sd / sqrt(S) times a draw from Student's t instead. The sum with
// the rows' part is the Behrens-Fisher distribution, whose tests do not reject too often in any
// case that was calculated (Robinson 1976).

// One mean over seeds.
struct SeedValues {
  std::vector<double> values;  // of each seed, on the rows as they are
  double mean_variance = 0;    // of the mean over seeds, over the choice of rows
  double own_variance = 0;     // of one seed's value, mean over the seeds
};

// The parts of a resample beside its rows.
struct SeedSpread {
  // What is kept of a resample's distance from the value: the root of the share of its variance
  // that is the rows' own.
  double rows_kept = 1;
  struct Term {
    double scale = 0;  // of a draw from Student's t
    int degrees = 0;
    int stream = 0;  // terms of one statistic have different ones
  };
  std::vector<Term> terms;  // none: nothing is known of the seeds, or they are all alike
  double variance = 0;      // sum of the terms' squared scales
};

// Of one mean, or of a difference of paired seeds. `row_variance` is that of the statistic over the
// resamples. Fewer than two seeds: no terms.
SeedSpread seed_spread(const SeedValues& seeds, double row_variance);
// Of a difference of means over other seeds each: two terms. Where one side has one seed alone,
// another would move it as much as those of the other side.
SeedSpread seed_spread(const SeedValues& first, const SeedValues& second, double row_variance);

// The quantiles of Student's t at (i + 1/2) / count, in an order of their own for each stream: all
// resamples together have exactly that distribution. A pure function of its arguments.
std::vector<double> student_t_draws(int degrees, int count, uint64_t seed, int stream);

// The draws of all streams that some spreads need.
class SeedDraws {
 public:
  SeedDraws(int count, uint64_t seed) : count_(count), seed_(seed) {}
  void prepare(int degrees, int stream);  // not from several threads
  // Moves the resamples of a statistic. All terms must have been prepared.
  void add(const SeedSpread& spread, double value, std::vector<double>& distribution) const;

 private:
  int count_;
  uint64_t seed_;
  std::map<std::pair<int, int>, std::vector<double>> draws_;
};

}  // namespace thaw
