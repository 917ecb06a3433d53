#pragma once

#include <numeric>

#include "model/weight_names.h"
#include "tests/golden/golden.h"
#include "training/training_run.h"

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

  template <class T>
  Inputs<T> inputs(const FrozenActivations<T>* frozen = nullptr) const {
    return {&texts, frozen, labels.data()};
  }
};

inline const std::vector<std::string> kFamilyFolders = {"bert",  "distilbert", "roberta",
                                                        "mpnet", "electra",    "electra_square"};

// What a run reads of the frozen part of a classifier, computed as a comparison does it.
template <class T>
FrozenActivations<T> frozen_activations(const Classifier& classifier, const FreezePlan& plan,
                                        int depth, const TokenizedTexts& texts) {
  Encoder<T> encoder(classifier.config, classifier.table, classifier.table.head_group());
  Head head(classifier.config, classifier.table, classifier.head,
            dense_is_trained(classifier.table, plan));
  std::set<int> depths;
  if (depth >= 0 && depth <= classifier.table.layers) depths.insert(depth);
  return run_frozen_prefix<T>(encoder, head, texts, depths, depth > classifier.table.layers,
                              "frozen", {}, {});
}

// Transformers' name of a parameter inside …ForSequenceClassification.
inline std::string transformers_name(const Classifier& classifier, const Parameter& parameter) {
  return saved_weight_name(classifier.config.family, parameter.name, false);
}

// Adding a constant to all scores of a row changes nothing: this gradient is rounding noise.
inline bool is_key_bias(const Parameter& parameter) { return parameter.role == Role::kKeyBias; }

}  // namespace thaw::golden
