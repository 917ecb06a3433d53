#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/report/fixtures.h"

// Reports that a page must bear: everything filled, many labels, many strategies, odd names,
// failures. Numbers beyond those of fixtures.h are made up.
namespace thaw {

// Every metric of every strategy with an interval, and every pair.
inline SignificanceTests made_up_evidence(const ComparisonResults& results) {
  SignificanceTests evidence;
  evidence.resamples = 2000;
  for (const StrategyResult& s : results.strategies) {
    std::vector<MetricEstimate> own;
    for (const Metric metric : all_metrics()) {
      if (s.test.rows == 0) break;
      const double value = metric_value(s.test, metric);
      const double half = 1.0 / std::sqrt(static_cast<double>(s.test.rows));
      own.push_back({.metric = metric,
                     .value = value,
                     .sd = s.reruns.empty() ? NAN : 0.0041,
                     .low = std::max(0.0, value - half),
                     .high = metric == Metric::kLoss ? value + half : std::min(1.0, value + half)});
    }
    evidence.strategies.push_back(std::move(own));
  }
  for (size_t first = 0; first < results.strategies.size(); ++first) {
    for (size_t second = first + 1; second < results.strategies.size(); ++second) {
      const auto &a = results.strategies[first].test, &b = results.strategies[second].test;
      if (a.rows == 0 || b.rows == 0) continue;
      PairEvidence pair{.first = first, .second = second, .metrics = {}, .counts = {}};
      for (const Metric metric : all_metrics()) {
        const double change = metric_value(b, metric) - metric_value(a, metric);
        const double p = std::fabs(change) > 0.01 ? 0.0004 : 0.21;
        pair.metrics.push_back(
            {metric, change, change - 0.009, change + 0.009, p, std::min(1.0, 3 * p)});
      }
      pair.counts = {7000, 900, 1100, 3284};
      pair.mcnemar_p = 0.0005;
      pair.mcnemar_p_holm = 0.0015;
      evidence.pairs.push_back(std::move(pair));
    }
  }
  return evidence;
}

inline CalibrationSummary made_up_bins(double overconfidence, int64_t rows) {
  CalibrationSummary summary{.nll = 0.61 + overconfidence,
                             .brier = 0.42 + overconfidence / 4,
                             .ece = overconfidence / 2,
                             .bins = {}};
  for (int bin = 0; bin < kReliabilityBins; ++bin) {
    const double confidence = (bin + 0.5) / kReliabilityBins;
    const bool any = bin >= 5;
    summary.bins.push_back(
        {.rows = any ? rows * (bin - 4) / 55 : 0,
         .confidence = any ? confidence : 0,
         .accuracy = any ? std::max(0.0, confidence - overconfidence * confidence) : 0});
  }
  return summary;
}

// The first experiment with all that a comparison can find out.
inline ComparisonResults everything() {
  ComparisonResults results = tweets();
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    StrategyResult& s = results.strategies[i];
    s.seed = 42;
    for (const uint64_t seed : {43, 44}) {
      SeedRun run{.seed = seed, .failure = "", .test = s.test, .test_logits = {}, .best_epoch = 1};
      run.test.accuracy += seed == 43 ? 0.004 : -0.003;
      run.train_seconds = s.train_seconds * 1.02;
      s.reruns.push_back(std::move(run));
    }
    if (i != 2) {
      s.frozen_hash_before = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
      s.frozen_hash_after = s.frozen_hash_before;
    }
    const double overconfidence = 0.05 + 0.1 * static_cast<double>(i);
    s.calibration =
        CalibrationResult{1.0 + 3 * overconfidence, made_up_bins(overconfidence, s.test.rows),
                          made_up_bins(0.015, s.test.rows)};
    for (const int64_t rows : {500, 1000, 2000, 5000, 13684}) {
      for (const uint64_t seed : {42, 43, 44}) {
        CurvePoint point{.name = s.name, .seed = seed, .train_rows = rows, .test = s.test};
        const double lost = (2 + static_cast<double>(i)) / std::sqrt(static_cast<double>(rows)) +
                            0.004 * static_cast<double>(seed % 3);
        point.test.macro_f1 -= lost;
        point.test.accuracy -= lost;
        point.train_seconds = s.train_seconds * static_cast<double>(rows) / 13684;
        results.curve.push_back(std::move(point));
      }
    }
  }
  results.strategies[1].reruns[1] = {};
  results.strategies[1].reruns[1].seed = 44;
  results.strategies[1].reruns[1].failure = "the loss was not a finite number at step 12";
  for (int trial = 0; trial < 6; ++trial) {
    results.strategies[2].trials.push_back(
        {.settings = {{"learning_rate", trial % 2 == 0 ? "2e-05" : "0.0001"},
                      {"epochs", std::to_string(1 + trial / 2)}},
         .train_rows = trial < 4 ? 3421 : 13684,
         .validation_loss = trial == 3 ? NAN : 0.7 - 0.01 * trial,
         .seconds = 20.0 + trial,
         .kept = trial == 4});
  }
  DataFindings& found = results.findings;
  found.looked = found.looked_for_label_issues = true;
  found.shared_equal = 3;
  found.shared_near = 9;
  for (int64_t i = 0; i < 12; ++i) {
    found.shared.push_back({.first_split = "train",
                            .second_split = "test",
                            .first_row = 100 + i,
                            .second_row = 2000 + i,
                            .similarity = i < 3 ? 1.0 : 0.93,
                            .other_label = i == 4,
                            .first_text = "the same words stand here " + std::to_string(i),
                            .second_text = "the same words stand here, nearly"});
  }
  found.conflicting = 4;
  for (int64_t i = 0; i < 4; ++i) {
    found.conflicts.push_back({"train", 7 + i, 77 + i, 0, 2, "@user what a day this was"});
  }
  found.suspected = 11;
  for (int64_t i = 0; i < 11; ++i) {
    found.label_issues.push_back({.row = 900 + i,
                                  .label = 0,
                                  .suggested = 2,
                                  .label_probability = 0.01 + 0.01 * static_cast<double>(i),
                                  .suggested_probability = 0.97 - 0.02 * static_cast<double>(i),
                                  .text = "I love this so much, best show of the year"});
  }
  for (const SplitSummary& split : results.splits) {
    for (int32_t tokens = 0; tokens < 160; tokens += 4) {
      const double hump = std::exp(-std::pow((tokens - 28.0) / 16, 2));
      found.lengths[split.name].push_back(
          {tokens, static_cast<int64_t>(hump * static_cast<double>(split.rows) / 7)});
    }
  }
  found.truncated = {{"test", 4}, {"train", 11}};
  results.decision = {.metric = Metric::kMacroF1, .budget_seconds = 600};
  results.evidence = made_up_evidence(results);
  return results;
}

