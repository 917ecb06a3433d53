#include "report/export/merge_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "report/report.h"
#include "results/csv.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names_of(const ComparisonResults& results) {
  std::vector<std::string> names;
  for (const StrategyResult& strategy : results.strategies) names.push_back(strategy.name);
  return names;
}

// tweets() with those of its strategies.
ComparisonResults some_of_tweets(const std::vector<size_t>& strategies) {
  ComparisonResults results = tweets();
  std::vector<StrategyResult> kept;
  for (const size_t i : strategies) kept.push_back(results.strategies[i]);
  results.strategies = kept;
  return results;
}

TEST(MergeRuns, OfWhatWasOneComparisonIsThatComparison) {
  const ComparisonResults whole = tweets();
  const ComparisonResults merged =
      merge_runs({{"/x/one", some_of_tweets({0})}, {"/x/two", some_of_tweets({1, 2})}});
  EXPECT_EQ(predictions_csv(merged), predictions_csv(whole));
  EXPECT_EQ(results_csv(merged), results_csv(whole));
  EXPECT_EQ(merged.settings, whole.settings);
  EXPECT_EQ(merged.machine, whole.machine);
  EXPECT_EQ(merged.model, whole.model);
  EXPECT_EQ(merged.title, whole.title);
  EXPECT_EQ(merged.splits.size(), 3u);
  EXPECT_EQ(merged.total_seconds, 2 * whole.total_seconds);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(merged.strategies[i].settings, whole.strategies[i].settings);
  }
}

TEST(MergeRuns, PutsTheFoldersNameBeforeNamesThatStandTwice) {
  ComparisonResults second = some_of_tweets({0, 2});
  second.curve = {
      {.name = "full", .seed = 42, .train_rows = 10, .test = second.strategies[1].test}};
  const auto merged = merge_runs({{"/x/one", some_of_tweets({0})}, {"/x/two", second}});
  EXPECT_THAT(names_of(merged), ElementsAre("one-probe", "two-probe", "two-full"));
  EXPECT_EQ(merged.strategies[2].init_from, "two-probe");
  EXPECT_EQ(merged.curve.at(0).name, "two-full");
  // As much of the path as tells them apart.
  EXPECT_THAT(names_of(merge_runs({{"/a/out", some_of_tweets({0})},
                                   {"/b/out", some_of_tweets({0})},
                                   {"/c", some_of_tweets({0})}})),
              ElementsAre("a-out-probe", "b-out-probe", "c-probe"));
}

TEST(MergeRuns, MovesWhatIsNotSharedToTheStrategies) {
  ComparisonResults first = some_of_tweets({0}), second = some_of_tweets({1});
  second.settings["batch_size"] = "64";
  second.settings["new"] = "x";
  second.model = "minilm";
  second.precision = "fp32";
  second.title = "Again";
  second.splits[0].rows = 100;
  second.strategies[0].settings["model"] = "its own";
  first.findings.looked = second.findings.looked = true;
  first.started = 200;
  second.started = 100;
  const auto merged = merge_runs({{"/x/one", first}, {"/x/two", second}});
  EXPECT_FALSE(merged.settings.contains("batch_size"));
  EXPECT_FALSE(merged.settings.contains("new"));
  EXPECT_EQ(merged.settings.at("max_length"), "128");
  EXPECT_EQ(merged.strategies[0].settings.at("batch_size"), "16");
  EXPECT_EQ(merged.strategies[1].settings.at("batch_size"), "64");
  EXPECT_EQ(merged.strategies[1].settings.at("new"), "x");
  EXPECT_EQ(merged.strategies[0].settings.at("model"), "distilbert-base-uncased");
  EXPECT_EQ(merged.strategies[1].settings.at("model"), "its own");
  EXPECT_EQ(merged.strategies[1].settings.at("precision"), "fp32");
  EXPECT_EQ(merged.strategies[0].settings.at("train_rows"), "13684");
  EXPECT_EQ(merged.strategies[1].settings.at("train_rows"), "100");
  EXPECT_EQ(merged.model, "distilbert-base-uncased and minilm");
  EXPECT_EQ(merged.title, "TweetEval sentiment and Again");
  EXPECT_EQ(merged.splits.size(), 2u);
  EXPECT_FALSE(merged.findings.looked);
  EXPECT_EQ(merged.started, 100);
}

TEST(MergeRuns, OnOtherRowsAreRefusedWithWhatDiffers) {
  const auto message = [](const ComparisonResults& other) -> std::string {
    try {
      merge_runs({{"/x/one", some_of_tweets({0})}, {"/x/two", other}});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const ComparisonResults good = some_of_tweets({1});
  EXPECT_EQ(message(good), "");
  ComparisonResults other = good;
  other.label_names[1] = "mixed";
  EXPECT_EQ(message(other),
            "/x/two: the labels are negative, mixed and positive but those of /x/one are negative, "
            "neutral and positive; compare runs that learnt the same labels, in the same order");
  other = good;
  other.evaluated_on = "validation";
  EXPECT_THAT(message(other), HasSubstr("it was evaluated on validation rows but /x/one on test"));
  other = good;
  other.test_rows.pop_back();
  EXPECT_THAT(message(other), HasSubstr("it was evaluated on 12283 rows but /x/one on 12284"));
  other = good;
  other.test_rows[4] = 99;
  EXPECT_THAT(message(other), HasSubstr("evaluated row 5 is row 99 of the file, '"));
  other = good;
  other.test_gold[4] = (other.test_gold[4] + 1) % 3;
  EXPECT_THAT(message(other), HasSubstr("evaluated row 5 is row 4 of the file, '"));
  other = good;
  other.test_texts[4] += "!";
  EXPECT_THAT(message(other), HasSubstr("has another text than in /x/one"));
  other = good;
  other.test_texts.clear();  // as of thaw 0.1
  EXPECT_EQ(message(other), "");
  other = good;
  other.test_gold.clear();
  EXPECT_THAT(message(other), HasSubstr("/x/two/predictions.csv: there are no predictions"));
  EXPECT_THROW(merge_runs({{"/x/one", good}, {"/x/one", good}}), Error);
}

TEST(MergeRuns, ReadsAFolderOrItsFile) {
  const TemporaryFolder folder;
  write_report(twelve_sentences(), folder.path() / "out");
  const fs::path real = fs::canonical(folder.path()) / "out";
  EXPECT_EQ(read_run(folder.path() / "out").folder, real);
  EXPECT_EQ(read_run(folder.path() / "out/").folder, real);
  EXPECT_EQ(read_run(folder.path() / "out/../out/results.json").folder, real);
  EXPECT_EQ(read_run(folder.path() / "out").results.test_gold.size(), 3u);
  try {
    read_run(folder.path());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("there is no results.json"));
  }
}

TEST(MergeRuns, AreReportedWhole) {
  const TemporaryFolder folder;
  ComparisonResults merged =
      merge_runs({{"/x/one", some_of_tweets({0, 2})}, {"/x/two", some_of_tweets({0, 1})}});
  write_report(merged, folder.path() / "both");
  EXPECT_EQ(names_of(read_run(folder.path() / "both").results), names_of(merged));
}

}  // namespace
}  // namespace thaw
