#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

// Rows whose confidence (the highest probability) lies in one of kReliabilityBins equal parts of
// 0…1.
struct ReliabilityBin {
  int64_t rows = 0;
  double confidence = 0, accuracy = 0;  // means over the rows; 0 without any
};
inline constexpr int kReliabilityBins = 15;

// How far probabilities can be believed.
struct CalibrationSummary {
  double nll = 0;    // mean negative log likelihood of the gold labels
  double brier = 0;  // mean over rows of sum over labels of (p - [gold])^2
  double ece = 0;    // expected calibration error: sum of rows/n |accuracy - confidence| over bins
  std::vector<ReliabilityBin> bins;  // [kReliabilityBins]
};

// Temperature scaling (Guo et al. 2017): softmax(logits / temperature), with the temperature of the
// lowest NLL on validation.
struct CalibrationResult {
  double temperature = 1;
  CalibrationSummary before, after;  // on the rows that the comparison is evaluated on
};

// Fewer validation rows than this say little about probabilities: the temperature stays 1.
inline constexpr int64_t kRowsToCalibrate = 50;

// The temperature of the lowest NLL, within 0.05…20. The NLL is convex in 1/temperature, so that
// bisection of its derivative finds it to the last digits. Rows that are all answered right have
// their lowest NLL at no temperature above 0; the bound is returned then, as 20 is where the logits
// are worse than none. Throws Error as probabilities() does, and for a gold label out of range.
double fit_temperature(const float* logits /* [rows, labels] */, const int32_t* gold /* [rows] */,
                       int64_t rows, int64_t labels);

// Mean cross-entropy at the fitted temperature; with fewer than kRowsToCalibrate rows, as it is.
double calibrated_loss(const float* logits /* [rows, labels] */, const int32_t* gold /* [rows] */,
                       int64_t rows, int64_t labels);

// The numbers above for softmax(logits / temperature). Throws Error where there are no rows, and as
// fit_temperature does.
CalibrationSummary calibration_summary(const float* logits /* [rows, labels] */,
                                       const int32_t* gold /* [rows] */, int64_t rows,
                                       int64_t labels, double temperature);

// For each label the lowest probability from which on the answers of that label were right in at
// least `precision` of the rows: all rows are answered with their likeliest label, and only those
// with a lower probability are left out. NaN where no threshold reaches the precision.  // [labels]
std::vector<double> precision_thresholds(const float* logits /* [rows, labels] */,
                                         const int32_t* gold /* [rows] */, int64_t rows,
                                         int64_t labels, double temperature, double precision);

}  // namespace thaw
