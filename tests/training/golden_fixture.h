#pragma once

#include <numeric>

#include "model/weight_names.h"
#include "tests/golden/golden.h"
#include "tests/training/test_run.h"

namespace thaw::golden {

// A batch of golden.safetensors as the engine reads texts.
struct GoldenBatch {
  TokenizedTexts texts;
  std::vector<int32_t> labels;
  std::vector<int64_t> rows;  // 0, 1, 2, …

  GoldenBatch(const Golden& golden, int number) {
    const std::string prefix = "batch." + std::to_string(number) + ".";
    texts.ids = golden.ints(prefix + "input_ids");
    texts.offsets = golden.offsets(prefix + "offsets");
    labels = golden.ints(prefix + "labels");
    rows.resize(labels.size());
    std::iota(rows.begin(), rows.end(), 0);
  }

  SplitView view(const ActivationCache* cache = nullptr) const {
    return {&texts, cache, labels.data()};
  }
};

inline const std::vector<std::string> kFamilyFolders = {"bert",  "distilbert", "roberta",
                                                        "mpnet", "electra",    "electra_square"};

// What a run reads of the frozen part of a classifier, computed as a comparison does it.
inline std::unique_ptr<ActivationCache> cached_activations(const Classifier& classifier,
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
inline std::string transformers_name(const Classifier& classifier, const Parameter& parameter) {
  return saved_weight_name(classifier.config.family, parameter.name, false);
}

// Adding a constant to all scores of a row changes nothing: this gradient is rounding noise.
inline bool is_key_bias(const Parameter& parameter) { return parameter.role == Role::kKeyBias; }

}  // namespace thaw::golden
