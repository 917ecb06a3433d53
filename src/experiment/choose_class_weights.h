#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/metric.h"

namespace thaw {

// Whether balanced class weights are taken, by the validation rows.
struct WeightsChoice {
  double plain = 0, balanced = 0;  // the metric on validation, mean over the seeds
  double standard_error = 0;       // of their difference, over rows drawn with replacement
  bool take_balanced = false;      // better by more than one standard error
};

// Compares the answers of two trainings with the same seeds, one with a plain loss and one with
// class weights. The validation loss cannot: weights make the rare labels likelier than they are,
// which costs cross-entropy on rows drawn as the data are, temperature or not, and may well be
// wanted. So the metric that the comparison goes by decides, and of equals the plain one, by the
// one-standard-error rule (Breiman et al. 1984). A loss is compared at its fitted temperature.
WeightsChoice choose_class_weights(
    const std::vector<std::vector<float>>& plain /* [seeds][rows, labels] */,
    const std::vector<std::vector<float>>& balanced /* [seeds][rows, labels] */,
    const std::vector<int32_t>& gold /* [rows] */, int64_t labels, Metric metric);

// Mean over the labels that occur of their rows' mean cross-entropy, at the temperature where it is
// lowest: what trainings with balanced class weights are compared with each other by. The plain
// loss prefers those that have learnt the weights least.
double balanced_loss(const std::vector<float>& logits /* [rows, labels] */,
                     const std::vector<int32_t>& gold /* [rows] */, int64_t labels);

// "balanced: macro F1 on validation 0.6120 against 0.5530 (standard error of the difference
// 0.0210)", with the metric as metric_label() names it.
std::string describe_weights_choice(const WeightsChoice& choice, const std::string& metric);

}  // namespace thaw
