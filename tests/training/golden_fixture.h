#pragma once

#include "model/weight_names.h"
#include "tests/golden/golden_texts.h"
#include "tests/training/test_run.h"

namespace thaw::golden {

struct GoldenBatch : GoldenTexts {
  using GoldenTexts::GoldenTexts;

  SplitView view(const ActivationCache* cache = nullptr) const {
    return {&texts, cache, labels.data()};
  }
};

// What a run reads of the frozen part of a classifier, computed as a comparison does it.
inline std::unique_ptr<ActivationCache> cached_activations(const ClassifierModel& classifier,
                                                           const FreezePlan& plan, int depth,
                                                           const TokenizedTexts& texts,
                                                           NumberType number = NumberType::kFp32) {
  const auto session = open_engine()->session(classifier, {number, number},
                                              dense_is_trained(classifier.table, plan));
  CacheSpec spec;
  if (depth >= 0 && depth <= classifier.table.layers) spec.depths.insert(depth);
  spec.features = depth > classifier.table.layers;
  return session->cache(texts, spec, "frozen", {});
}

// Transformers' name of a parameter inside …ForSequenceClassification.
inline std::string transformers_name(const ClassifierModel& classifier,
                                     const Parameter& parameter) {
  return saved_weight_name(classifier.config.family, parameter.name, false);
}

// Adding a constant to all scores of a row changes nothing: this gradient is rounding noise.
inline bool is_key_bias(const Parameter& parameter) { return parameter.role == Role::kKeyBias; }

}  // namespace thaw::golden
