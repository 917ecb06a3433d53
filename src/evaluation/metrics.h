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

// All metrics of one set of predictions, as scikit-learn defines them. Macro averages go over the
// labels that occur in gold or predictions, as f1_score(gold, predicted, average="macro") does.
struct ClassificationMetrics {
  int64_t rows = 0;
  double loss = 0;  // mean cross-entropy over rows
  double accuracy = 0;
  double macro_precision = 0, macro_recall = 0, macro_f1 = 0;
  double weighted_precision = 0, weighted_recall = 0, weighted_f1 = 0;
  std::optional<double> binary_f1;      // of label 1, where there are two labels
  std::vector<ClassMetrics> per_class;  // [labels]
  std::vector<int64_t> confusion;       // [labels, labels], rows are gold, columns predicted

  // The F1 that results tables show: binary with two labels, macro otherwise.
  double f1() const { return binary_f1.value_or(macro_f1); }
};

// Highest logit, ties to the lowest label. Throws Error when a logit is NaN or infinite, as from a
// run that diverged: no label would be an honest answer.  // [rows]
std::vector<int32_t> predicted_labels(const float* logits, int64_t rows, int64_t labels);

// Softmax of logits / temperature in double. Throws Error as predicted_labels does, and where the
// temperature is not above 0.  // [rows, labels]
std::vector<float> probabilities(const float* logits, int64_t rows, int64_t labels,
                                 double temperature = 1);

// Throws Error when there are no rows, a gold label lies outside 0…labels-1, or a logit is NaN or
// infinite. The loss is summed in double.
ClassificationMetrics classification_metrics(const float* logits /* [rows, labels] */,
                                             const int32_t* gold /* [rows] */, int64_t rows,
                                             int64_t labels);

// The same from a confusion matrix alone (rows are gold); the loss is left 0. Throws Error when
// the matrix is not [labels, labels], has a negative count, or is empty.
ClassificationMetrics metrics_from_confusion(const std::vector<int64_t>& confusion, int64_t labels);

// The cross-entropy of each row, in double. Throws Error as classification_metrics does.  // [rows]
std::vector<double> row_losses(const float* logits /* [rows, labels] */,
                               const int32_t* gold /* [rows] */, int64_t rows, int64_t labels);

// scikit-learn's classification_report(gold, predicted, labels=range(n), target_names=label_names),
// character for character. Its macro avg, unlike macro_f1 above, counts a class that occurs in
// neither gold nor predictions with 0, as there. Throws Error when the names do not fit the
// metrics.
std::string classification_report(const ClassificationMetrics& metrics,
                                  const std::vector<std::string>& label_names, int digits = 2);

// The same for a terminal: of more than kMostLabelsInReport labels the largest, and how many more
// there are.
std::string short_classification_report(const ClassificationMetrics& metrics,
                                        const std::vector<std::string>& label_names);

inline constexpr size_t kMostLabelsInMatrix = 12, kMostLabelsInReport = 30;

// The confusion matrix with row and column names: counts, then each row's shares in percent, "-"
// for a row without any. Control characters in names become '?', long names are cut with "…".
// With more than kMostLabelsInMatrix labels, the pairs that are mixed up most, a line each.
// Throws Error when the names do not fit the metrics.
std::string format_confusion_matrix(const ClassificationMetrics& metrics,
                                    const std::vector<std::string>& label_names);

}  // namespace thaw
