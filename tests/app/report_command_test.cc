// `thaw report`, on what a comparison of tiny models wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/app/run_command.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Outcome thaw(const std::string& arguments) {
  return run_command(THAW_PROGRAM " " + arguments + " 2>&1");
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Everything in the folder by its name.
std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), folder).string()] = content_of(entry.path());
  }
  return files;
}

class ReportCommand : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    std::string rows = "text,label\n";
    for (int i = 0; i < 40; ++i) {
      const std::string number = std::to_string(i);
      rows += i % 2 == 0 ? "=the film was good " + number + ",yes\n"
                         : "the film was \"\"bad\"\" " + number + ",no\n";
    }
    folder_->write("rows.csv", rows);
    for (const std::string out : {"one", "two"}) {
      const Outcome outcome =
          thaw("compare --model " THAW_SOURCE_DIR "/tests/golden/bert --data " + path("rows.csv") +
               " --strategies probe,full --epochs 1 --max-length 16 --quiet --out " + path(out) +
               (out == "two" ? " --learning-rate 0.01" : ""));
      ASSERT_EQ(outcome.code, 0) << outcome.text;
    }
  }
  static void TearDownTestSuite() { delete folder_; }
  static std::string path(const std::string& name) { return (folder_->path() / name).string(); }
  static TemporaryFolder* folder_;
};
TemporaryFolder* ReportCommand::folder_ = nullptr;

TEST_F(ReportCommand, MakesTheSameFilesAnew) {
  const auto before = files_in(path("one"));
  EXPECT_TRUE(before.contains("probe/README.md"));
  EXPECT_TRUE(before.contains("full/README.md"));
  fs::remove(path("one/report.html"));
  fs::remove_all(path("one/figures"));
  const Outcome outcome = thaw("report " + path("one"));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("/one/report.html"));
  const auto after = files_in(path("one"));
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [name, content] : before) EXPECT_TRUE(after.at(name) == content) << name;
}

TEST_F(ReportCommand, DecidesByAnotherMetricIntoAnotherFolder) {
  const auto before = files_in(path("one"));
  const std::string other = path("other");
  const Outcome outcome =
      thaw("report " + path("one") + " --metric accuracy --budget 1h30min --out " + other);
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const auto json = nlohmann::json::parse(content_of(other + "/results.json"));
  EXPECT_EQ(json["decision"]["metric"], "accuracy");
  EXPECT_EQ(json["decision"]["budget_seconds"], 5400);
  EXPECT_EQ(files_in(path("one")), before);
  EXPECT_FALSE(fs::exists(other + "/probe"));
  ASSERT_EQ(thaw("report " + other + " --budget none").code, 0);
  const auto again = nlohmann::json::parse(content_of(other + "/results.json"));
  EXPECT_EQ(again["decision"]["metric"], "accuracy");
  EXPECT_EQ(again["decision"]["budget_seconds"], 0);
}

// The first version's several seeds were judged by the rows alone.
TEST_F(ReportCommand, JudgesSeveralSeedsOfTheLastVersionOverSeedsAsWell) {
  const Outcome made =
      thaw("compare --model " THAW_SOURCE_DIR "/tests/golden/bert --data " + path("rows.csv") +
           " --strategies probe,full --epochs 1 --max-length 16 --quiet --seeds 2 --out " +
           path("seeds"));
  ASSERT_EQ(made.code, 0) << made.text;
  const fs::path file = fs::path(path("seeds")) / "results.json";
  nlohmann::ordered_json results = nlohmann::ordered_json::parse(content_of(file));
  const auto judged = results["evidence"];
  ASSERT_TRUE(judged["over_seeds"]);
  results["evidence"].erase("over_seeds");
  for (auto& pair : results["evidence"]["pairs"]) {
    for (auto& metric : pair["metrics"]) metric["p"] = metric["p_holm"] = 0.001;
  }
  std::ofstream(file) << results.dump();
  const Outcome outcome = thaw("report " + path("seeds") + " --out " + path("judged"));
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const auto anew =
      nlohmann::ordered_json::parse(content_of(fs::path(path("judged")) / "results.json"));
  EXPECT_EQ(anew["evidence"], judged);
}

TEST_F(ReportCommand, PutsRunsTogether) {
  const Outcome outcome =
      thaw("report " + path("one") + " " + path("two/results.json") + " --out " + path("both"));
  ASSERT_EQ(outcome.code, 0) << outcome.text;
  const auto json = nlohmann::json::parse(content_of(path("both/results.json")));
  std::vector<std::string> names;
  for (const auto& strategy : json["strategies"]) names.push_back(strategy["approach"]);
  EXPECT_THAT(names, testing::ElementsAre("one-probe", "one-full", "two-probe", "two-full"));
  EXPECT_THAT(content_of(path("both/report.html")), HasSubstr("two-full"));
  EXPECT_TRUE(fs::exists(path("both/tensorboard/two-full")));
  // Which can be made anew as any other.
  const auto before = files_in(path("both"));
  ASSERT_EQ(thaw("report " + path("both")).code, 0);
  EXPECT_EQ(files_in(path("both")), before);
}

TEST_F(ReportCommand, SaysWhatIsWrong) {
  const auto fails = [](const std::string& arguments, const std::string& why, int code = 1) {
    const Outcome outcome = thaw("report " + arguments);
    EXPECT_EQ(outcome.code, code) << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr(why));
  };
  fails(path("none"), "there is no results.json");
  fails(path("one") + " " + path("two"), "--out: there is no place for the report of several runs",
        2);
  fails(path("one") + " " + path("one") + " --out " + path("x1"), "is named twice");
  fails(path("one") + " --metric luck", "--metric: 'luck' is not a metric", 2);
  fails(path("one") + " --budget soon", "--budget: 'soon' is not a span of time", 2);
  fails(path("one") + " --out " + path("two"), "two");  // holds a run of its own
  EXPECT_EQ(thaw("report").code, 2);
  // A run on other rows.
  fs::create_directories(path("three"));
  fs::copy(path("two/results.json"), path("three/results.json"));
  std::string predictions = content_of(path("two/predictions.csv"));
  const size_t row = predictions.find('\n') + 1;
  predictions.replace(row, predictions.find(',', row) - row, "7777");
  std::ofstream(path("three/predictions.csv")) << predictions;
  fails(path("one") + " " + path("three") + " --out " + path("x2"), "row 7777 of the file");
  EXPECT_FALSE(fs::exists(path("x2")));
}

}  // namespace
}  // namespace thaw
