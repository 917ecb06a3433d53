#include "experiment/choose_class_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "evaluation/calibration.h"
#include "evaluation/metrics.h"
#include "evaluation/resampled_metrics.h"
#include "text/numbers.h"

namespace thaw {
namespace {

constexpr int kResamples = 1000;
constexpr uint64_t kSeed = 20'240'131;

Predictions answers_of(std::vector<float> logits, const std::vector<int32_t>& gold,
                       int64_t labels) {
  const auto rows = static_cast<int64_t>(gold.size());
  Predictions answers;
  for (int64_t row = 0; row < rows; ++row) {
    const float* own = logits.data() + row * labels;
    answers.predicted.push_back(static_cast<int32_t>(std::max_element(own, own + labels) - own));
  }
  if (rows >= kRowsToCalibrate) {
    const double temperature = fit_temperature(logits.data(), gold.data(), rows, labels);
    for (float& logit : logits) logit = static_cast<float>(logit / temperature);
  }
  answers.losses = row_losses(logits.data(), gold.data(), rows, labels);
  return answers;
}

}  // namespace

WeightsChoice choose_class_weights(const std::vector<std::vector<float>>& plain,
                                   const std::vector<std::vector<float>>& balanced,
                                   const std::vector<int32_t>& gold, int64_t labels,
                                   Metric metric) {
  PairedPredictions compared;
  compared.labels = labels;
  compared.gold = gold;
  for (const auto* runs : {&plain, &balanced}) {
    compared.strategies.emplace_back();
    for (const std::vector<float>& logits : *runs) {
      compared.strategies.back().push_back(answers_of(logits, gold, labels));
    }
  }
  const ResampledMetrics sample(compared);
  ResampledMetrics::Scratch scratch = sample.scratch();
  std::vector<MetricValues> values(2);
  const auto of = [&](size_t which) { return values[which][static_cast<size_t>(metric)]; };
  std::vector<uint32_t> counts(gold.size(), 1);
  sample.evaluate(counts.data(), scratch, values);
  WeightsChoice choice;
  choice.plain = of(0);
  choice.balanced = of(1);
  double sum = 0, squares = 0;
  for (int i = 0; i < kResamples; ++i) {
    draw_rows(random_key(kSeed, static_cast<uint64_t>(i)), counts);
    sample.evaluate(counts.data(), scratch, values);
    const double difference = of(1) - of(0);
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / kResamples;
  choice.standard_error = std::sqrt(std::max(0.0, squares / kResamples - mean * mean));
  const double gain =
      higher_is_better(metric) ? choice.balanced - choice.plain : choice.plain - choice.balanced;
  choice.take_balanced = gain > choice.standard_error;
  return choice;
}

double balanced_loss(const std::vector<float>& logits, const std::vector<int32_t>& gold,
                     int64_t labels) {
  const auto at = [&](double log_temperature) {
    std::vector<float> scaled(logits);
    for (float& logit : scaled) logit = static_cast<float>(logit * std::exp(-log_temperature));
    const std::vector<double> losses =
        row_losses(scaled.data(), gold.data(), static_cast<int64_t>(gold.size()), labels);
    std::vector<double> sums(static_cast<size_t>(labels)), counts(sums.size());
    for (size_t row = 0; row < gold.size(); ++row) {
      sums[static_cast<size_t>(gold[row])] += losses[row];
      counts[static_cast<size_t>(gold[row])] += 1;
    }
    double mean = 0, present = 0;
    for (size_t label = 0; label < sums.size(); ++label) {
      if (counts[label] == 0) continue;
      mean += sums[label] / counts[label];
      ++present;
    }
    return mean / present;
  };
  // Convex in 1/temperature, so that it falls and then rises: a ternary search within 0.05…20.
  double low = std::log(0.05), high = std::log(20.0);
  for (int i = 0; i < 40; ++i) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    if (at(a) < at(b)) {
      high = b;
    } else {
      low = a;
    }
  }
  return at((low + high) / 2);
}

std::string describe_weights_choice(const WeightsChoice& choice, const std::string& metric) {
  const double taken = choice.take_balanced ? choice.balanced : choice.plain;
  const double other = choice.take_balanced ? choice.plain : choice.balanced;
  return fmt::format("{}{} on validation {} against {} (standard error of the difference {})",
                     choice.take_balanced ? "balanced: " : "none: ", metric, fixed(taken, 4),
                     fixed(other, 4), fixed(choice.standard_error, 4));
}

}  // namespace thaw
