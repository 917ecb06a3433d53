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

}  // namespace thaw
