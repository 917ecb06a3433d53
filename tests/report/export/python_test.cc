// What thaw writes, read by the Python packages that it is written for. Each test needs a Python
// with its package: THAW_PYTHON names one, else python3 is tried.
#include "tests/report/export/python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "files/files.h"
#include "report/export/model_card.h"
#include "report/export/results_json.h"
#include "report/export/tensorboard.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;

void write_tensorboard(const ComparisonResults& results, const std::filesystem::path& folder) {
  for (const OutputFile& file : tensorboard_files(results, findings(results))) {
    std::filesystem::create_directories((folder / file.name).parent_path());
    write_file(folder / file.name, file.bytes);
  }
}

// Skips the test where there is no such package.
#define NEEDS(module)                                                                       \
  if (!python_has(module)) {                                                                \
    GTEST_SKIP() << python() << " has no " module ": set THAW_PYTHON to a Python that has"; \
  }

TEST(ReportPython, JsonschemaAcceptsResultsAndTheSchemaItself) {
  NEEDS("jsonschema");
  const TemporaryFolder folder;
  ComparisonResults failed = tweets_with_failure();
  for (StrategyResult& strategy : failed.strategies) strategy.test = {}, strategy.failure = "no";
  std::string files;
  int number = 0;
  for (const ComparisonResults& results :
       {tweets(), twelve_sentences(), tweets_in_full(), tweets_with_failure(), failed}) {
    const auto path = folder.path() / (std::to_string(number++) + ".json");
    write_file(path, results_json(results));
    files += " " + path.string();
  }
  const std::string check =
      "-c 'import json, sys, jsonschema\n"
      "schema = json.load(open(sys.argv[1]))\n"
      "jsonschema.Draft202012Validator.check_schema(schema)\n"
      "validator = jsonschema.Draft202012Validator(schema)\n"
      "for name in sys.argv[2:]:\n"
      "    for error in validator.iter_errors(json.load(open(name))):\n"
      "        print(name, error.json_path, error.message)\n"
      "print(len(sys.argv) - 2)' " THAW_SOURCE_DIR "/docs/results.schema.json";
  int status = 0;
  EXPECT_EQ(python_output(check + files, status), "5");
  EXPECT_EQ(status, 0);
  // And refuses what is not in it.
  std::string wrong = results_json(tweets());
  wrong.replace(wrong.find("\"accuracy\""), 10, "\"exactness\"");
  write_file(folder.path() / "wrong.json", wrong);
  EXPECT_THAT(python_output(check + " " + (folder.path() / "wrong.json").string(), status),
              HasSubstr("exactness"));
}

TEST(ReportPython, HuggingfaceHubReadsModelCards) {
  NEEDS("huggingface_hub");
  const TemporaryFolder folder;
  ComparisonResults results = tweets_in_full();
  results.data = "cardiffnlp/tweet_eval:sentiment@refs/pr/1";
  results.model = "distilbert-base-uncased";
  results.title = "odd \" names: \n\xE2\x80\xA8 \xC2\x85 \x7F # \xF0\x9F\x98\x80";
  write_file(folder.path() / "README.md",
             model_card(results, findings(results), 0, CardLibrary::kTransformers));
  int status = 0;
  const std::string text = python_output(
      "-c 'import json, sys\n"
      "from huggingface_hub import ModelCard\n"
      "card = ModelCard.load(sys.argv[1])\n"
      "print(json.dumps([card.data.to_dict(), [vars(e) for e in card.data.eval_results],"
      " card.text[:20]], default=str))' " +
          (folder.path() / "README.md").string(),
      status);
  ASSERT_EQ(status, 0) << text;
  const auto seen = nlohmann::json::parse(text.substr(text.rfind("\n") + 1));
  EXPECT_EQ(seen[0]["pipeline_tag"], "text-classification");
  EXPECT_EQ(seen[0]["base_model"], "distilbert-base-uncased");
  EXPECT_EQ(seen[0]["model-index"][0]["name"], results.title + ": probe");
  ASSERT_EQ(seen[1].size(), 5u);
  EXPECT_EQ(seen[1][0]["dataset_type"], "cardiffnlp/tweet_eval");
  EXPECT_EQ(seen[1][0]["dataset_config"], "sentiment");
  EXPECT_EQ(seen[1][0]["dataset_revision"], "refs/pr/1");
  EXPECT_EQ(seen[1][0]["dataset_split"], "test");
  EXPECT_EQ(seen[1][0]["metric_type"], "accuracy");
  EXPECT_EQ(seen[1][0]["metric_value"], results.strategies[0].test.accuracy);
  EXPECT_EQ(seen[1][1]["metric_args"], nlohmann::json({{"average", "macro"}}));
  EXPECT_THAT(seen[2].get<std::string>(), HasSubstr("# odd"));
}

TEST(ReportPython, TensorboardReadsEventFiles) {
  NEEDS("tensorboard");
  const TemporaryFolder folder;
  const ComparisonResults results = tweets_with_failure();
  write_tensorboard(results, folder.path());
  int status = 0;
  const std::string text = python_output(
      THAW_SOURCE_DIR "/tests/report/export/read_event_files.py " + folder.path().string(), status);
  ASSERT_EQ(status, 0) << text;
  const auto seen = nlohmann::json::parse(text.substr(text.rfind("\n") + 1));
  EXPECT_EQ(seen["versions"], nlohmann::json(std::vector<std::string>(6, "brain.Event:2")));
  EXPECT_THAT(seen["text"].get<std::string>(), HasSubstr("Conclusion"));

  const StrategyResult& full = results.strategies[2];
  const auto& losses = seen["scalars"]["full"]["train/loss"];
  ASSERT_EQ(losses.size(), full.losses.size());
  for (size_t i = 0; i < losses.size(); ++i) {
    EXPECT_EQ(losses[i][0], full.losses[i].step);
    EXPECT_EQ(losses[i][1].get<float>(), static_cast<float>(full.losses[i].loss));
  }
  EXPECT_EQ(seen["scalars"]["full"]["eval/accuracy"].size(), 3u);
  EXPECT_EQ(seen["scalars"]["full"]["test/accuracy"][0][0], 2568);
  EXPECT_FALSE(seen["scalars"]["last-1"].contains("test/accuracy"));

  // The HParams tab: a strategy is a group of sessions, one for each seed.
  EXPECT_EQ(seen["columns"],
            nlohmann::json({"epochs", "init_from", "learning_rate", "seed", "strategy"}));
  ASSERT_EQ(seen["hparams"].size(), 3u) << seen["hparams"];
  const auto& probe = seen["hparams"]["probe"];
  EXPECT_EQ(probe["settings"]["learning_rate"], 0.0005);
  EXPECT_EQ(probe["settings"]["strategy"], "probe");
  EXPECT_EQ(
      probe["sessions"],
      nlohmann::json({{"probe", 1}, {"probe-seed43", 1}, {"probe-seed18446744073709551615", 2}}));
  const StrategyResult& first = results.strategies[0];
  EXPECT_NEAR(probe["metrics"]["test/accuracy"].get<double>(),
              (first.test.accuracy + first.reruns[0].test.accuracy) / 2, 1e-6);
  EXPECT_EQ(seen["hparams"]["last-1"]["sessions"]["last-1"], 2);  // it failed
}

}  // namespace
}  // namespace thaw
