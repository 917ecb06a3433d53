#include "evaluation/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

constexpr double kLowest = 0.05, kHighest = 20;

void check_gold(const int32_t* gold, int64_t rows, int64_t labels) {
  for (int64_t row = 0; row < rows; ++row) {
    if (gold[row] < 0 || gold[row] >= labels) {
      throw Error(fmt::format("label {} of row {} is not one of the model's {} labels", gold[row],
                              row + 1, labels));
    }
  }
}

// d/d beta of the sum over rows of -log softmax(beta * logits)[gold]: sum of E_p[logit] -
// logit[gold].
double derivative(const float* logits, const int32_t* gold, int64_t rows, int64_t labels,
                  double beta) {
  double sum = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const float* own = logits + row * labels;
    const double most = *std::max_element(own, own + labels);
    double total = 0, mean = 0;
    for (int64_t label = 0; label < labels; ++label) {
      const double weight = std::exp(beta * (own[label] - most));
      total += weight;
      mean += weight * own[label];
    }
    sum += mean / total - own[gold[row]];
  }
  return sum;
}

}  // namespace

double fit_temperature(const float* logits, const int32_t* gold, int64_t rows, int64_t labels) {
  predicted_labels(logits, rows, labels);  // throws on what is not finite
  check_gold(gold, rows, labels);
  double low = 1 / kHighest, high = 1 / kLowest;
  if (rows == 0) return 1;
  if (derivative(logits, gold, rows, labels, low) >= 0) return kHighest;
  if (derivative(logits, gold, rows, labels, high) <= 0) return kLowest;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    (derivative(logits, gold, rows, labels, middle) < 0 ? low : high) = middle;
  }
  return 1 / std::sqrt(low * high);
}

double calibrated_loss(const float* logits, const int32_t* gold, int64_t rows, int64_t labels) {
  const double temperature =
      rows < kRowsToCalibrate ? 1 : fit_temperature(logits, gold, rows, labels);
  return calibration_summary(logits, gold, rows, labels, temperature).nll;
}

CalibrationSummary calibration_summary(const float* logits, const int32_t* gold, int64_t rows,
                                       int64_t labels, double temperature) {
  if (rows < 1) throw Error("there are no rows to evaluate", "", "give some labelled rows");
  check_gold(gold, rows, labels);
  const std::vector<float> shares = probabilities(logits, rows, labels, temperature);
  const std::vector<int32_t> answers = predicted_labels(logits, rows, labels);
  CalibrationSummary summary;
  summary.bins.resize(kReliabilityBins);
  for (int64_t row = 0; row < rows; ++row) {
    const float* own = shares.data() + row * labels;
    // From the logits: a share may be too small for a float.
    const float* scores = logits + row * labels;
    const double most = scores[answers[row]];
    double total = 0;
    for (int64_t label = 0; label < labels; ++label) {
      total += std::exp((scores[label] - most) / temperature);
      const double miss = own[label] - (label == gold[row] ? 1.0 : 0.0);
      summary.brier += miss * miss;
    }
    summary.nll += std::log(total) - (scores[gold[row]] - most) / temperature;
    const double confidence = own[answers[row]];
    const int bin = std::clamp(static_cast<int>(std::ceil(confidence * kReliabilityBins)) - 1, 0,
                               kReliabilityBins - 1);
    ReliabilityBin& into = summary.bins[bin];
    ++into.rows;
    into.confidence += confidence;
    into.accuracy += answers[row] == gold[row] ? 1 : 0;
  }
  const auto count = static_cast<double>(rows);
  summary.nll /= count;
  summary.brier /= count;
  for (ReliabilityBin& bin : summary.bins) {
    if (bin.rows == 0) continue;
    summary.ece += std::fabs(bin.accuracy - bin.confidence) / count;
    bin.confidence /= static_cast<double>(bin.rows);
    bin.accuracy /= static_cast<double>(bin.rows);
  }
  return summary;
}

std::vector<double> precision_thresholds(const float* logits, const int32_t* gold, int64_t rows,
                                         int64_t labels, double temperature, double precision) {
  check_gold(gold, rows, labels);
  const std::vector<float> shares = probabilities(logits, rows, labels, temperature);
  const std::vector<int32_t> answers = predicted_labels(logits, rows, labels);
  std::vector<double> thresholds(static_cast<size_t>(labels),
                                 std::numeric_limits<double>::quiet_NaN());
  const auto share = [&](int64_t row) { return shares[row * labels + answers[row]]; };
  std::vector<int64_t> order(static_cast<size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return share(a) > share(b); });
  for (int64_t label = 0; label < labels; ++label) {
    int64_t given = 0, right = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      const int64_t row = order[i];
      if (answers[row] != label) continue;
      ++given;
      right += gold[row] == label;
      // Rows of one probability are in or out together.
      size_t next = i + 1;
      while (next < order.size() && answers[order[next]] != label) ++next;
      if (next < order.size() && share(order[next]) == share(row)) continue;
      if (static_cast<double>(right) >= precision * static_cast<double>(given)) {
        thresholds[label] = share(row);
      }
    }
  }
  return thresholds;
}

}  // namespace thaw
