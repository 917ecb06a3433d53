#include "model/probability_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/base/error_of.h"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::HasSubstr;

ProbabilityRules read_rules(const std::string& text, size_t labels) {
  const Json json = Json::parse(text);
  const std::string where = "config.json";
  return read_probability_rules(ConfigFile(json, where, "thaw."), labels);
}

TEST(ProbabilityRules, AreReadBackAsTheyWereWritten) {
  for (const bool folded : {true, false}) {
    ProbabilityRules rules{
        1.2345678901234567, folded, 0.9, {0.5, std::numeric_limits<double>::quiet_NaN()}};
    Json object = Json::object();
    write_probability_rules(rules, object);
    EXPECT_EQ(object.contains("folded_temperature"), folded);
    EXPECT_EQ(object.contains("temperature"), !folded);
    const auto back = read_rules(object.dump(), 2);
    EXPECT_EQ(back.temperature, rules.temperature);
    EXPECT_EQ(back.folded, folded);
    EXPECT_EQ(back.target_precision, 0.9);
    EXPECT_EQ(back.thresholds[0], 0.5);
    EXPECT_TRUE(std::isnan(back.thresholds[1]));
  }
}

TEST(ProbabilityRules, AreNeutralWhereNothingIsSaid) {
  const auto rules = read_rules("{}", 3);
  EXPECT_EQ(rules.temperature, 1);
  EXPECT_TRUE(rules.thresholds.empty());
  Json object = Json::object();
  write_probability_rules(rules, object);
  EXPECT_TRUE(object.empty());
}

TEST(ProbabilityRules, RefuseWhatTheyCannotBeWithTheFieldAndItsValue) {
  struct Case {
    const char *json, *field, *value;
  };
  for (const Case& wrong : {
           Case{R"({"temperature": 0})", "'thaw.temperature' is 0,", "0.001 to 1000"},
           {R"({"temperature": -1})", "'thaw.temperature' is -1,", "0.001 to 1000"},
           {R"({"temperature": "hot"})", "'thaw.temperature' is \"hot\"", "0.001 to 1000"},
           {R"({"temperature": null})", "'thaw.temperature' is null", "0.001 to 1000"},
           {R"({"temperature": true})", "'thaw.temperature' is true", "0.001 to 1000"},
           {R"({"temperature": 1e300})", "'thaw.temperature' is 1e+300", "0.001 to 1000"},
           {R"({"folded_temperature": 1e-300})", "'thaw.folded_temperature'", "0.001 to 1000"},
           {R"({"folded_temperature": [2]})", "'thaw.folded_temperature' is [2]", "0.001 to 1000"},
           {R"({"temperature": 2, "folded_temperature": 2})", "'thaw.temperature' is 2",
            "left out beside 'folded_temperature'"},
           {R"({"temperature": 1, "folded_temperature": 1})", "'thaw.temperature' is 1",
            "left out beside 'folded_temperature'"},
           {R"({"thresholds": [0.5, 0.5]})", "'thaw.precision_target' is not there", "up to 1"},
           {R"({"precision_target": "0.9", "thresholds": [0.5, 0.5]})",
            "'thaw.precision_target' is \"0.9\"", "up to 1"},
           {R"({"precision_target": 2, "thresholds": [0.5, 0.5]})", "'thaw.precision_target' is 2",
            "up to 1"},
           {R"({"precision_target": 0.9})", "'thaw.thresholds' is not there", "a list of 2"},
           {R"({"precision_target": 0.9, "thresholds": [0.5]})", "'thaw.thresholds' is [0.5]",
            "a list of 2"},
           {R"({"precision_target": 0.9, "thresholds": [0.5, 1.5]})", "[0.5,1.5]", "a list of 2"},
           {R"({"precision_target": 0.9, "thresholds": [0.5, 0]})", "[0.5,0]", "a list of 2"},
           {R"({"precision_target": 0.9, "thresholds": ["0.5", 0.5]})", "[\"0.5\",0.5]",
            "a list of 2"},
           {R"({"precision_target": 0.9, "thresholds": {"a": 1, "b": 1}})", "{\"a\":1,\"b\":1}",
            "a list of 2"},
       }) {
    EXPECT_THAT(error_of([&] { read_rules(wrong.json, 2); }),
                AllOf(HasSubstr("config.json"), HasSubstr(wrong.field), HasSubstr(wrong.value),
                      HasSubstr("copy the file again")))
        << wrong.json;
  }
}

}  // namespace
}  // namespace thaw
