#include "evaluation/paired_tests.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace thaw {
namespace {

TEST(McNemar, AgreesWithStatsmodelsExactValues) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/metrics_golden.json");
  const nlohmann::json golden = nlohmann::json::parse(in)["mcnemar"];
  ASSERT_EQ(golden.size(), 15u);
  for (const auto& wanted : golden) {
    const double p = wanted["p"];
    EXPECT_NEAR(mcnemar_exact(wanted["first_only"], wanted["second_only"]), p, p * 1e-11) << wanted;
  }
}

TEST(McNemar, IsSymmetric) {
  EXPECT_DOUBLE_EQ(mcnemar_exact(3, 17), mcnemar_exact(17, 3));
  EXPECT_THROW(mcnemar_exact(-1, 3), Error);
}

TEST(PairedCounts, CountWhoWasRight) {
  const PairedCounts counts =
      paired_counts({0, 0, 1, 1, 2, 0}, {0, 1, 1, 1, 1, 1}, {0, 0, 1, 2, 1, 1});
  EXPECT_EQ(counts.both_right, 2);
  EXPECT_EQ(counts.first_only, 1);
  EXPECT_EQ(counts.second_only, 2);
  EXPECT_EQ(counts.neither, 1);
  EXPECT_EQ(counts.rows(), 6);
  EXPECT_DOUBLE_EQ(accuracy_difference(counts), 1.0 / 6);
  EXPECT_THROW(paired_counts({0}, {0, 1}, {0, 1}), Error);
}

// The same as the standard deviation of the rows' own differences (-1, 0, 1) over sqrt(rows).
TEST(PairedCounts, StandardErrorIsThatOfTheRowsDifferences) {
  const PairedCounts counts{50, 12, 30, 8};
  const double rows = 100, mean = 0.18;
  const double variance =
      (12 * (1 + mean) * (1 + mean) + 30 * (1 - mean) * (1 - mean) + 58 * mean * mean) / rows;
  EXPECT_NEAR(accuracy_difference_standard_error(counts), std::sqrt(variance / rows), 1e-15);
  EXPECT_EQ(accuracy_difference_standard_error(PairedCounts{}), 0);
}

}  // namespace
}  // namespace thaw
