#include "evaluation/bca.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "evaluation/distributions.h"
#include "evaluation/holm.h"
#include "evaluation/paired_tests.h"

namespace thaw {
namespace {

nlohmann::json golden(const char* part) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/statistics_golden.json");
  return nlohmann::json::parse(in)[part];
}

TEST(Distributions, AgreeWithSciPy) {
  for (const auto& wanted : golden("normal_quantile")) {
    const double z = wanted["z"];
    EXPECT_NEAR(normal_quantile(wanted["p"]), z, 1e-13 * std::max(1.0, std::fabs(z))) << wanted;
    EXPECT_NEAR(normal_cdf(z), wanted["p"], 1e-15) << wanted;
  }
  for (const auto& wanted : golden("student_t")) {
    const double t = wanted["t"];
    EXPECT_NEAR(student_t_quantile(wanted["p"], wanted["degrees"]), t, 1e-11 * std::fabs(t))
        << wanted;
  }
  EXPECT_EQ(normal_quantile(0), -INFINITY);
  EXPECT_EQ(normal_quantile(1), INFINITY);
  EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(student_t_quantile(0.975, 0)));
}

TEST(Bca, AgreesWithSciPyOnAGivenDistribution) {
  const nlohmann::json cases = golden("bca");
  ASSERT_EQ(cases.size(), 7u);
  int unknown = 0;
  for (const auto& wanted : cases) {
    std::vector<double> distribution = wanted["distribution"];
    const double acceleration = bca_acceleration(wanted["jackknife"]);
    const Interval interval = bca_interval(distribution, wanted["value"], acceleration);
    if (wanted["interval"][0].is_null()) {
      ++unknown;
      EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high)) << wanted["name"];
    } else {
      EXPECT_NEAR(interval.low, wanted["interval"][0], 1e-12) << wanted["name"];
      EXPECT_NEAR(interval.high, wanted["interval"][1], 1e-12) << wanted["name"];
    }
  }
  EXPECT_EQ(unknown, 2);
}

TEST(Bca, CountsAJackknifeValueAsOftenAsRowsShareIt) {
  const double apart = bca_acceleration({0.5, 0.5, 0.5, 0.7, 0.7, 0.1});
  EXPECT_NEAR(bca_acceleration({0.5, 0.7, 0.1}, {3, 2, 1}), apart, 1e-15);
  EXPECT_NE(apart, 0);
  // Equal but for the last place.
  EXPECT_TRUE(std::isnan(bca_acceleration({0.3, 0.1 + 0.2, 0.3, 0.3})));
}

TEST(Bca, FallsBackToPercentilesWhereSciPyHasNoInterval) {
  std::vector<double> above;
  for (int i = 0; i <= 100; ++i) above.push_back(1 + i / 100.0);
  const Interval shifted = bca_or_percentile_interval(above, 0.5, 0.01);
  EXPECT_NEAR(shifted.low, 1.025, 1e-12);
  EXPECT_NEAR(shifted.high, 1.975, 1e-12);
  std::vector<double> same(50, 0.25);
  const Interval point = bca_or_percentile_interval(same, 0.25, NAN);
  EXPECT_EQ(point.low, 0.25);
  EXPECT_EQ(point.high, 0.25);
  std::vector<double> none;
  EXPECT_THROW(quantile_in_place(none, 0.5), Error);
}

TEST(Holm, AgreesWithStatsmodels) {
  const nlohmann::json cases = golden("holm");
  ASSERT_EQ(cases.size(), 7u);
  for (const auto& wanted : cases) {
    const std::vector<double> corrected = holm_corrected(wanted["p"]);
    ASSERT_EQ(corrected.size(), wanted["corrected"].size());
    for (size_t i = 0; i < corrected.size(); ++i) {
      EXPECT_NEAR(corrected[i], wanted["corrected"][i], 1e-15) << wanted["p"];
    }
  }
}

TEST(McNemar, AgreesWithStatsmodelsWhereOneSideOrBothAreEmpty) {
  for (const auto& wanted : golden("mcnemar")) {
    const double p = wanted["p"];
    EXPECT_NEAR(mcnemar_exact(wanted["first_only"], wanted["second_only"]), p, p * 1e-12) << wanted;
  }
}

}  // namespace
}  // namespace thaw
