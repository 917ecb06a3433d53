#include "report/findings/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "results/evidence.h"
#include "tests/report/fixtures.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Tables, CompareTheStrategiesWithTheFirst) {
  EXPECT_EQ(
      comparison_table(tweets(), 120),
      "approach  accuracy  macro f1    loss  Δ accuracy   Δ f1   trainable  of total   train time  "
      "peak memory\n"
      "───────────────────────────────────────────────────────────────────────────────────────────"
      "────────────\n"
      "probe       0.6471    0.6407  0.7460                        592,899      0.9%       31.2 s  "
      "     812 MB\n"
      "last-1      0.6627    0.6579  0.7261       +1.56  +1.72   7,680,771     11.5%   3 min 03 s  "
      "     1.3 GB\n"
      "full        0.6767    0.6747  0.8188       +2.96  +3.40  66,955,779    100.0%  23 min 42 s  "
      "     2.9 GB\n"
      "Δ: change from probe, in points.\n");
}

// Of a table that a terminal folds, every part says whose its numbers are.
TEST(Tables, FitTheTerminalWithEveryRowNamed) {
  ComparisonResults results = tweets();
  results.evidence = make_evidence(results, {.resamples = 200});
  for (const int columns : {80, 60, 40, 10}) {
    const std::string table = comparison_table(results, columns);
    std::istringstream lines(table.substr(0, table.find("Δ: ")));
    std::map<std::string, int> named;
    int parts = 0;
    for (std::string line; std::getline(lines, line);) {
      if (columns >= 40) {
        EXPECT_LE(display_width(line), columns) << line;
      }
      parts += line.starts_with("approach") ? 1 : 0;
      for (const char* name : {"probe", "last-1", "full"}) {
        named[name] += line.starts_with(name) ? 1 : 0;
      }
    }
    EXPECT_GE(parts, 2) << columns;
    for (const auto& [name, count] : named) EXPECT_EQ(count, parts) << name << columns;
    for (const char* value : {"0.6747", "66,955,779", "2.9 GB"})
      EXPECT_THAT(table, HasSubstr(value));
  }
}

TEST(Tables, ShowTheIntervalOfTheMetricThatDecides) {
  ComparisonResults results = tweets();
  results.evidence = make_evidence(results, {.resamples = 500});
  const auto low_of = [&](size_t metric) {
    return fixed(results.evidence.strategies[2][metric].low, 4);
  };
  const auto header = [](const std::string& table) { return table.substr(0, table.find('\n')); };
  std::string table = comparison_table(results);
  EXPECT_THAT(header(table), HasSubstr("macro f1   95% interval    loss"));
  EXPECT_THAT(table, HasSubstr("0.6747  " + low_of(2) + "–"));
  EXPECT_THAT(table, HasSubstr("by bootstrap (500 resamples)."));
  results.decision.metric = Metric::kMacroRecall;
  table = comparison_table(results);
  EXPECT_THAT(header(table), HasSubstr("macro recall   95% interval    loss"));
  EXPECT_THAT(table, HasSubstr(low_of(4) + "–"));
}

TEST(Tables, ShowMeanAndDeviationWhereThereAreReruns) {
  ComparisonResults results = tweets();
  SeedRun rerun;
  rerun.seed = 43;
  rerun.test = results.strategies[1].test;
  rerun.test_logits = results.strategies[1].test_logits;
  rerun.train_seconds = results.strategies[0].train_seconds + 2;
  results.strategies[0].reruns = {rerun};
  for (const bool judged : {false, true}) {
    if (judged) results.evidence = make_evidence(results, {.resamples = 200});
    const std::string table = comparison_table(results);
    EXPECT_THAT(table, HasSubstr("0.6549 ± 0.0111"));  // of 0.6471 and 0.6627
    EXPECT_THAT(table, HasSubstr("32.2 s"));
    EXPECT_THAT(table, HasSubstr("+0.78"));  // last-1 against the mean
    EXPECT_THAT(table, HasSubstr("±: standard deviation over seeds"));
  }
}

TEST(Tables, NameWhatDidNotFinish) {
  ComparisonResults results = tweets();
  results.strategies[0].failure = "the loss was not a finite number at step 12";
  results.strategies[0].test = {};
  results.strategies[0].test_logits.clear();
  const std::string table = comparison_table(results);
  EXPECT_THAT(table,
              HasSubstr("probe did not finish: the loss was not a finite number at step 12.\n"
                        "Δ: change from last-1, in points.\n"));
  EXPECT_THAT(terminal_report(results), HasSubstr("probe did not finish: the loss"));
}

TEST(Tables, OfOneStrategyHaveNoChange) {
  ComparisonResults results = tweets();
  results.strategies.resize(1);
  EXPECT_THAT(comparison_table(results), Not(HasSubstr("Δ")));
}

TEST(Tables, ShowEpochsAsTheTrainerDoes) {
  const ComparisonResults results = tweets();
  EXPECT_EQ(epoch_table(results.strategies[0], 3),
            "Epoch  Training Loss  Validation Loss  Accuracy  Macro F1\n"
            "    1       0.789700         0.788938  0.630000  0.556562\n"
            "    2       0.745400         0.782529  0.616667  0.587171  kept\n");
  EXPECT_EQ(epoch_table(twelve_sentences().strategies[0], 2),
            "Epoch  Training Loss  Validation Loss  Accuracy        F1\n"
            "    1       0.764831         0.638287  0.666667  0.800000\n");
}

TEST(Tables, ShowTrainingLossAloneWithoutValidation) {
  StrategyResult result = tweets().strategies[0];
  result.best_epoch = 0;
  EXPECT_EQ(epoch_table(result, 3),
            "Epoch  Training Loss\n"
            "    1       0.789700\n"
            "    2       0.745400\n");
}

TEST(Tables, ReportEverythingAtTheEnd) {
  const std::string text = terminal_report(tweets());
  for (const char* part :
       {"full (everything trained, from probe)", "negative              2633     1143       196",
        "weighted avg       0.65      0.65      0.65     12284", "Comparison\n══════════\n",
        "full has the best macro F1, 0.675 against probe's 0.641"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Tables, LetNoEscapeSequenceThrough) {
  ComparisonResults results = tweets();
  results.label_names[0] = "\x1b[31mred";
  results.strategies[1].name = "\x1b]0;title\x07";
  EXPECT_THAT(terminal_report(results), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace thaw
