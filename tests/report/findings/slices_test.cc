// The evaluated rows by the values of columns, from the results to every file.

#include "report/findings/slices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "files/files.h"
#include "report/export/merge_runs.h"
#include "report/export/results_json.h"
#include "report/html/html.h"
#include "report/plots/figures.h"
#include "report/report.h"
#include "results/csv.h"
#include "results/evidence.h"
#include "tests/base/temporary_folder.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// 360 rows of three labels; "en" (half of them), "de", "fr" (12 rows) and none. `probe` is weak in
// "de".
ComparisonResults by_language() {
  ComparisonResults results;
  results.label_names = {"no", "maybe", "yes"};
  results.evaluated_on = "test";
  results.splits = {{"train", 900, {300, 300, 300}}, {"test", 360, {120, 120, 120}}};
  ColumnValues language("language"), length("length"), code("code");
  language.set_present("language");
  code.set_present("code");
  code.set_text();  // which CSV files cannot say
  std::vector<int32_t> probe, full, lengths;
  for (int32_t row = 0; row < 360; ++row) {
    const int32_t gold = row % 3;
    const bool german = row % 2 == 1 && row >= 24 && row < 300;
    results.test_gold.push_back(gold);
    results.test_rows.push_back(row);
    results.test_texts.push_back("row " + std::to_string(row));
    language.push_back(row % 2 == 0 ? "en" : row < 24 ? "=fr" : german ? "de" : "");
    code.push_back(std::to_string(row % 12));
    lengths.push_back(3 + row * row % 47);
    const bool weak = german ? row % 5 < 3 : row % 9 == 0;
    probe.push_back(weak ? (gold + 1) % 3 : gold);
    full.push_back(row % 7 == 0 ? (gold + 2) % 3 : gold);
  }
  results.strategies = {strategy("probe", "probe", results.test_gold, probe, 3),
                        strategy("full", "full", results.test_gold, full, 3)};
  results.evidence = make_evidence(results, {.resamples = 200});
  take_slice_values({language, length, code}, lengths, results);
  judge_slices(results);
  return results;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

// Every value again, from the columns of predictions.csv alone.
TEST(ResultSlices, AreWhatThePredictionsSay) {
  const ComparisonResults results = by_language();
  std::stringstream csv(predictions_csv(results));
  std::string line;
  std::getline(csv, line);
  std::map<std::string, size_t> at;
  for (const std::string& name : cells_of(line)) at.emplace(name, at.size());
  ASSERT_TRUE(at.contains("language") && at.contains("length"));
  for (const std::string name : {"probe", "full"}) {
    struct Counts {
      double rows = 0, right = 0;
      std::map<std::string, double> gold, given, both;
    };
    std::map<std::string, Counts> by;
    csv.clear();
    csv.seekg(0);
    std::getline(csv, line);
    while (std::getline(csv, line)) {
      const auto cells = cells_of(line);
      std::string value = without_guard(cells[at["language"]]);
      if (value.empty()) value = "(empty)";
      const std::string gold = cells[at["gold"]], given = cells[at[name + "_label"]];
      Counts& counts = by[value];
      ++counts.rows;
      counts.right += gold == given;
      ++counts.gold[gold];
      ++counts.given[given];
      counts.both[gold] += gold == given;
    }
    const SlicedColumn& column = results.slices[0];
    ASSERT_EQ(column.slices.size(), by.size());
    for (const Slice& slice : column.slices) {
      const Counts& counts = by.at(slice.name);
      EXPECT_EQ(static_cast<double>(slice.rows), counts.rows);
      double f1 = 0;
      std::set<std::string> labels;
      for (const auto& [label, count] : counts.gold) labels.insert(label);
      for (const auto& [label, count] : counts.given) labels.insert(label);
      const auto of = [](const std::map<std::string, double>& map, const std::string& label) {
        const auto found = map.find(label);
        return found == map.end() ? 0.0 : found->second;
      };
      for (const std::string& label : labels) {
        f1 += 2 * of(counts.both, label) / (of(counts.gold, label) + of(counts.given, label)) /
              static_cast<double>(labels.size());
      }
      const size_t index = name == "probe" ? 0 : 1;
      EXPECT_NEAR(slice_metric(slice, index, Metric::kAccuracy)->value, counts.right / counts.rows,
                  1e-12);
      EXPECT_NEAR(slice_metric(slice, index, Metric::kMacroF1)->value, f1, 1e-12) << slice.name;
    }
  }
}

TEST(ResultSlices, AreCountedInTokensWhereNoColumnIsCalledLength) {
  ComparisonResults results = by_language();
  EXPECT_TRUE(results.slices[1].tokens);
  EXPECT_EQ(results.slices[1].slices.size(), 4u);
  EXPECT_THAT(slices_sentence(results.slices[1]),
              AllOf(HasSubstr("number of tokens"), HasSubstr("cut at their quartiles")));
  ColumnValues length("length");
  length.set_present("length");
  for (int row = 0; row < 360; ++row) length.push_back(row % 2 == 0 ? "short" : "long");
  take_slice_values({length}, std::vector<int32_t>(360, 5), results);
  judge_slices(results);
  EXPECT_FALSE(results.slices[0].tokens);
  EXPECT_EQ(results.slices[0].slices[0].name, "long");
  EXPECT_THAT(slices_sentence(results.slices[0]), HasSubstr("not the number of tokens"));
}

TEST(ResultSlices, ShowInATerminalWhichSlicesDiffer) {
  ComparisonResults results = by_language();
  results.strategies.pop_back();  // a training alone
  judge_slices(results);
  const std::string text = format_slices(results, recommend(results));
  EXPECT_THAT(text, AllOf(HasSubstr("By language, probe:"), HasSubstr("too few rows to judge"),
                          HasSubstr("(empty)"), HasSubstr("Measurably different"),
                          HasSubstr("de (−"), HasSubstr("By length, probe:")));
}

TEST(ResultSlices, ComeBackFromTheirFiles) {
  const TemporaryFolder folder;
  const ComparisonResults results = by_language();
  write_report(results, folder.path() / "out");
  const ComparisonResults again = read_results(folder.path() / "out/results.json");
  EXPECT_EQ(results_json(again), results_json(results));
  EXPECT_EQ(predictions_csv(again), predictions_csv(results));
  EXPECT_EQ(read_text_file(folder.path() / "out/slices.csv"), slices_csv(again));
  EXPECT_EQ(report_html(again, findings(again), figures(again)),
            report_html(results, findings(results), figures(results)));
  ComparisonResults judged = again;
  judge_slices(judged);
  EXPECT_EQ(results_json(judged), results_json(results));
  remove_report(folder.path() / "out");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out/slices.csv"));
}

TEST(ResultSlices, OfSeveralRunsAreThoseOfAllStrategies) {
  const TemporaryFolder folder;
  ComparisonResults one = by_language(), other = by_language();
  one.strategies.pop_back();
  judge_slices(one);
  one.evidence = make_evidence(one, {.resamples = 50});
  other.slice_values.clear();
  other.slices.clear();
  write_report(one, folder.path() / "one");
  write_report(other, folder.path() / "other");
  for (const bool reversed : {false, true}) {
    const ComparisonResults merged =
        merge_runs({read_run(folder.path() / (reversed ? "other" : "one")),
                    read_run(folder.path() / (reversed ? "one" : "other"))});
    ASSERT_EQ(merged.slices.size(), 3u);
    ASSERT_EQ(merged.slices[0].slices[0].strategies.size(), 3u);
    EXPECT_EQ(merged.slices[0].slices[0].strategies[reversed ? 2 : 0][0].value,
              one.slices[0].slices[0].strategies[0][0].value);
  }
}

TEST(ResultSlices, AreLeftEmptyOfAStrategyThatFailed) {
  ComparisonResults results = by_language();
  results.strategies[1].failure = "memory ran out";
  results.strategies[1].test = {};
  results.strategies[1].test_logits.clear();
  results.evidence = make_evidence(results, {.resamples = 50});
  judge_slices(results);
  EXPECT_EQ(slice_metric(results.slices[0].slices[0], 1, Metric::kAccuracy), nullptr);
  EXPECT_NE(slice_metric(results.slices[0].slices[0], 0, Metric::kAccuracy), nullptr);
  EXPECT_NO_THROW(report_html(results, findings(results), figures(results)));
  EXPECT_THAT(slices_csv(results), Not(HasSubstr(",full,")));
}

TEST(ResultSlices, ShowNamesOfOutsideSafely) {
  ComparisonResults results = by_language();
  results.slices[0].slices[0].name = "<b>\x1b[31mred";
  results.slices[0].name = "a<i>";
  const std::string page = report_html(results, findings(results), figures(results));
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("<b>\x1b")), Not(HasSubstr("a<i>")), HasSubstr("a&lt;i&gt;")));
  EXPECT_THAT(format_slices(results, recommend(results)), Not(HasSubstr("\x1b")));
  EXPECT_THAT(slices_csv(by_language()), HasSubstr("language,'=fr,value,12,probe,accuracy,"));
}

}  // namespace
}  // namespace thaw
