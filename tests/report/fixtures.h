#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/results.h"

namespace thaw {

// Logits for predictions that are known: the label that was given stands `margin` above the rest.
inline std::vector<float> logits_of(const std::vector<int32_t>& given, int64_t labels,
                                    float margin = 1.5f) {
  std::vector<float> logits(given.size() * static_cast<size_t>(labels));
  for (size_t row = 0; row < given.size(); ++row) {
    for (int64_t label = 0; label < labels; ++label) {
      // A little of everything, so that the rows differ.
      const float ripple = 0.2f * std::sin(static_cast<float>(row * 7 + label * 3));
      logits[row * labels + label] = ripple + (given[row] == label ? margin : 0.0f);
    }
  }
  return logits;
}

inline StrategyResult strategy(const std::string& name, const std::string& kind,
                               const std::vector<int32_t>& gold, const std::vector<int32_t>& given,
                               int64_t labels) {
  StrategyResult result;
  result.name = name;
  result.strategy = kind;
  result.test_logits = logits_of(given, labels);
  result.test = classification_metrics(result.test_logits.data(), gold.data(),
                                       static_cast<int64_t>(gold.size()), labels);
  result.total_parameters = 66'955'779;
  result.trainable_parameters = kind == "probe" ? 592'899 : kind == "full" ? 66'955'779 : 7'680'771;
  result.train_seconds = kind == "probe" ? 31.24 : kind == "full" ? 1421.7 : 182.5;
  result.eval_seconds = 38.6;
  result.peak_memory_mb = kind == "probe" ? 812 : kind == "full" ? 2934 : 1288;
  return result;
}

// Predictions that repeat a confusion matrix row by row: each gold row's answers are dealt out in
// turn, shifted by `shift`, so that two strategies are right on different rows.
inline std::vector<int32_t> deal(const std::vector<int32_t>& gold,
                                 const std::vector<std::vector<int64_t>>& confusion,
                                 int64_t shift) {
  const size_t labels = confusion.size();
  std::vector<std::vector<int32_t>> answers(labels);
  for (size_t g = 0; g < labels; ++g) {
    for (size_t p = 0; p < labels; ++p) {
      answers[g].insert(answers[g].end(), static_cast<size_t>(confusion[g][p]),
                        static_cast<int32_t>(p));
    }
  }
  std::vector<int64_t> seen(labels);
  std::vector<int32_t> given;
  for (const int32_t g : gold) {
    const auto count = static_cast<int64_t>(answers[g].size());
    given.push_back(answers[g][(seen[g]++ + shift) % count]);
  }
  return given;
}

inline std::vector<LossPoint> loss_curve(double from, double to, int64_t steps, double epochs,
                                         double rate) {
  std::vector<LossPoint> points;
  for (int64_t step = 50; step <= steps; step += 50) {
    const double done = static_cast<double>(step) / static_cast<double>(steps);
    const double wobble = 0.025 * std::sin(static_cast<double>(step) * 0.37) +
                          0.02 * std::sin(static_cast<double>(step) * 0.053);
    points.push_back({.epoch = done * epochs,
                      .step = step,
                      .loss = to + (from - to) * std::exp(-4 * done) + wobble,
                      .learning_rate = rate * (1 - done)});
  }
  return points;
}

// The first notebook's experiment, with its data, its epochs and its probe's confusion matrix; the
// other two approaches' rows are made up near its totals.
inline ComparisonResults tweets() {
  ComparisonResults results;
  results.title = "TweetEval sentiment";
  results.model = "distilbert-base-uncased";
  results.data = "tweet_eval/sentiment";
  results.label_names = {"negative", "neutral", "positive"};
  results.splits = {{"train", 13684, {2129, 6261, 5294}},
                    {"validation", 600, {90, 249, 261}},
                    {"test", 12284, {3972, 5937, 2375}}};
  results.settings = {{"max_length", "128"},      {"batch_size", "16"},
                      {"weight_decay", "0.01"},   {"warmup_ratio", "0.06"},
                      {"subset_fraction", "0.3"}, {"seed", "42"},
                      {"eval_batch_size", "32"},  {"pooling", "native"}};
  results.versions = {{"thaw", "0.1.0"}, {"oneDNN", "2.6.3"}, {"compiler", "GCC 12.2.0"}};
  results.machine = {{"cpu", "Example CPU, AVX-512, BF16"},
                     {"cores", "8"},
                     {"memory", "32 GB"},
                     {"system", "Linux 6.1 x86_64"}};
  results.precision = "bf16 (the CPU has AVX512-BF16)";
  results.evaluated_on = "test";
  results.total_seconds = 1760.2;

  const std::vector<int64_t> counts = {3972, 5937, 2375};
  std::vector<int64_t> left = counts;
  for (int64_t row = 0; row < 12284; ++row) {
    // The class that is furthest behind its share comes next.
    int32_t next = 0;
    double most = -1;
    for (int32_t label = 0; label < 3; ++label) {
      const double share = static_cast<double>(left[label]) / static_cast<double>(counts[label]);
      if (share > most) {
        most = share;
        next = label;
      }
    }
    --left[next];
    results.test_gold.push_back(next);
    results.test_rows.push_back(row);
    results.test_texts.push_back("tweet number " + std::to_string(row));
  }
  const auto& gold = results.test_gold;
  const std::vector<std::vector<int64_t>> probe_confusion = {
      {2633, 1143, 196}, {1219, 3809, 909}, {113, 755, 1507}};
  const std::vector<std::vector<int64_t>> last_confusion = {
      {2702, 1092, 178}, {1180, 3861, 896}, {98, 699, 1578}};
  const std::vector<std::vector<int64_t>> full_confusion = {
      {2850, 990, 132}, {1266, 3838, 833}, {70, 680, 1625}};
  StrategyResult probe = strategy("probe", "probe", gold, deal(gold, probe_confusion, 0), 3);
  probe.settings = {{"epochs", "2"}, {"learning_rate", "0.0005"}};
  probe.epochs = {{1, 0.7897, 0.788938, 0.63, 0.556562, 0.556562, 15.9},
                  {2, 0.7454, 0.782529, 0.616667, 0.587171, 0.587171, 15.3}};
  probe.losses = loss_curve(1.08, 0.735, 1712, 2, 5e-4);
  probe.steps = 1712;
  probe.best_epoch = 2;
  probe.prefix_seconds = 27.8;
  probe.test.loss = 0.7459889650344849;
  probe.load_report =
      "Key                     | Status     |\n"
      "------------------------+------------+-\n"
      "vocab_layer_norm.bias   | UNEXPECTED |\n"
      "pre_classifier.bias     | MISSING    |\n"
      "classifier.weight       | MISSING    |\n";
  StrategyResult last = strategy("last-1", "last-1", gold, deal(gold, last_confusion, 120), 3);
  last.settings = {{"epochs", "3"}, {"learning_rate", "2e-05"}};
  last.epochs = {{1, 0.7103, 0.7421, 0.6567, 0.6214, 0.6214, 60.1},
                 {2, 0.6452, 0.7288, 0.6683, 0.6402, 0.6402, 60.9},
                 {3, 0.6120, 0.7305, 0.6650, 0.6391, 0.6391, 61.5}};
  last.losses = loss_curve(0.98, 0.6, 2568, 3, 2e-5);
  last.steps = 2568;
  last.best_epoch = 2;
  last.test.loss = 0.7261;
  StrategyResult full = strategy("full", "full", gold, deal(gold, full_confusion, 260), 3);
  full.init_from = "probe";
  full.settings = {{"epochs", "3"}, {"learning_rate", "2e-05"}};
  full.epochs = {{1, 0.4119, 0.866622, 0.68, 0.664017, 0.664017, 470.4},
                 {2, 0.3291, 0.975004, 0.686667, 0.661984, 0.661984, 474.9},
                 {3, 0.2695, 1.304437, 0.7, 0.676646, 0.676646, 476.4}};
  full.losses = loss_curve(0.74, 0.24, 2568, 3, 2e-5);
  full.steps = 2568;
  full.best_epoch = 1;
  full.test.loss = 0.8187649250030518;
  results.strategies = {probe, last, full};
  return results;
}

// The second notebook's experiment: three test rows, one epoch, two labels, no validation split.
inline ComparisonResults twelve_sentences() {
  ComparisonResults results;
  results.title = "Twelve sentences";
  results.model = "distilbert-base-uncased";
  results.data = "twelve-sentences.csv";
  results.label_names = {"negative", "positive"};
  results.splits = {{"train", 9, {4, 5}}, {"test", 3, {1, 2}}};
  results.settings = {{"batch_size", "8"}, {"max_length", "64"}, {"seed", "42"}};
  results.versions = {{"thaw", "0.1.0"}};
  results.machine = {{"cores", "2"}};
  results.precision = "fp32";
  results.evaluated_on = "test";
  results.total_seconds = 4.1;
  results.test_gold = {1, 0, 1};
  results.test_rows = {8, 11, 9};
  results.test_texts = {"Not bad, acceptable.", "I am not satisfied with this.",
                        "Okay, could be improved."};
  StrategyResult frozen =
      strategy("feature_extraction_freeze_all", "probe", results.test_gold, {1, 1, 1}, 2);
  frozen.settings = {{"epochs", "1"}, {"learning_rate", "0.002"}};
  frozen.trainable_parameters = 592'130;
  frozen.epochs = {{1, 0.764831, 0.638287, 0.666667, 0.8, 0.4, 0.2}};
  frozen.best_epoch = 1;
  frozen.steps = 2;
  frozen.test.loss = 0.6382869482040405;
  frozen.train_seconds = 0.21;
  frozen.eval_seconds = 0.02;
  StrategyResult last = strategy("fine_tune_last_layer", "last-1", results.test_gold, {0, 0, 0}, 2);
  last.settings = {{"epochs", "1"}, {"learning_rate", "2e-05"}};
  last.trainable_parameters = 7'680'002;
  last.epochs = {{1, 0.792653, 0.710488, 0.333333, 0.0, 0.25, 0.5}};
  last.losses = {{.epoch = 0.5, .step = 1, .loss = 0.81, .learning_rate = 2e-5},
                 {.epoch = 1.0, .step = 2, .loss = 0.775, .learning_rate = 1e-5}};
  last.best_epoch = 1;
  last.steps = 2;
  last.test.loss = 0.710488498210907;
  last.train_seconds = 0.62;
  last.eval_seconds = 0.02;
  for (StrategyResult* each : {&frozen, &last}) each->total_parameters = 66'955'010;
  results.strategies = {frozen, last};
  return results;
}

}  // namespace thaw
