#pragma once  // Tests: tests/training/micro_batches_test.cc

#include <cstdint>
#include <vector>

#include "engine/engine.h"

namespace thaw {

// A split as a training reads it: token ids, and what was computed of it once.
struct SplitView {
  const TokenizedTexts* texts = nullptr;
  const ActivationCache* cache = nullptr;  // null: from the tokens
  const int32_t* labels = nullptr;         // [texts]; null where only logits are wanted
  // [texts] what a message calls the rows by: their numbers in the file; null: their positions
  const int64_t* numbers = nullptr;
  // The rows to train on; null: all. Evaluation reads all in any case.
  const std::vector<int64_t>* chosen = nullptr;

  int64_t rows() const {
    if (texts == nullptr) return 0;
    return chosen != nullptr ? static_cast<int64_t>(chosen->size()) : texts->rows();
  }
};

// The labels of the rows to train on.  // [rows]
std::vector<int32_t> chosen_labels(const SplitView& split);

}  // namespace thaw
