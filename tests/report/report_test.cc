#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>
#include <set>

#include "base/error.h"
#include "files/files.h"
#include "report/export/results_json.h"
#include "report/export/zip.h"
#include "report/html/html.h"
#include "results/csv.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/full_fixture.h"
#include "tests/report/html/page_fixtures.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), folder).string());
  }
  return names;
}

TEST(Report, WritesEveryFileOfAComparison) {
  const TemporaryFolder folder;
  write_report(tweets(), folder.path() / "out");
  std::set<std::string> wanted = {"results.csv",
                                  "results.json",
                                  "predictions.csv",
                                  "report.html",
                                  "artifacts.zip",
                                  "figures/quality.svg",
                                  "figures/cost.svg",
                                  "figures/classes.svg",
                                  "figures/depth.svg",
                                  "figures/distribution.svg",
                                  "figures/training-loss.svg",
                                  "figures/validation-loss.svg",
                                  "figures/validation-quality.svg",
                                  "figures/confusion-change-last-1.svg",
                                  "figures/confusion-change-full.svg"};
  const std::string events = "events.out.tfevents.0000000000.thaw";
  wanted.insert("tensorboard/" + events);
  for (const std::string name : {"probe", "last-1", "full"}) {
    wanted.insert("tensorboard/" + name + "/" + events);
    for (const char* kind : {"loss", "validation", "confusion"}) {
      wanted.insert(std::string("figures/") + kind + "-" + name + ".svg");
    }
  }
  EXPECT_EQ(files_in(folder.path() / "out"), wanted);
  EXPECT_EQ(read_text_file(folder.path() / "out/results.csv"), results_csv(tweets()));
}

TEST(Report, IsTheSameBytesTwice) {
  const TemporaryFolder folder;
  write_report(tweets(), folder.path() / "one");
  write_report(tweets(), folder.path() / "two");
  for (const std::string& name : files_in(folder.path() / "one")) {
    EXPECT_EQ(read_text_file(folder.path() / "one" / name),
              read_text_file(folder.path() / "two" / name))
        << name;
  }
}

// Made-up metrics made to follow from their confusion matrix, as those of a run do.
void recompute(ClassificationMetrics& metrics, size_t labels) {
  if (metrics.rows == 0) return;
  const double loss = metrics.loss;
  metrics = metrics_from_confusion(metrics.confusion, static_cast<int64_t>(labels));
  metrics.loss = loss;
}

TEST(Report, IsMadeAnewFromItsOwnFilesToTheByte) {
  std::vector<std::pair<std::string, ComparisonResults>> fixtures = page_fixtures();
  fixtures.emplace_back("tweets in full", tweets_in_full());
  fixtures.emplace_back("tweets with failure", tweets_with_failure());
  for (auto& [fixture, results] : fixtures) {
    SCOPED_TRACE(fixture);
    const size_t labels = results.label_names.size();
    for (StrategyResult& strategy : results.strategies) {
      recompute(strategy.test, labels);
      for (SeedRun& run : strategy.reruns) recompute(run.test, labels);
    }
    for (CurvePoint& point : results.curve) recompute(point.test, labels);
    const TemporaryFolder folder;
    write_report(results, folder.path() / "out");
    write_report(read_results(folder.path() / "out/results.json"), folder.path() / "again");
    EXPECT_EQ(files_in(folder.path() / "again"), files_in(folder.path() / "out"));
    for (const std::string& name : files_in(folder.path() / "out")) {
      EXPECT_TRUE(read_text_file(folder.path() / "again" / name) ==
                  read_text_file(folder.path() / "out" / name))
          << name;
    }
  }
}

TEST(Report, IsMadeAnewWithoutPredictions) {
  const TemporaryFolder folder;
  write_report(twelve_sentences(), folder.path() / "out");
  fs::remove(folder.path() / "out/predictions.csv");
  const ComparisonResults read = read_results(folder.path() / "out/results.json");
  EXPECT_TRUE(read.test_gold.empty());
  write_report(read, folder.path() / "again");
  EXPECT_THROW(read_results(folder.path() / "none.json"), Error);
}

TEST(Report, LeavesNothingWhereResultsDoNotFitTogether) {
  const TemporaryFolder folder;
  ComparisonResults results = tweets();
  results.strategies[1].test_logits.pop_back();
  EXPECT_THROW(write_report(results, folder.path() / "out"), Error);
  results = tweets();
  results.label_names.pop_back();
  EXPECT_THROW(write_report(results, folder.path() / "out"), Error);
  EXPECT_FALSE(fs::exists(folder.path() / "out"));
}

TEST(Report, SaysSoWhereItCannotBeWritten) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  try {
    write_report(twelve_sentences(), folder.path() / "file");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.where(), HasSubstr("file"));
    EXPECT_THAT(error.remedy(), HasSubstr("another folder"));
  }
}

TEST(Report, ArchiveHoldsTheSmallFilesAsTheyAre) {
  const TemporaryFolder folder;
  write_report(tweets(), folder.path());
  std::set<std::string> wanted = files_in(folder.path());
  wanted.erase("artifacts.zip");
  int code = 0;
  zip_t* archive = zip_open((folder.path() / "artifacts.zip").c_str(), ZIP_RDONLY, &code);
  ASSERT_NE(archive, nullptr);
  std::set<std::string> found;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t status;
    ASSERT_EQ(zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &status), 0);
    std::string bytes(status.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    ASSERT_EQ(zip_fread(file, bytes.data(), bytes.size()), static_cast<zip_int64_t>(bytes.size()));
    zip_fclose(file);
    EXPECT_EQ(bytes, read_text_file(folder.path() / status.name)) << status.name;
    found.insert(status.name);
  }
  zip_discard(archive);
  EXPECT_EQ(found, wanted);
}

TEST(Zip, NamesMayBeUnicodeAndFilesEmpty) {
  const std::string bytes = zip_archive({{"größer/大.txt", ""}, {"b", "text"}});
  EXPECT_EQ(bytes.substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(bytes, zip_archive({{"größer/大.txt", ""}, {"b", "text"}}));
  EXPECT_THROW(zip_archive({{"a", "1"}, {"a", "2"}}), Error);
}

// scripts/screenshot-report.sh asks for these reports by naming a folder.
TEST(Report, ExamplesAreWrittenWhereAsked) {
  const char* folder = std::getenv("THAW_EXAMPLE_REPORTS");
  if (folder == nullptr) GTEST_SKIP() << "THAW_EXAMPLE_REPORTS names no folder";
  for (const auto& [name, results] : page_fixtures()) {
    const fs::path place = fs::path(folder) / name;
    fs::create_directories(place);
    write_file(place / "report.html", report_html(results, findings(results), figures(results)));
    EXPECT_TRUE(fs::exists(place / "report.html"));
  }
}

}  // namespace
}  // namespace thaw
