#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "model/model_config.h"
#include "model/safetensors.h"

namespace thaw {

// The name that thaw knows a checkpoint's tensor by: without the family's own prefix ("bert.",
// "roberta." …), which plain encoders lack, and with "weight" and "bias" for the "gamma" and
// "beta" of checkpoints from TensorFlow.
//
//   bert.encoder.layer.0.output.LayerNorm.gamma -> encoder.layer.0.output.LayerNorm.weight
//
// What PyTorch's wrappers leave in names goes too, and into `removed`: "module." of DataParallel,
// "_orig_mod." of torch.compile, those of FSDP and of activation checkpoints.
std::string canonical_weight_name(Family family, std::string_view name,
                                  std::set<std::string>* removed = nullptr);

// The inverse, for saving: "bert.encoder.…" in a classifier (what begins with "classifier." or
// "pre_classifier." has no prefix there), and no prefix at all in a sentence encoder.
std::string saved_weight_name(Family family, std::string_view canonical, bool sentence_encoder);

// Tensors that old checkpoints carry and no model needs (the list 0, 1, 2, … of positions): neither
// loaded nor worth a line of the load report.
bool is_ignored_weight(std::string_view canonical);

struct NamedTensor {
  std::string name_in_file;  // for the load report
  const StoredTensor* tensor = nullptr;
};

// The checkpoint's tensors under their canonical names, without the ignored ones. Throws Error
// where two tensors would have the same name.
std::map<std::string, NamedTensor> canonical_tensors(const Checkpoint& checkpoint, Family family,
                                                     std::set<std::string>* removed = nullptr);

}  // namespace thaw