// A strategy for each name on rows whose gold labels go round; every strategy errs on its own rows.
inline ComparisonResults round_robin(const std::vector<std::string>& labels,
                                     const std::vector<std::string>& kinds, int64_t rows) {
  ComparisonResults results;
  results.title = "Many of them";
  results.model = "distilbert-base-uncased";
  results.label_names = labels;
  const auto count = static_cast<int32_t>(labels.size());
  for (const char* split : {"train", "test"}) {
    SplitSummary summary{split, 0, {}};
    for (int32_t label = 0; label < count; ++label) {
      summary.label_counts.push_back(5 + 400 / (label + 1));
      summary.rows += summary.label_counts.back();
    }
    results.splits.push_back(std::move(summary));
  }
  for (int64_t row = 0; row < rows; ++row) {
    results.test_gold.push_back(static_cast<int32_t>(row % count));
    results.test_rows.push_back(row);
    results.test_texts.push_back("text " + std::to_string(row));
  }
  for (size_t i = 0; i < kinds.size(); ++i) {
    std::vector<int32_t> given = results.test_gold;
    for (size_t row = i; row < given.size(); row += 3 + i) given[row] = (given[row] + 1) % count;
    StrategyResult own = strategy(kinds[i], kinds[i], results.test_gold, given, count);
    own.train_seconds = 20 + 45 * static_cast<double>(i * i);
    const double gain = 0.02 * static_cast<double>(i);
    own.epochs = {{1, 0.9 - gain, 0.91 - gain, 0.6 + gain, 0.58 + gain, 0.58 + gain, 4},
                  {2, 0.8 - gain, 0.88 - gain / 2, 0.63 + gain, 0.6 + gain, 0.6 + gain, 4}};
    own.losses = loss_curve(1.1 - 0.02 * static_cast<double>(i), 0.7, 1000, 2, 1e-4);
    own.best_epoch = 2;
    own.settings = {{"epochs", "2"}, {"learning_rate", "2e-05"}};
    results.strategies.push_back(std::move(own));
  }
  results.evidence = made_up_evidence(results);
  return results;
}

