#pragma once  // Tests: tests/experiment/shared_features_test.cc

#include <set>
#include <string>

#include "base/listener.h"
#include "engine/engine.h"
#include "experiment/choose_precision.h"
#include "model/classifier.h"

namespace thaw {

// The splits as the frozen passes read them.
struct FrozenInputs {
  const TokenizedTexts *train, *validation, *test;
  const int32_t* validation_labels;  // [validation rows]
};

// What is to be kept of each split.
struct FrozenRequest {
  NumberType trained = NumberType::kFp32;  // that a training reads
  std::set<int> depths;                    // as in CacheSpec
  bool features = false;                   // of the head
  bool dense_trained = false;              // the head's dense layer is not part of the features
  std::string name;                        // of the stage, for the user
  SpillPlace spill;
};

// What was computed of each split; null for one without rows.
struct CachedSplits {
  std::unique_ptr<ActivationCache> train, validation, test;
};

// In which numbers the frozen layers multiply.
//   auto  that of training; int8 where it is faster on this machine, measured on the validation
//         rows, and a linear classifier on the features loses at most kInt8Bound of its expected
//         macro-F1 by it
inline constexpr double kInt8Bound = 0.003;

// Chosen when the first pass runs, then kept for the others.
struct FrozenPrecision {
  WantedPrecision wanted;
  // auto looks at the speed. If not, then what is chosen does not depend on the moment.
  bool by_speed = true;
  bool chosen = false;
  NumberType precision = NumberType::kFp32;
  std::string why;  // "int8 (auto: 1.6 times as fast as bf16, macro-F1 on validation +0.1 points)"
};

// Runs the encoder's frozen part over the three splits.
CachedSplits cache_activations(Engine& engine, const ClassifierModel& base,
                               const FrozenInputs& inputs, const FrozenRequest& request,
                               FrozenPrecision& precision, const Listener& listener);

}  // namespace thaw
