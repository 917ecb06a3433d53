// With several seeds, one number for one thing: whatever words, tables and plots say of a metric is
// the mean over the seeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "report/export/model_card.h"
#include "report/export/results_json.h"
#include "report/findings/facts.h"
#include "report/findings/recommendation.h"
#include "report/findings/references.h"
#include "report/findings/tables.h"
#include "report/findings/words.h"
#include "report/plots/figures.h"
#include "report/report.h"
#include "results/csv.h"
#include "results/evidence.h"
#include "results/shown.h"
#include "tests/report/fixtures.h"
#include "text/numbers.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Answers of which about `skill` are right, another lot for each key.
std::vector<int32_t> answers(const std::vector<int32_t>& gold, int32_t labels, double skill,
                             int key) {
  std::vector<int32_t> given = gold;
  for (size_t row = 0; row < gold.size(); ++row) {
    const auto drawn = (row * 2654435761u + static_cast<size_t>(key) * 40503u) % 1000;
    if (static_cast<double>(drawn) >= 1000 * skill) {
      given[row] = (gold[row] + 1 + static_cast<int32_t>(drawn % (labels - 1))) % labels;
    }
  }
  return given;
}

// Three strategies with three seeds each, whose first is far from the mean; so may the last be that
// failed.
ComparisonResults three_seeds(int32_t labels, Metric metric, bool one_failed) {
  ComparisonResults results;
  results.label_names = {"a", "b"};
  if (labels == 3) results.label_names.emplace_back("c");
  results.evaluated_on = "test";
  results.decision.metric = metric;
  const int64_t rows = 1230;
  for (int64_t row = 0; row < rows; ++row) {
    results.test_gold.push_back(static_cast<int32_t>(row * 5 % labels));
  }
  results.splits = {{"train", 5000, std::vector<int64_t>(labels, 5000 / labels)},
                    {"test", rows, std::vector<int64_t>(labels, rows / labels)}};
  const std::vector<std::string> names = {"probe", "last-1", "full"};
  for (size_t s = 0; s < names.size(); ++s) {
    const auto trained = [&](int seed) {
      const double skill =
          0.70 + 0.06 * static_cast<double>(s) + (seed == 0 ? 0.031 : 0.004 * seed);
      return strategy(names[s], names[s], results.test_gold,
                      answers(results.test_gold, labels, skill, static_cast<int>(17 * s) + seed),
                      labels);
    };
    StrategyResult own = trained(0);
    own.seed = 42;
    for (int seed = 1; seed < 3; ++seed) {
      const StrategyResult again = trained(seed);
      SeedRun run;
      run.seed = static_cast<uint64_t>(42 + seed);
      run.test = again.test;
      run.test_logits = again.test_logits;
      run.train_seconds = 2 * again.train_seconds;
      own.reruns.push_back(std::move(run));
    }
    results.strategies.push_back(std::move(own));
  }
  if (one_failed) {
    SeedRun failed;
    failed.seed = 45;
    failed.failure = "the loss was not a finite number at step 12";
    results.strategies[2].reruns.push_back(failed);
  }
  results.evidence = make_evidence(results, {.resamples = 300});
  return results;
}

double mean_by_hand(const StrategyResult& strategy, Metric metric) {
  double sum = metric_value(strategy.test, metric), count = 1;
  for (const SeedRun& run : strategy.reruns) {
    if (!run.failure.empty()) continue;
    sum += metric_value(run.test, metric);
    ++count;
  }
  return sum / count;
}

// All that may be said of metrics: means, deviations and the ends of intervals; F1 of labels.
std::set<std::string> allowed(const ComparisonResults& results) {
  std::set<std::string> texts;
  const auto allow = [&](double value) {
    for (const int digits : {2, 3, 4}) texts.insert(fixed(value, digits));
  };
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    const StrategyResult& own = results.strategies[i];
    for (const Metric metric : all_metrics()) {
      allow(mean_by_hand(own, metric));
      const MetricEstimate& estimate = *estimate_of(results, i, metric);
      for (const double value : {estimate.sd, estimate.low, estimate.high}) allow(value);
    }
    for (size_t label = 0; label < results.label_names.size(); ++label) {
      double sum = own.test.per_class[label].f1, count = 1;
      for (const SeedRun& run : own.reruns) {
        if (!run.failure.empty()) continue;
        sum += run.test.per_class[label].f1;
        ++count;
      }
      allow(sum / count);
    }
  }
  allow(comparison_facts(results).baseline);
  return texts;
}

// Every number that looks like a metric: 0.6747, but no p-value, change or part of another.
void expect_means(const std::string& text, const ComparisonResults& results,
                  const std::string& where) {
  const std::set<std::string> fine = allowed(results);
  const std::regex number(R"((p = |p < |[+\-\d.…]|−)?(0\.\d{3,4})(?!\d))");
  int found = 0;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), number);
       at != std::sregex_iterator(); ++at) {
    if ((*at)[1].matched) continue;
    ++found;
    EXPECT_TRUE(fine.contains((*at)[2].str()))
        << where << " says " << (*at)[2]
        << " in: " << text.substr(std::max<std::ptrdiff_t>(0, at->position() - 80), 160);
  }
  EXPECT_GT(found, 0) << where;
}

