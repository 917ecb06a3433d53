#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thaw {

struct ClassMetrics {
  double precision = 0, recall = 0, f1 = 0;  // 0 where undefined, as scikit-learn's zero_division=0
  int64_t support = 0;
};

// All metrics of one set of predictions, as scikit-learn defines them.
struct ClassificationMetrics {
  int64_t rows = 0;
  double loss = 0;  // mean cross-entropy over rows
  double accuracy = 0;
  double macro_precision = 0, macro_recall = 0, macro_f1 = 0;
  double weighted_precision = 0, weighted_recall = 0, weighted_f1 = 0;
  std::optional<double> binary_f1;         // of label 1, where there are two labels
  std::vector<ClassMetrics> per_class;     // [labels]
  std::vector<int64_t> confusion;          // [labels, labels], rows are gold, columns predicted

  // The F1 that results tables show: binary with two labels, macro otherwise.
  double f1() const { return binary_f1.value_or(macro_f1); }
};

// Highest logit, ties to the lowest label.  // [rows]
std::vector<int32_t> predicted_labels(const float* logits, int64_t rows, int64_t labels);

// Softmax in double.  // [rows, labels]
std::vector<float> probabilities(const float* logits, int64_t rows, int64_t labels);

ClassificationMetrics classification_metrics(const float* logits /* [rows, labels] */,
                                             const int32_t* gold /* [rows] */, int64_t rows,
                                             int64_t labels);

// scikit-learn's classification_report, character for character.
std::string classification_report(const ClassificationMetrics& metrics,
                                  const std::vector<std::string>& label_names, int digits = 2);

// The confusion matrix with row and column names: counts, then each row's shares in percent.
std::string format_confusion_matrix(const ClassificationMetrics& metrics,
                                    const std::vector<std::string>& label_names);

}  // namespace thaw
