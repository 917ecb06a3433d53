#pragma once

#include "tests/report/fixtures.h"

namespace thaw {

inline CalibrationSummary calibration_summary(double ece) {
  CalibrationSummary summary{.nll = 0.74 + ece, .brier = 0.45 + ece, .ece = ece, .bins = {}};
  summary.bins.resize(kReliabilityBins);
  summary.bins[9] = {.rows = 4100, .confidence = 0.641, .accuracy = 0.641 - ece};
  summary.bins[14] = {.rows = 8184, .confidence = 0.97, .accuracy = 0.97 - ece};
  return summary;
}

inline SignificanceTests evidence_of_tweets(const ComparisonResults& results) {
  SignificanceTests evidence{.resamples = 2000, .strategies = {}, .pairs = {}};
  for (const StrategyResult& strategy : results.strategies) {
    std::vector<MetricEstimate> estimates;
    for (const Metric metric : all_metrics()) {
      if (strategy.test.rows == 0) break;
      const double value = metric_value(strategy.test, metric);
      estimates.push_back({.metric = metric,
                           .value = value,
                           .sd = strategy.reruns.empty() ? std::nan("") : 0.0037,
                           .low = value - 0.0083,
                           .high = value + 0.0081});
    }
    evidence.strategies.push_back(std::move(estimates));
  }
  PairEvidence pair{.first = 0, .second = 2, .metrics = {}, .counts = {}};
  pair.metrics = {{.metric = Metric::kMacroF1,
                   .value = 0.0296,
                   .low = 0.021,
                   .high = 0.038,
                   .p = 0.0005,
                   .p_holm = 0.0015}};
  pair.counts = {.both_right = 7462, .first_only = 487, .second_only = 851, .neither = 3484};
  pair.mcnemar_p = 1.25e-23;
  pair.mcnemar_p_holm = 3.75e-23;
  evidence.pairs = {pair};
  return evidence;
}

// The rows by a column "language": most are "en", too few are "=de".
inline void add_slices(ComparisonResults& results) {
  ColumnValues language("language");
  language.set_present("language");
  language.set_text();
  SlicedColumn sliced;
  sliced.name = "language";
  sliced.text = true;
  sliced.values = 2;
  for (const auto& [name, rows] : {std::pair{"en", 12270}, std::pair{"=de", 14}}) {
    for (int row = 0; row < rows; ++row) language.push_back(name);
    Slice& slice = sliced.slices.emplace_back();
    slice.name = name;
    slice.rows = rows;
    for (const StrategyResult& strategy : results.strategies) {
      auto& metrics = slice.strategies.emplace_back();
      for (const Metric metric : all_metrics()) {
        SliceMetric& own = metrics.emplace_back();
        own.metric = metric;
        own.value = metric_value(strategy.test, metric);
        if (slice.too_few()) continue;
        own.low = own.value - 0.01;
        own.high = own.value + 0.01;
        own.difference = 0.05;
        own.difference_low = 0.02;
        own.difference_high = 0.08;
        own.p = 0.0021;
        own.p_holm = 0.0042;
      }
    }
  }
  results.slices = {sliced};
  results.slice_values = {language};
}

// tweets() with every field filled: reruns (one of which failed), calibration, a search, a learning
// curve, data findings, a decision, evidence and hashes.
inline ComparisonResults tweets_in_full() {
  ComparisonResults results = tweets();
  results.started = 1'790'000'000.25;
  results.decision = {.metric = Metric::kAccuracy, .budget_seconds = 600};
  for (StrategyResult& strategy : results.strategies) strategy.seed = 42;
  StrategyResult& probe = results.strategies[0];
  probe.frozen_hash_before = probe.frozen_hash_after = std::string(64, 'a');
  probe.calibration = CalibrationResult{.temperature = 1.0731,
                                        .before = calibration_summary(0.0312),
                                        .after = calibration_summary(0.0118)};
  probe.trials = {{.settings = {{"epochs", "2"}, {"learning_rate", "0.0005"}},
                   .train_rows = 3421,
                   .validation_loss = 0.81,
                   .seconds = 1.5,
                   .kept = true},
                  {.settings = {{"epochs", "2"}, {"learning_rate", "0.05"}},
                   .train_rows = 3421,
                   .validation_loss = std::nan(""),
                   .seconds = 0.7,
                   .kept = false}};
  SeedRun again{.seed = 43, .failure = "", .test = probe.test, .test_logits = {}};
  again.test_logits = results.strategies[1].test_logits;
  again.test = results.strategies[1].test;
  again.test.loss = 0.7402;
  again.best_epoch = 2;
  again.train_seconds = 30.9;
  SeedRun failed;
  failed.seed = 18'446'744'073'709'551'615u;
  failed.failure = "the loss was not a finite number at step 12";
  failed.train_seconds = 0.4;
  probe.reruns = {again, failed};
  results.curve = {{.name = "probe",
                    .seed = 42,
                    .train_rows = 1368,
                    .test = results.strategies[0].test,
                    .train_seconds = 3.3},
                   {.name = "probe",
                    .seed = 42,
                    .train_rows = 13684,
                    .test = results.strategies[1].test,
                    .train_seconds = 31.2}};
  ReferenceResult tfidf;
  tfidf.kind = ReferenceResult::Kind::kTfidf;
  tfidf.note = "it keeps 500,000 of 612,345 n-grams";
  tfidf.test = results.strategies[1].test;
  tfidf.train_seconds = 2.5;
  tfidf.against = "full";
  tfidf.difference = MetricDifference{.metric = Metric::kAccuracy,
                                      .value = 0.0296,
                                      .low = 0.021,
                                      .high = 0.038,
                                      .p = 0.0005,
                                      .p_holm = 0.0005};
  tfidf.differences = {*tfidf.difference};
  results.references = {tfidf};
  add_slices(results);
  DataFindings& found = results.findings;
  found.looked = found.looked_for_label_issues = true;
  found.shared_equal = 3;
  found.shared_near = 1;
  found.shared = {{.first_split = "train",
                   .second_split = "test",
                   .first_row = 12,
                   .second_row = 7,
                   .similarity = 0.85,
                   .other_label = true,
                   .first_text = "so <b>good</b>",
                   .second_text = "so good"}};
  found.conflicting = 1;
  found.conflicts = {{.split = "train",
                      .first_row = 1,
                      .second_row = 5,
                      .first_label = 0,
                      .second_label = 2,
                      .text = "fine"}};
  found.tiny_classes = {1};
  found.suspected = 2;
  found.label_issues = {{.row = 99,
                         .label = 0,
                         .suggested = 2,
                         .label_probability = 0.02,
                         .suggested_probability = 0.93,
                         .text = "lovely"}};
  found.samples = {{.label = 2, .row = 4, .tokens = 31, .text = "so good"}};
  found.row_ids = {{"train", {{4, "T-4"}}}};
  found.lengths = {{"train", {{.tokens = 1, .rows = 40}, {.tokens = 9, .rows = 13644}}},
                   {"test", {{.tokens = 5, .rows = 12284}}}};
  found.truncated = {{"train", 2}, {"test", 0}};
  found.truncation = {
      .max_length = 128,
      .most = 512,
      .splits = {{"train", {13'684, 2, 400'000, 12, 140}}, {"test", {12'284, 0, 380'000, 0, 90}}}};
  results.evidence = evidence_of_tweets(results);
  return results;
}

// The same where `last-1` failed.
inline ComparisonResults tweets_with_failure() {
  ComparisonResults results = tweets_in_full();
  StrategyResult& last = results.strategies[1];
  last.failure = "the loss was not a finite number at step 12 (learning rate 2)";
  last.test = {};
  last.test_logits.clear();
  last.best_epoch = 0;
  results.evidence = evidence_of_tweets(results);
  return results;
}

}  // namespace thaw
