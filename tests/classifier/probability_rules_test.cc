#include "classifier/probability_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

TEST(ProbabilityRules, AreReadBackAsTheyWereWritten) {
  for (const bool folded : {true, false}) {
    ProbabilityRules rules{
        1.2345678901234567, folded, 0.9, {0.5, std::numeric_limits<double>::quiet_NaN()}};
    Json object = Json::object();
    write_probability_rules(rules, object);
    EXPECT_EQ(object.contains("folded_temperature"), folded);
    EXPECT_EQ(object.contains("temperature"), !folded);
    const auto back = read_probability_rules(Json::parse(object.dump()), 2, "config.json");
    EXPECT_EQ(back.temperature, rules.temperature);
    EXPECT_EQ(back.folded, folded);
    EXPECT_EQ(back.precision_target, 0.9);
    EXPECT_EQ(back.thresholds[0], 0.5);
    EXPECT_TRUE(std::isnan(back.thresholds[1]));
  }
}

TEST(ProbabilityRules, AreNeutralWhereNothingIsSaid) {
  const auto rules = read_probability_rules(Json::object(), 3, "config.json");
  EXPECT_EQ(rules.temperature, 1);
  EXPECT_TRUE(rules.thresholds.empty());
  Json object = Json::object();
  write_probability_rules(rules, object);
  EXPECT_TRUE(object.empty());
}

TEST(ProbabilityRules, RefuseWhatTheyCannotBe) {
  for (const char* text :
       {R"({"temperature": 0})", R"({"temperature": -1})", R"({"temperature": "hot"})",
        R"({"temperature": 1e300})", R"({"folded_temperature": 0})",
        R"({"temperature": 2, "folded_temperature": 2})", R"({"thresholds": [0.5, 0.5]})",
        R"({"precision_target": 0.9})", R"({"precision_target": 0.9, "thresholds": [0.5]})",
        R"({"precision_target": 2, "thresholds": [0.5, 0.5]})",
        R"({"precision_target": 0.9, "thresholds": [0.5, 1.5]})",
        R"({"precision_target": 0.9, "thresholds": {"a": 1, "b": 1}})"}) {
    EXPECT_THROW(read_probability_rules(Json::parse(text), 2, "config.json"), Error) << text;
  }
}

}  // namespace
}  // namespace thaw
