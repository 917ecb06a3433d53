#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

// Two sets of predictions of the same rows, counted by who was right.
struct PairedCounts {
  int64_t both_right = 0;
  int64_t first_only = 0;   // rows that only the first got right
  int64_t second_only = 0;  // rows that only the second got right
  int64_t neither = 0;

  int64_t rows() const { return both_right + first_only + second_only + neither; }
};

// Throws Error when the three lists differ in length.
PairedCounts paired_counts(const std::vector<int32_t>& first, const std::vector<int32_t>& second,
                           const std::vector<int32_t>& gold);

// Accuracy of the second minus accuracy of the first; 0 without rows.
double accuracy_difference(const PairedCounts& counts);

// Standard error of that difference over rows: with b and c the discordant counts and n the rows,
// sqrt(b + c − (b − c)²/n) / n, the plug-in estimate for paired proportions (Agresti, Categorical
// Data Analysis, 2nd ed., eq. 10.2). It knows of the choice of test rows alone: another seed of
// training moves the numbers as well.
double accuracy_difference_standard_error(const PairedCounts& counts);

// Exact two-sided McNemar test: twice the binomial tail P[X <= min(b, c)], X ~ B(b + c, 1/2), at
// most 1; 1 without discordant rows. The p-value of statsmodels' mcnemar(table, exact=True).
double mcnemar_exact(int64_t first_only, int64_t second_only);
inline double mcnemar_exact(const PairedCounts& counts) {
  return mcnemar_exact(counts.first_only, counts.second_only);
}

}  // namespace thaw
