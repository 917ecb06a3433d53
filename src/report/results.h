#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/metrics.h"

namespace thaw {

struct EpochResult {
  int epoch = 0;          // from 1
  double train_loss = 0;  // mean over the epoch's steps
  double validation_loss = 0, validation_accuracy = 0, validation_f1 = 0;
  double validation_macro_f1 = 0;
  double seconds = 0;  // training and validation of this epoch
};

// The training loss averaged over some steps, for curves.
struct LossPoint {
  double epoch = 0;  // fractional
  int64_t step = 0;
  double loss = 0, learning_rate = 0;
};

// One strategy, trained and tested.
struct StrategyResult {
  std::string approach;   // the name that the recipe gives, e.g. "fine_tune_last_layer"
  std::string strategy;   // "probe", "last-1", "full"
  std::string init_from;  // approach whose result it started from; "" for the checkpoint
  std::map<std::string, std::string> settings;  // epochs, learning_rate, … as they were used
  int64_t trainable_parameters = 0, total_parameters = 0;
  std::vector<EpochResult> epochs;
  std::vector<LossPoint> losses;
  int64_t steps = 0;          // optimizer steps taken; 0: unknown, then that of the last loss
  int best_epoch = 0;         // 0: there was no validation split; the last epoch was kept
  double prefix_seconds = 0;  // share of train_seconds that the frozen prefix took
  double train_seconds = 0, eval_seconds = 0, peak_memory_mb = 0;  // MB of 10^6 bytes
  ClassificationMetrics test;
  std::vector<float> test_logits;  // [rows, labels]
  std::string load_report;         // "" if there was nothing to report
};

struct SplitSummary {
  std::string name;  // "train", "validation", "test"
  int64_t rows = 0;
  std::vector<int64_t> label_counts;  // [labels]
};

// Everything that a comparison found out; results.json is this.
struct ComparisonResults {
  std::string title;        // the recipe's name
  std::string model, data;  // as the user named them
  std::vector<std::string> label_names;
  std::vector<SplitSummary> splits;
  std::map<std::string, std::string> settings;  // shared settings as they were used
  std::map<std::string, std::string> versions;  // thaw, oneDNN, compiler
  std::map<std::string, std::string> machine;   // cpu, cores, memory, system
  std::string precision;                        // "fp32" or "bf16", and why
  std::string evaluated_on;                // "test", or "validation" where there is no test split
  std::vector<std::string> test_texts;     // [test rows]
  std::vector<int64_t> test_rows;          // [test rows] row numbers in the source file
  std::vector<int32_t> test_gold;          // [test rows]
  std::vector<StrategyResult> strategies;  // the first is what the others are compared with
  double total_seconds = 0;
};

}  // namespace thaw
