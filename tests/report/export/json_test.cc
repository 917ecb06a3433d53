#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "report/export/results_json.h"
#include "results/read_json.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// The part of JSON Schema that docs/results.schema.json is written in. Returns the first mismatch.
// Adds each schema of a property that it came by to `seen`.
std::string schema_mismatch(const Json& value, const Json& schema, const Json& root,
                            const std::string& path, std::set<const Json*>* seen = nullptr) {
  if (schema.contains("$ref")) {
    const std::string name =
        schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
    return schema_mismatch(value, root["$defs"].at(name), root, path, seen);
  }
  if (schema.contains("const") && value != schema["const"]) return path + ": not the constant";
  if (schema.contains("enum")) {
    const Json& allowed = schema["enum"];
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      return path + ": not one of " + allowed.dump();
    }
  }
  if (schema.contains("type")) {
    const auto fits = [&](const std::string& type) {
      return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
             (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
             (type == "integer" && value.is_number_integer()) ||
             (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
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
      const Json& own = named ? schema["properties"][name] : schema["additionalProperties"];
      if (seen != nullptr && named) seen->insert(&own);
      const std::string found = schema_mismatch(member, own, root, path + "." + name, seen);
      if (!found.empty()) return found;
    }
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", size_t{0})) return path + ": too few items";
    for (size_t i = 0; i < value.size() && schema.contains("items"); ++i) {
      const std::string found = schema_mismatch(value[i], schema["items"], root,
                                                path + "[" + std::to_string(i) + "]", seen);
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

ComparisonResults all_failed() {
  ComparisonResults results = tweets_with_failure();
  for (StrategyResult& strategy : results.strategies) {
    strategy.failure = "memory ran out";
    strategy.test = {};
    strategy.test_logits.clear();
  }
  results.evidence = {};
  return results;
}

TEST(ResultsJson, FollowsItsSchema) {
  ComparisonResults unknown = tweets();
  for (StrategyResult& strategy : unknown.strategies) strategy.test_logits.clear();
  unknown.strategies[1].epochs[0].validation_loss = std::nan("");
  unknown.total_seconds = HUGE_VAL;
  for (const ComparisonResults& results : {tweets(), twelve_sentences(), unknown, tweets_in_full(),
                                           tweets_with_failure(), all_failed()}) {
    EXPECT_EQ(schema_mismatch(Json::parse(results_json(results)), schema(), schema(), "results"),
              "");
  }
}

// Every property that the schema names, by its path.
void collect_properties(const Json& schema, const std::string& path,
                        std::map<std::string, const Json*>& found) {
  if (schema.is_array()) return;
  for (const auto& [key, member] : schema.items()) {
    if (!member.is_object()) continue;
    if (key == "properties") {
      for (const auto& [name, property] : member.items()) found[path + "." + name] = &property;
    }
    collect_properties(member, path + "." + key, found);
  }
}

TEST(ResultsJson, HoldsEveryPropertyOfItsSchemaAndTheSchemaDescribesIt) {
  std::set<const Json*> seen;
  // With one seed, rows are counted that only one got right; few validation rows are a caveat.
  ComparisonResults once = tweets_in_full();
  once.strategies[0].reruns.clear();
  once.splits[1].rows = 60;
  const Json full = Json::parse(results_json(tweets_in_full()));
  const Json other = Json::parse(results_json(once));
  for (const Json* json : {&full, &other}) {
    ASSERT_EQ(schema_mismatch(*json, schema(), schema(), "results", &seen), "");
  }
  std::map<std::string, const Json*> properties;
  collect_properties(schema(), "", properties);
  EXPECT_GT(properties.size(), 150u);
  for (const auto& [path, property] : properties) {
    EXPECT_TRUE(property->contains("description")) << path;
    EXPECT_TRUE(seen.contains(property)) << path << " is never written";
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
  EXPECT_EQ(
      json["findings"]["headline"],
      "full has the best macro F1, 0.675 against probe's 0.641, for 46 times the training time. "
      "Whether that is more than chance is not known.");
  EXPECT_EQ(Json::parse(results_json(twelve_sentences()))["strategies"][0]["test"]["binary_f1"],
            0.8);
}

TEST(ResultsJson, KeepsSamplesAndWhatTheFileCallsItsRows) {
  ComparisonResults written = tweets_in_full();
  written.id_column = "tweet_id";
  written.test_ids.assign(written.test_gold.size(), "x");
  written.findings.samples = {{.label = 2, .row = 4, .tokens = 31, .text = "so good"}};
  written.findings.row_ids = {{"train", {{4, "T-4"}, {99, "T-99"}}}};
  const ComparisonResults read = parse_results(results_json(written), "results.json");
  EXPECT_EQ(read.id_column, "tweet_id");
  ASSERT_EQ(read.findings.samples.size(), 1u);
  EXPECT_EQ(read.findings.samples[0].tokens, 31);
  EXPECT_EQ(read.findings.samples[0].text, "so good");
  EXPECT_EQ(read.findings.row_ids, written.findings.row_ids);
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

TEST(ResultsJson, ReadsBackEveryField) {
  for (const ComparisonResults& written : {tweets_in_full(), tweets_with_failure(), all_failed()}) {
    ComparisonResults read = parse_results(results_json(written), "results.json");
    for (size_t i = 0; i < read.strategies.size(); ++i) {
      read.strategies[i].test_logits = written.strategies[i].test_logits;
    }
    read.test_gold = written.test_gold;
    // The test above holds that the fixture fills all there is.
    EXPECT_EQ(results_json(read), results_json(written));
  }
  const ComparisonResults read = parse_results(results_json(tweets_with_failure()), "results.json");
  const StrategyResult& probe = read.strategies[0];
  EXPECT_EQ(read.strategies[1].test.rows, 0);
  EXPECT_TRUE(read.strategies[1].test.confusion.empty());
  EXPECT_THAT(read.strategies[1].failure, HasSubstr("step 12"));
  EXPECT_EQ(probe.reruns.at(1).seed, 18'446'744'073'709'551'615u);
  EXPECT_EQ(probe.reruns.at(1).test.rows, 0);
  EXPECT_TRUE(std::isnan(probe.trials.at(1).validation_loss));
  EXPECT_EQ(probe.calibration->after.bins[14].rows, 8184);
  EXPECT_FALSE(read.strategies[2].calibration.has_value());
  EXPECT_EQ(read.decision.metric, Metric::kAccuracy);
  EXPECT_EQ(read.evidence.pairs.at(0).counts.second_only, 851);
  EXPECT_TRUE(read.evidence.strategies.at(1).empty());
  EXPECT_EQ(read.findings.label_issues.at(0).suggested, 2);
  EXPECT_EQ(read.findings.lengths.at("train").at(1).tokens, 9);
  EXPECT_EQ(read.curve.at(0).train_rows, 1368);
  EXPECT_EQ(read.started, 1'790'000'000.25);
}

TEST(ResultsJson, ComparesWithTheFirstStrategyThatHasMetrics) {
  ComparisonResults results = tweets_with_failure();
  std::swap(results.strategies[0], results.strategies[1]);
  EXPECT_FALSE(Json::parse(results_json(results))["strategies"][2]["against_first"].contains(
      "only_this_right"))
      << "the first of several seeds does not speak for all";
  results.strategies[1].reruns.clear();
  const Json json = Json::parse(results_json(results));
  EXPECT_TRUE(json["strategies"][0]["test"].is_null());
  EXPECT_TRUE(json["strategies"][0]["against_first"].is_null());
  EXPECT_TRUE(json["strategies"][1]["against_first"].is_null());
  EXPECT_EQ(json["strategies"][2]["against_first"]["only_this_right"], 851);
}

// Files of thaw 0.1 have neither failures nor seeds, calibration, evidence and so on.
TEST(ResultsJson, OfTheVersionBeforeIsRead) {
  Json json = Json::parse(results_json(tweets_in_full()));
  for (const char* name : {"started", "decision", "evidence", "data_findings", "curve",
                           "recommendation", "references", "slices"}) {
    ASSERT_EQ(json.erase(name), 1u) << name;
  }
  for (Json& strategy : json["strategies"]) {
    for (const char* name : {"seed", "failure", "reruns", "calibration", "frozen_hash_before",
                             "frozen_hash_after", "trials"}) {
      ASSERT_EQ(strategy.erase(name), 1u) << name;
    }
  }
  ComparisonResults read = parse_results(json.dump(), "results.json");
  const ComparisonResults written = tweets();
  for (size_t i = 0; i < read.strategies.size(); ++i) {
    read.strategies[i].test_logits = written.strategies[i].test_logits;
  }
  read.test_gold = written.test_gold;
  EXPECT_EQ(results_json(read), results_json(written));
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
  EXPECT_THAT(message(""), HasSubstr("results.json:1: is "));
  EXPECT_THAT(message(good.dump().substr(0, 1000)), HasSubstr("is JSON that ends too early"));
  EXPECT_THAT(message("[]"), HasSubstr("is not an object"));
  EXPECT_THAT(message(std::string(100000, '[')), HasSubstr("deeper than 64 levels"));
  EXPECT_THAT(message("{\"format\": 1, \"format\": 1}"), HasSubstr("'format' twice"));
  // A long list takes time that grows with its length alone.
  std::string many = "{\"format\": [";
  for (int i = 0; i < 100'000; ++i) many += "{},";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(message(many + "{}]}"), HasSubstr("'format' is not a count"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_THAT(changed("/format", 2), HasSubstr("format that this version cannot read"));
  EXPECT_THAT(changed("/label_names", Json::array()), HasSubstr("names no labels"));
  EXPECT_THAT(changed("/label_names/2", 3), HasSubstr("a label name that is not a text"));
  EXPECT_THAT(changed("/strategies", Json::array()), HasSubstr("holds no strategy"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0", Json::array({1, 2})),
              HasSubstr("confusion matrix that does not fit"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0/0", -1), HasSubstr("is not a count"));
  EXPECT_THAT(changed("/strategies/1/test/confusion/0/0", int64_t{1} << 60),
              HasSubstr("is not a count"));
  EXPECT_THAT(changed("/strategies/1/train_seconds", "long"),
              HasSubstr("strategies field 'train_seconds' is not a number"));
  EXPECT_THAT(changed("/strategies/1/best_epoch", int64_t{1} << 40), HasSubstr("is too large"));
  EXPECT_THAT(changed("/splits/0/label_counts", Json::array({1})),
              HasSubstr("counts that do not fit the labels"));
  EXPECT_THAT(changed("/settings/seed", 42), HasSubstr("holds what is not a text"));
  EXPECT_THAT(changed("/strategies/1/test", nullptr), HasSubstr("strategies has no metrics"));
  EXPECT_THAT(changed("/decision/metric", "luck"), HasSubstr("'luck' is not a metric"));
  EXPECT_THAT(changed("/strategies/0/seed", -1), HasSubstr("is not a seed"));
  EXPECT_THAT(changed("/data_findings/looked", 1), HasSubstr("is not true or false"));
  Json full = Json::parse(results_json(tweets_in_full()));
  const auto changed_in_full = [&](const std::string& pointer, const Json& value) {
    Json json = full;
    json[Json::json_pointer(pointer)] = value;
    return message(json.dump());
  };
  EXPECT_EQ(message(full.dump()), "");
  EXPECT_THAT(changed_in_full("/data_findings/suspects/0/label", 3),
              HasSubstr("data_findings.suspects field 'label' is not the number of a label"));
  EXPECT_THAT(changed_in_full("/data_findings/tiny_classes/0", 3), HasSubstr("not a label"));
  EXPECT_THAT(changed_in_full("/data_findings/lengths/train", 3), HasSubstr("is not a list"));
  EXPECT_THAT(changed_in_full("/data_findings/truncated/train", -3), HasSubstr("is not a count"));
  EXPECT_THAT(changed_in_full("/evidence/pairs/0/second", 3), HasSubstr("two of the strategies"));
  EXPECT_THAT(changed_in_full("/evidence/pairs/0/first", 2), HasSubstr("two of the strategies"));
  EXPECT_THAT(changed_in_full("/evidence/strategies", Json::array({Json::array()})),
              HasSubstr("as many strategies"));
  EXPECT_THAT(changed_in_full("/strategies/0/calibration/after/bins", Json::array()),
              HasSubstr("has not 15 bins"));
  EXPECT_THAT(changed_in_full("/strategies/0/reruns/0/test", nullptr), HasSubstr("no metrics"));
  EXPECT_THAT(changed_in_full("/curve/0/test", nullptr), HasSubstr("curve has no metrics"));
  Json lacking = good;
  lacking["strategies"][0].erase("epochs");
  EXPECT_THAT(message(lacking.dump()), HasSubstr("has no field 'epochs'"));
}

}  // namespace
}  // namespace thaw