TEST(SeveralSeeds, WordsTablesAndPlotsShowMeansAlone) {
  for (const int32_t labels : {2, 3}) {
    for (const Metric metric : {Metric::kMacroF1, Metric::kAccuracy, Metric::kLoss}) {
      for (const bool one_failed : {false, true}) {
        const ComparisonResults results = three_seeds(labels, metric, one_failed);
        const Findings words = findings(results);
        expect_means(findings_text(words), results, "the findings");
        expect_means(comparison_table(results), results, "the table");
        const Figures plots = figures(results);
        for (const auto* kind : {&plots.standing, &plots.cost, &plots.depth, &plots.classes}) {
          for (const Figure& figure : *kind) {
            const size_t begin = figure.svg.str().find("<desc"),
                         end = figure.svg.str().find("</desc>");
            ASSERT_LT(begin, end) << figure.file;
            expect_means(figure.svg.str().substr(begin, end - begin), results, figure.file);
          }
        }
        // Nothing is decided by the first seed's rows.
        EXPECT_THAT(findings_text(words), Not(HasSubstr("McNemar")));
        EXPECT_FALSE(comparison_facts(results).strategies[1].change.paired);
      }
    }
  }
}

TEST(SeveralSeeds, FilesHoldMeansAndCallTheRestTheFirstSeeds) {
  const ComparisonResults results = three_seeds(3, Metric::kMacroF1, true);
  std::istringstream csv(results_csv(results));
  std::vector<std::vector<std::string>> cells;
  for (std::string line; std::getline(csv, line);) {
    cells.emplace_back();
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.back().push_back(cell);
  }
  const auto column = [&](size_t row, const std::string& name) {
    const auto at = std::find(cells[0].begin(), cells[0].end(), name) - cells[0].begin();
    return cells[row].at(static_cast<size_t>(at));
  };
  const auto json = nlohmann::json::parse(results_json(results));
  for (size_t i = 0; i < 3; ++i) {
    for (const char* name : {"accuracy", "f1", "loss", "macro_recall"}) {
      const double mean = mean_by_hand(results.strategies[i], parse_metric(name, ""));
      EXPECT_NEAR(std::stod(column(i + 1, name)), mean, 1e-12) << name;
      EXPECT_EQ(column(i + 1, name), column(i + 1, std::string(name) + "_mean"));
    }
    const double seconds = results.strategies[i].train_seconds;
    EXPECT_NEAR(std::stod(column(i + 1, "train_seconds")), seconds * 5 / 3, 0.002);
    const auto& means = json["strategies"][i]["means"];
    EXPECT_EQ(means["seeds"], 3);
    for (const auto& own : means["metrics"]) {
      EXPECT_NEAR(own["mean"], mean_by_hand(results.strategies[i], parse_metric(own["metric"], "")),
                  1e-12);
    }
  }
  const auto& against = json["strategies"][2]["against_first"];
  EXPECT_NEAR(against["accuracy_change"],
              mean_by_hand(results.strategies[2], Metric::kAccuracy) -
                  mean_by_hand(results.strategies[0], Metric::kAccuracy),
              1e-12);
  EXPECT_FALSE(against.contains("mcnemar_exact_p"));
  const std::string text = terminal_report(results);
  EXPECT_THAT(text, HasSubstr("Confusion matrix (test, seed 42)"));
  EXPECT_THAT(text, HasSubstr("Classification report (test, seed 42)"));
}

TEST(SeveralSeeds, WithoutPredictionsMeansAreOverTheirMetrics) {
  ComparisonResults results = three_seeds(3, Metric::kMacroF1, false);
  results.evidence = {};
  EXPECT_DOUBLE_EQ(shown_value(results, 1, Metric::kMacroF1),
                   mean_by_hand(results.strategies[1], Metric::kMacroF1));
  EXPECT_EQ(shown_seeds(results, 1), 3);
  const ClassificationMetrics mean = shown_metrics(results.strategies[1]);
  EXPECT_DOUBLE_EQ(mean.macro_f1, mean_by_hand(results.strategies[1], Metric::kMacroF1));
  EXPECT_EQ(mean.confusion, results.strategies[1].test.confusion);
}

TEST(SeveralSeeds, AReferenceIsComparedWithAllOfThem) {
  ComparisonResults results = three_seeds(3, Metric::kAccuracy, false);
  ReferenceResult tfidf;
  tfidf.kind = ReferenceResult::Kind::kTfidf;
  tfidf.test_logits = logits_of(answers(results.test_gold, 3, 0.6, 99), 3);
  tfidf.test = classification_metrics(tfidf.test_logits.data(), results.test_gold.data(), 1230, 3);
  results.references = {tfidf};
  compare_with_references(results, recommend(results));
  const size_t chosen = *recommend(results).chosen;
  ASSERT_TRUE(results.references[0].difference);
  EXPECT_NEAR(results.references[0].difference->value,
              mean_by_hand(results.strategies[chosen], Metric::kAccuracy) - tfidf.test.accuracy,
              1e-12);
}

}  // namespace
}  // namespace thaw
