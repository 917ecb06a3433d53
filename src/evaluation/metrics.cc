#include "evaluation/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "base/error.h"

namespace thaw {
namespace {

void check_logits(const float* logits, int64_t rows, int64_t labels) {
  if (labels < 1) throw Error("there are no labels to choose from");
  for (int64_t i = 0; i < rows * labels; ++i) {
    if (!std::isfinite(logits[i])) {
      throw Error(
          fmt::format("the model's logits for row {} are not finite numbers", i / labels + 1), "",
          "the training diverged: train again with a lower learning rate");
    }
  }
}

int32_t highest(const float* row, int64_t labels) {
  return static_cast<int32_t>(std::max_element(row, row + labels) - row);
}

// log Σ exp(row), shifted by the highest logit so that nothing overflows.
double log_sum_exp(const float* row, int64_t labels) {
  const double top = *std::max_element(row, row + labels);
  double sum = 0;
  for (int64_t j = 0; j < labels; ++j) sum += std::exp(static_cast<double>(row[j]) - top);
  return top + std::log(sum);
}

// The sum in the order in which NumPy adds, so that a mean that lies on a rounding edge is printed
// as scikit-learn prints it.
double numpy_sum(std::span<const double> values) {
  const size_t count = values.size();
  if (count < 8) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (count <= 128) {
    double lane[8];
    std::copy_n(values.begin(), 8, lane);
    size_t i = 8;
    for (; i + 8 <= count; i += 8) {
      for (size_t j = 0; j < 8; ++j) lane[j] += values[i + j];
    }
    double sum =
        ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < count; ++i) sum += values[i];
    return sum;
  }
  const size_t half = count / 2 - (count / 2) % 8;
  return numpy_sum(values.first(half)) + numpy_sum(values.subspan(half));
}

double ratio(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<int32_t> predicted_labels(const float* logits, int64_t rows, int64_t labels) {
  check_logits(logits, rows, labels);
  std::vector<int32_t> predicted(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) predicted[row] = highest(logits + row * labels, labels);
  return predicted;
}

std::vector<float> probabilities(const float* logits, int64_t rows, int64_t labels,
                                 double temperature) {
  check_logits(logits, rows, labels);
  if (!(temperature > 0)) throw Error("a temperature must be above 0");
  std::vector<float> shares(static_cast<size_t>(rows * labels));
  for (int64_t row = 0; row < rows; ++row) {
    const float* own = logits + row * labels;
    double most = own[0], total = 0;
    for (int64_t j = 1; j < labels; ++j) most = std::max<double>(most, own[j]);
    for (int64_t j = 0; j < labels; ++j) total += std::exp((own[j] - most) / temperature);
    const double log_total = std::log(total);
    for (int64_t j = 0; j < labels; ++j) {
      shares[row * labels + j] =
          static_cast<float>(std::exp((own[j] - most) / temperature - log_total));
    }
  }
  return shares;
}

ClassificationMetrics metrics_from_confusion(const std::vector<int64_t>& confusion,
                                             int64_t labels) {
  if (labels < 1 || static_cast<int64_t>(confusion.size()) / labels != labels ||
      static_cast<int64_t>(confusion.size()) % labels != 0) {
    throw Error(fmt::format("a confusion matrix of {} counts does not belong to {} labels",
                            confusion.size(), labels));
  }
  ClassificationMetrics metrics;
  metrics.confusion = confusion;
  metrics.per_class.resize(static_cast<size_t>(labels));
  std::vector<int64_t> predicted(static_cast<size_t>(labels));
  int64_t correct = 0;
  for (int64_t gold = 0; gold < labels; ++gold) {
    for (int64_t label = 0; label < labels; ++label) {
      const int64_t count = confusion[gold * labels + label];
      if (count < 0) throw Error("a confusion matrix cannot hold a negative count");
      metrics.per_class[gold].support += count;
      predicted[label] += count;
    }
    metrics.rows += metrics.per_class[gold].support;
    correct += confusion[gold * labels + gold];
  }
  if (metrics.rows == 0)
    throw Error("there are no rows to evaluate", "", "give some labelled rows");
  metrics.accuracy = ratio(correct, metrics.rows);

  std::vector<double> precisions, recalls, f1s;
  std::vector<double> weighted_precisions, weighted_recalls, weighted_f1s;
  for (int64_t label = 0; label < labels; ++label) {
    ClassMetrics& own = metrics.per_class[label];
    const int64_t hits = confusion[label * labels + label];
    own.precision = ratio(hits, predicted[label]);
    own.recall = ratio(hits, own.support);
    own.f1 = ratio(2 * hits, own.support + predicted[label]);
    if (own.support == 0 && predicted[label] == 0) continue;
    precisions.push_back(own.precision);
    recalls.push_back(own.recall);
    f1s.push_back(own.f1);
    const double weight = static_cast<double>(own.support);
    weighted_precisions.push_back(own.precision * weight);
    weighted_recalls.push_back(own.recall * weight);
    weighted_f1s.push_back(own.f1 * weight);
  }
  const double present = static_cast<double>(f1s.size());
  metrics.macro_precision = numpy_sum(precisions) / present;
  metrics.macro_recall = numpy_sum(recalls) / present;
  metrics.macro_f1 = numpy_sum(f1s) / present;
  const double rows = static_cast<double>(metrics.rows);
  metrics.weighted_precision = numpy_sum(weighted_precisions) / rows;
  metrics.weighted_recall = numpy_sum(weighted_recalls) / rows;
  metrics.weighted_f1 = numpy_sum(weighted_f1s) / rows;
  if (labels == 2) metrics.binary_f1 = metrics.per_class[1].f1;
  return metrics;
}

std::vector<double> row_losses(const float* logits, const int32_t* gold, int64_t rows,
                               int64_t labels) {
  if (rows < 1) throw Error("there are no rows to evaluate", "", "give some labelled rows");
  check_logits(logits, rows, labels);
  std::vector<double> losses;
  losses.reserve(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    if (gold[row] < 0 || gold[row] >= labels) {
      throw Error(fmt::format("label {} of row {} is not one of the model's {} labels", gold[row],
                              row + 1, labels));
    }
    const float* own = logits + row * labels;
    losses.push_back(log_sum_exp(own, labels) - own[gold[row]]);
  }
  return losses;
}

ClassificationMetrics classification_metrics(const float* logits, const int32_t* gold, int64_t rows,
                                             int64_t labels) {
  const std::vector<double> losses = row_losses(logits, gold, rows, labels);
  std::vector<int64_t> confusion(static_cast<size_t>(labels * labels));
  double loss = 0;
  for (int64_t row = 0; row < rows; ++row) {
    ++confusion[gold[row] * labels + highest(logits + row * labels, labels)];
    loss += losses[row];
  }
  ClassificationMetrics metrics = metrics_from_confusion(confusion, labels);
  metrics.loss = loss / static_cast<double>(rows);
  return metrics;
}

}  // namespace thaw
