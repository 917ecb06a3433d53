#pragma once  // Tests: tests/report/export/json_test.cc

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/calibration.h"
#include "evaluation/evidence.h"
#include "evaluation/metrics.h"
#include "evaluation/slices.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

struct EpochResult {
  int epoch = 0;          // from 1
  double train_loss = 0;  // mean over the epoch's steps
  double validation_loss = 0, validation_accuracy = 0, validation_f1 = 0;
  double validation_macro_f1 = 0;
  double seconds = 0;  // training and validation of this epoch
  // On validation, after a temperature is fitted to it; NaN: unknown, as in runs of old versions.
  double calibrated_loss = std::numeric_limits<double>::quiet_NaN();
};

// The training loss averaged over some steps, for curves.
struct LossPoint {
  double epoch = 0;  // fractional
  int64_t step = 0;
  double loss = 0, learning_rate = 0;
};

// One candidate of a search, at one share of the training rows.
struct SearchTrial {
  std::map<std::string, std::string> settings;  // learning_rate, epochs
  int64_t train_rows = 0;
  double validation_loss = 0;  // NaN: it diverged
  // The metric that decides, by which candidates are ranked from 100 validation rows on; NaN: they
  // are ranked by the loss.
  double validation_metric = std::numeric_limits<double>::quiet_NaN();
  double seconds = 0;
  bool kept = false;  // for the next, larger share; at the end, chosen
};

// A strategy's training with one seed.
struct SeedRun {
  uint64_t seed = 0;
  // Why there are no metrics, logits and model: "the loss was not a finite number at step 12 …";
  // "": there are. `test` is then of no row.
  std::string failure;
  ClassificationMetrics test;
  std::vector<float> test_logits;  // [rows, labels]
  int best_epoch = 0;              // 0: there was no validation split; the last epoch was kept
  double train_seconds = 0;
};

// One strategy, trained and tested. As a SeedRun it is the training with the first seed, of which
// alone there are curves, a calibration and a model. One field for each key of results.json.
struct StrategyResult : SeedRun {
  std::string name;       // the name that the recipe gives, e.g. "fine_tune_last_layer"
  std::string strategy;   // "probe", "last-1", "full"
  std::string init_from;  // approach whose result it started from; "" for the checkpoint
  std::map<std::string, std::string> settings;  // epochs, learning_rate, … as they were used
  int64_t trainable_parameters = 0, total_parameters = 0;
  std::vector<EpochResult> epochs;
  std::vector<LossPoint> losses;
  int64_t steps = 0;          // optimizer steps taken; 0: unknown, then that of the last loss
  double prefix_seconds = 0;  // share of train_seconds that the frozen prefix took
  double eval_seconds = 0;
  double peak_memory_mb = 0;    // of all seeds; MB of 10^6 bytes
  std::string load_report;      // "" if there was nothing to report
  std::vector<SeedRun> reruns;  // with further seeds
  // SHA-256 over the names and bytes of all frozen tensors; "" where none is frozen.
  std::string frozen_hash_before, frozen_hash_after;
  std::optional<CalibrationResult> calibration;  // absent without a validation split
  // What a search tried on validation before this training; empty: nothing was searched.
  std::vector<SearchTrial> trials;

  // Of every seed, this one first. Valid until `reruns` changes.
  std::vector<SeedRun*> runs() {
    std::vector<SeedRun*> all{this};
    for (SeedRun& rerun : reruns) all.push_back(&rerun);
    return all;
  }
  std::vector<const SeedRun*> runs() const {
    std::vector<const SeedRun*> all{this};
    for (const SeedRun& rerun : reruns) all.push_back(&rerun);
    return all;
  }
};

// What a strategy has to beat: cheap, not asked for, and not among those that are recommended.
struct ReferenceResult {
  enum class Kind {
    kMajority,  // the training labels' shares for every row
    kTfidf,     // TF-IDF with logistic regression: no encoder
    kLinear,    // the optimum of a linear classifier on the pretrained encoder's vectors
    kPooled,    // the same where the model's own head has a dense layer before its classifier
  };
  Kind kind = Kind::kMajority;
  std::string note;  // what a reader should know of it; "": nothing
  ClassificationMetrics test;
  std::vector<float> test_logits;  // [rows, labels]; empty: unknown
  double train_seconds = 0;
  // The recommended strategy minus this one, in the metric that decides; absent where no strategy
  // is recommended or predictions are unknown.
  std::string against;
  std::optional<MetricDifference> difference;
  std::vector<MetricDifference> differences;  // the same in every metric; empty: unknown
};