inline std::vector<std::string> numbered_labels(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("intent_number_" + std::to_string(i));
  return names;
}

inline ComparisonResults nine_strategies() {
  return round_robin(
      {"no", "yes"},
      {"probe", "last-1", "last-2", "last-3", "last-4", "last-5", "last-6", "last-8", "full"}, 400);
}

// Names that are long, of other scripts, of emoji, from right to left, or like markup.
inline ComparisonResults odd_names() {
  ComparisonResults results = everything();
  results.title = "<b>Ω</b> & \"x\" 🎉";
  results.label_names = {std::string(120, 'W'), "שלילי מאוד <script>",
                         "👍🏽 大いに肯定的である 👍🏽"};
  results.strategies[0].name = "an_approach_whose_name_goes_on_and_on_for_longer_than_a_line_is";
  results.strategies[1].name = "מקפיאים הכול";
  results.strategies[2].name = "🔥🔥🔥 full 🔥🔥🔥 <i>";
  for (CurvePoint& point : results.curve) point.name = results.strategies[2].name;
  for (size_t row = 0; row < results.test_texts.size(); ++row) {
    results.test_texts[row] = row % 3 == 0 ? "<img src=x onerror=alert(1)> & so on"
                              : row % 3 == 1 ? "هذا نص عربي طويل إلى حد ما, with English 12"
                                             : std::string(300, 'x') + " 🙂";
  }
  return results;
}

// One of three diverged.
inline ComparisonResults with_failure(size_t failed) {
  ComparisonResults results = everything();
  StrategyResult& s = results.strategies[failed];
  s.failure =
      "the loss was not a finite number at step 12 (epoch 1); a lower learning_rate may help";
  s.test = {};
  s.test_logits.clear();
  s.reruns.clear();
  s.calibration.reset();
  s.epochs.clear();
  s.losses.resize(2);
  s.best_epoch = 0;
  results.evidence = made_up_evidence(results);
  return results;
}

inline ComparisonResults all_failed() {
  ComparisonResults results = with_failure(0);
  for (const size_t i : {1, 2}) results.strategies[i] = with_failure(i).strategies[i];
  results.evidence = {};
  results.curve.clear();
  return results;
}

inline std::vector<std::pair<std::string, ComparisonResults>> page_fixtures() {
  const std::vector<std::string> three = {"probe", "last-2", "full"};
  return {{"tweets", tweets()},
          {"twelve-sentences", twelve_sentences()},
          {"everything", everything()},
          {"nine-strategies", nine_strategies()},
          {"twenty-labels", round_robin(numbered_labels(20), three, 600)},
          {"many-labels", round_robin(numbered_labels(150), three, 900)},
          {"odd-names", odd_names()},
          {"failure", with_failure(1)},
          {"first-failed", with_failure(0)},
          {"all-failed", all_failed()}};
}

}  // namespace thaw
