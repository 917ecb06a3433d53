#include "report/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// The part of JSON Schema that docs/results.schema.json is written in. Returns the first mismatch.
std::string schema_mismatch(const Json& value, const Json& schema, const Json& root,
                            const std::string& path) {
  if (schema.contains("$ref")) {
    const std::string name =
        schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
    return schema_mismatch(value, root["$defs"].at(name), root, path);
  }
  if (schema.contains("const") && value != schema["const"]) return path + ": not the constant";
  if (schema.contains("type")) {
    const auto fits = [&](const std::string& type) {
      return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
             (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
             (type == "integer" && value.is_number_integer()) ||
             (type == "null" && value.is_null());
    };
    bool any = false;
    const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
    for (const Json& type : types) any = any || fits(type.get<std::string>());
    if (!any) return path + ": not of type " + schema["type"].dump();
  }
  if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) {
    return path + ": too small";
  }
  if (value.is_object()) {
    for (const Json& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) return path + ": lacks " + name.dump();
    }
    const Json properties = schema.value("properties", Json::object());
    const Json others = schema.value("additionalProperties", Json(true));
    for (const auto& [name, member] : value.items()) {
      const bool named = properties.contains(name);
      if (!named && others == false) return path + "." + name + ": not in the schema";
      if (!named && others == true) continue;
      const std::string found =
          schema_mismatch(member, named ? properties[name] : others, root, path + "." + name);
      if (!found.empty()) return found;
    }
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", size_t{0})) return path + ": too few items";
    for (size_t i = 0; i < value.size() && schema.contains("items"); ++i) {
      const std::string found =
          schema_mismatch(value[i], schema["items"], root, path + "[" + std::to_string(i) + "]");
      if (!found.empty()) return found;
    }
  }
  return "";
}

const Json& schema() {
  static const Json file = [] {
    std::ifstream in(THAW_SOURCE_DIR "/docs/results.schema.json");
    return Json::parse(in);
  }();
  return file;
}

TEST(ResultsJson, FollowsItsSchema) {
  ComparisonResults unknown = tweets();
  for (StrategyResult& strategy : unknown.strategies) strategy.test_logits.clear();
  unknown.strategies[1].epochs[0].validation_loss = std::nan("");
  unknown.total_seconds = HUGE_VAL;
  for (const ComparisonResults& results : {tweets(), twelve_sentences(), unknown}) {
    EXPECT_EQ(schema_mismatch(Json::parse(results_json(results)), schema(), schema(), "results"),
              "");
  }
}

TEST(ResultsJson, SchemaCheckItselfFindsMismatches) {
  Json json = Json::parse(results_json(tweets()));
  json["strategies"][0]["test"]["accuracy"] = "high";
  EXPECT_EQ(schema_mismatch(json, schema(), schema(), "results"),
            "results.strategies[0].test.accuracy: not of type \"number\"");
  json = Json::parse(results_json(tweets()));
  json["strategies"][2]["test"]["surprise"] = 1;
  EXPECT_THAT(schema_mismatch(json, schema(), schema(), "results"),
              HasSubstr("surprise: not in the schema"));
}

TEST(ResultsJson, HoldsTheMetricsAndTheComparison) {
  const Json json = Json::parse(results_json(tweets()));
  EXPECT_EQ(json["strategies"][0]["test"]["accuracy"], 0.6471019211983068);
  EXPECT_EQ(json["strategies"][0]["test"]["macro_f1"], 0.640696252816535);
  EXPECT_EQ(json["strategies"][0]["test"]["confusion"],
            Json::parse("[[2633,1143,196],[1219,3809,909],[113,755,1507]]"));
  EXPECT_TRUE(json["strategies"][0]["against_first"].is_null());
  EXPECT_EQ(json["strategies"][2]["against_first"]["only_this_right"], 851);
  EXPECT_EQ(json["strategies"][2]["against_first"]["only_first_right"], 487);
  EXPECT_EQ(json["findings"]["headline"],
            "full beats probe by 2.96 points: 0.6767 against 0.6471 accuracy");
  EXPECT_EQ(Json::parse(results_json(twelve_sentences()))["strategies"][0]["test"]["binary_f1"],
            0.8);
}

TEST(ResultsJson, ReadsBackWhole) {
  const ComparisonResults written = tweets();
  const ComparisonResults read = parse_results(results_json(written), "results.json");
  ComparisonResults again = read;
  for (size_t i = 0; i < again.strategies.size(); ++i) {
    again.strategies[i].test_logits = written.strategies[i].test_logits;
  }
  again.test_gold = written.test_gold;
  EXPECT_EQ(results_json(again), results_json(written));
  EXPECT_EQ(read.strategies[0].losses.size(), written.strategies[0].losses.size());
  EXPECT_EQ(read.strategies[2].init_from, "probe");
  EXPECT_EQ(read.settings, written.settings);
}

TEST(ResultsJson, NumbersThatAreNotFiniteComeBackAsThat) {
  ComparisonResults results = tweets();
  results.strategies[1].epochs[0].validation_loss = std::nan("");
  const ComparisonResults read = parse_results(results_json(results), "results.json");
  EXPECT_TRUE(std::isnan(read.strategies[1].epochs[0].validation_loss));
}

TEST(ResultsJson, SurvivesNamesThatAreNotUtf8) {
  ComparisonResults results = tweets();
  results.label_names[0] = "bad \xFF name";
  EXPECT_EQ(parse_results(results_json(results), "results.json").label_names[0],
            "bad \xEF\xBF\xBD name");
}

TEST(ResultsJson, ThatDoesNotFitIsRefusedWithItsPlace) {
  const Json good = Json::parse(results_json(tweets()));
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_results(text, "results.json");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const auto changed = [&](const std::string& pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return message(json.dump());
  };
  EXPECT_EQ(message(good.dump()), "");
  EXPECT_THAT(message(""), HasSubstr("results.json: the file is not JSON"));
  EXPECT_THAT(message(good.dump().substr(0, 1000)), HasSubstr("is not JSON"));
  EXPECT_THAT(message("[]"), HasSubstr("is not an object"));
  EXPECT_THAT(message(std::string(100000, '[')), HasSubstr("is not JSON"));
  EXPECT_THAT(changed("/format", 2), HasSubstr("format that this version cannot read"));
  EXPECT_THAT(changed("/label_names", Json::array()), HasSubstr("names no labels"));
  EXPECT_THAT(changed("/label_names/2", 3), HasSubstr("a label name that is not a text"));
  EXPECT_THAT(changed("/strategies", Json::array()), HasSubstr("holds no strategy"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0", Json::array({1, 2})),
              HasSubstr("confusion matrix that does not fit"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0/0", -1), HasSubstr("is not a count"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0/0", int64_t{1} << 60),
              HasSubstr("counts too many rows"));
  EXPECT_THAT(changed("/strategies/1/train_seconds", "long"),
              HasSubstr("strategies field 'train_seconds' is not a number"));
  EXPECT_THAT(changed("/strategies/1/best_epoch", int64_t{1} << 40), HasSubstr("is too large"));
  EXPECT_THAT(changed("/splits/0/label_counts", Json::array({1})),
              HasSubstr("counts that do not fit the labels"));
  EXPECT_THAT(changed("/settings/seed", 42), HasSubstr("holds what is not a text"));
  Json lacking = good;
  lacking["strategies"][0].erase("epochs");
  EXPECT_THAT(message(lacking.dump()), HasSubstr("has no field 'epochs'"));
}

}  // namespace
}  // namespace thaw