// A strategy trained on some of the training rows and tested on all test rows.
struct CurvePoint {
  std::string name;
  uint64_t seed = 0;
  int64_t train_rows = 0;
  ClassificationMetrics test;
  double train_seconds = 0;
};

// Rows of two splits with equal or nearly equal texts. Row numbers are those of the files.
struct SharedRow {
  std::string first_split, second_split;
  int64_t first_row = 0, second_row = 0;
  double similarity = 1;  // Jaccard index of the texts' shingles; 1: equal, but maybe for case
  bool other_label = false;
  std::string first_text, second_text;
};

// Rows of one split with equal texts and different labels.
struct ConflictingRow {
  std::string split;
  int64_t first_row = 0, second_row = 0;
  int32_t first_label = 0, second_label = 0;
  std::string text;
};

// A training row whose label is likely wrong.
struct LabelIssue {
  int64_t row = 0;
  int32_t label = 0, suggested = 0;
  double label_probability = 0, suggested_probability = 0;  // out of fold
  std::string text;
};

// One of the first training rows of a label, to see what the data is like.
struct SampleRow {
  int32_t label = 0;
  int64_t row = 0;     // of the file
  int32_t tokens = 0;  // uncut; 0: nobody counted
  std::string text;    // cut after kMostSampleBytes
};
inline constexpr size_t kMostSampleBytes = 4000;

struct LengthCount {
  int32_t tokens = 0;  // texts of tokens … next entry's tokens - 1; the last entry: of more, too
  int64_t rows = 0;
};

// How much of the texts was read.
struct TruncationFindings {
  int max_length = 0;                        // tokens a text at most; 0: nobody counted
  int most = 0;                              // that the model takes at all
  std::map<std::string, Truncation> splits;  // by name

  Truncation all() const;
};

// What may spoil the experiment, one field for each key of results.json's data_findings. Lists are
// cut to the first kMostDataExamples; counts are not.
inline constexpr size_t kMostDataExamples = 50;
struct DataFindings {
  bool looked = false;                        // false: nobody looked
  int64_t shared_equal = 0, shared_near = 0;  // rows of the later split that an earlier one has
  std::vector<SharedRow> shared;
  int64_t conflicting = 0;
  std::vector<ConflictingRow> conflicts;
  std::vector<int32_t> tiny_classes;  // fewer than kTinyClass training rows
  bool looked_for_label_issues = false;
  int64_t suspected = 0;
  std::vector<LabelIssue> label_issues;                     // likeliest first
  std::map<std::string, std::vector<LengthCount>> lengths;  // by split, untruncated, in tokens
  std::map<std::string, int64_t> truncated;                 // rows by split
  std::vector<SampleRow> samples;                           // training rows, by label
  // By split, what the file itself calls the rows that the lists name.
  std::map<std::string, std::map<int64_t, std::string>> row_ids;
  TruncationFindings truncation;  // counted even where nobody looked
};
inline constexpr int64_t kTinyClass = 10;

// What decides: from --metric and --budget.
struct DecisionSettings {
  Metric metric = Metric::kMacroF1;
  double budget_seconds = 0;  // of training; 0: no limit
};

struct SplitSummary {
  std::string name;  // "train", "validation", "test"
  int64_t rows = 0;
  std::vector<int64_t> label_counts;  // [labels]
};

// Everything that a comparison found out; results.json is this, a field for each of its keys.
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
  std::string id_column;                   // that tells the file's rows apart; "": none does
  std::vector<std::string> test_ids;       // [test rows] its values, or empty
  std::vector<int32_t> test_gold;          // [test rows]
  std::vector<StrategyResult> strategies;  // the first is what the others are compared with
  std::vector<ReferenceResult> references;
  double started = 0;  // seconds since 1970-01-01 UTC; 0: unknown
  double total_seconds = 0;
  std::vector<CurvePoint> curve;  // of --sweep size, by approach, seed, rows
  DataFindings findings;
  DecisionSettings decision;
  SignificanceTests evidence;  // about strategies, in their order
  // Of the evaluated rows, by which they are looked at part by part (report/findings/slices.h).
  std::vector<ColumnValues> slice_values;
  std::vector<SlicedColumn> slices;  // [slice_values], or of the file alone
};

}  // namespace thaw
