#include "evaluation/power_law.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace thaw {
namespace {

TEST(PowerLaw, AgreesWithSciPysCurveFit) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/statistics_golden.json");
  const nlohmann::json cases = nlohmann::json::parse(in)["power_law"];
  ASSERT_EQ(cases.size(), 5u);
  for (const auto& wanted : cases) {
    std::vector<LearningPoint> points;
    for (size_t i = 0; i < wanted["rows"].size(); ++i) {
      points.push_back({wanted["rows"][i], wanted["errors"][i]});
    }
    const auto law = fit_power_law(points);
    ASSERT_TRUE(law.has_value());
    const double a = wanted["a"], b = wanted["b"], c = wanted["c"], twice = wanted["twice"];
    EXPECT_NEAR(law->a, a, 1e-5 * a) << wanted["name"];
    EXPECT_NEAR(law->b, b, 1e-6) << wanted["name"];
    EXPECT_NEAR(law->c, c, 1e-6) << wanted["name"];
    EXPECT_EQ(law->free_parameters, wanted["free"]) << wanted["name"];
    const auto expect_near = [&](const Prediction& found, const nlohmann::json& of) {
      const double half = of["half"];
      EXPECT_NEAR(found.value, of["value"], 1e-7) << wanted["name"];
      EXPECT_NEAR(found.high - found.value, half, 1e-4 * half + 1e-7) << wanted["name"];
      EXPECT_NEAR(found.value - found.low, half, 1e-4 * half + 1e-7) << wanted["name"];
    };
    expect_near(power_law_at(*law, twice), wanted["at_twice"]);
    expect_near(power_law_change(*law, twice / 2, twice), wanted["gain"]);
  }
}

TEST(PowerLaw, NeedsThreeSizes) {
  EXPECT_FALSE(fit_power_law({}).has_value());
  EXPECT_FALSE(fit_power_law({{100, 0.4}, {200, 0.3}, {200, 0.31}, {100, 0.41}}).has_value());
  EXPECT_FALSE(fit_power_law({{100, 0.4}, {200, NAN}, {400, 0.2}}).has_value());
  EXPECT_FALSE(fit_power_law({{0, 0.4}, {200, 0.3}, {400, 0.2}}).has_value());
  EXPECT_FALSE(fit_power_law({{100, -0.4}, {200, 0.3}, {400, 0.2}}).has_value());
}

TEST(PowerLaw, HasNoIntervalWithoutAPointToSpare) {
  const auto law = fit_power_law({{100, 0.5}, {200, 0.42}, {400, 0.37}});
  ASSERT_TRUE(law.has_value());
  EXPECT_EQ(law->free_parameters, 3);
  EXPECT_TRUE(std::isnan(law->residual_sd));
  const Prediction twice = power_law_at(*law, 800);
  EXPECT_LT(twice.value, 0.37);
  EXPECT_TRUE(std::isnan(twice.low));
  EXPECT_TRUE(std::isnan(twice.high));
}

TEST(PowerLaw, PromisesNothingWhereErrorsDoNotFall) {
  for (const auto& errors : {std::vector{0.2, 0.2, 0.2, 0.2}, std::vector{0.2, 0.25, 0.3, 0.32}}) {
    const auto law =
        fit_power_law({{100, errors[0]}, {200, errors[1]}, {400, errors[2]}, {800, errors[3]}});
    ASSERT_TRUE(law.has_value());
    EXPECT_EQ(law->a, 0);
    const Prediction gain = power_law_change(*law, 800, 1600);
    EXPECT_EQ(gain.value, 0);
    EXPECT_TRUE(std::isnan(gain.low));
  }
}

}  // namespace
}  // namespace thaw
