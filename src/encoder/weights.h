#pragma once

#include <cstdint>
#include <memory>

#include "encoder/parameters.h"
#include "model_io/load_report.h"
#include "model_io/safetensors.h"

namespace thaw {

// Gives every parameter of the table its value: from the checkpoint where it is there in the right
// shape (fp32 values stay in the mapped file, others are converted), otherwise new: weights
// normal(0, initializer_range), biases 0, LayerNorm 1 and 0. Names are taken with and without the
// base model's prefix, and gamma/beta for LayerNorm's weight/bias. Unused parameters that the
// checkpoint lacks leave the table.
// Returns what was unexpected, missing or of another shape. Throws Error where a parameter of the
// encoder is missing (a pooler may be) or has another shape than config.json says.
LoadReport load_parameters(ParameterTable& table, const ModelConfig& config, const HeadShape& head,
                           const std::filesystem::path& folder, uint64_t seed);

// New values for one parameter, a function of (seed, name).
void initialize_parameter(const Parameter& parameter, float initializer_range, uint64_t seed,
                          float* out);

// All parameters under the names that Transformers reads, ready for save_safetensors.
std::vector<TensorToSave> tensors_to_save(const ParameterTable& table, const ModelConfig& config,
                                          const HeadShape& head);

}  // namespace thaw
