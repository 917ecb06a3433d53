#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/listener.h"
#include "data/dataset.h"
#include "model/classifier.h"
#include "results/results.h"

namespace thaw {

// Above, `thaw data --suspects` looks at them; a comparison has better things to do.
inline constexpr int64_t kMostRowsToAudit = 50'000;

struct LabelIssueOptions {
  int folds = 5;
  uint64_t seed = 42;             // of the folds
  int64_t most_fitted = 1 << 14;  // training rows of a fold's classifier; more are sampled
};

// Probabilities of each row's labels by a classifier that did not see the row: exact logistic
// regression (training/logistic_regression.h) on features as wide as their spread, fitted on the
// other of `folds` stratified folds. C is what predicts held-out rows of a sample best. A label
// that fewer rows have than there are folds has probability 0 and its rows take no part: theirs are
// all 0. Throws Error where a feature is not a finite number, Interrupted as the listener says.
std::vector<double> out_of_fold_probabilities(const float* features /* [rows, hidden] */,
                                              const int32_t* given /* [rows] */, int64_t rows,
                                              int64_t hidden, int64_t labels,
                                              const LabelIssueOptions& options = {},
                                              const Listener& listener = {});  // [rows, labels]

// Mean share of a label's rows that a classifier must find to judge labels. Below, its own mistakes
// outnumber those of the labels.
inline constexpr double kRecallToJudge = 0.75;

struct LabelIssues {
  bool can_judge() const { return recall >= kRecallToJudge; }

  int64_t rows = 0;               // looked at: those of labels with at least `folds` rows
  double recall = 0;              // of the classifier that judges, mean over these labels
  std::vector<LabelIssue> found;  // the likeliest wrong first
};

// The rows of a split whose labels are likely wrong (evaluation/confident_learning.h) by a linear
// classifier on frozen features, out of fold. `features` are [rows, hidden] in the split's order.
// None where fewer than two labels have enough rows, or where the classifier is too weak to judge.
// 45,615 rows of 384 features: about 20 seconds on two cores.
LabelIssues audit_labels(const float* features, int64_t hidden, const Split& split, int64_t labels,
                         const LabelIssueOptions& options = {}, const Listener& listener = {});

// Puts the number and the first kMostDataExamples of them among the findings.
void add_label_issues(const LabelIssues& label_issues, DataFindings& findings);

// What audit_labels() reads where nothing is trained: pooled vectors of the encoder.
// [rows, hidden_size]
std::vector<float> encoder_vectors(const ClassifierModel& classifier, const TokenizedTexts& texts,
                                   NumberType precision, const std::string& stage,
                                   const Listener& listener);

// For a terminal: how many there are, then the first `most` with rows, labels, probabilities and
// texts.
std::string format_label_issues(const LabelIssues& label_issues,
                                const std::vector<std::string>& label_names, size_t most = 20,
                                int width = 88);

// row,label,label_probability,suggested,suggested_probability,text: a line for each, for a
// spreadsheet (csv_text of results/csv.h).
std::string label_issues_csv(const LabelIssues& label_issues,
                             const std::vector<std::string>& label_names);

}  // namespace thaw
