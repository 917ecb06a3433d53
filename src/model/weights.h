#pragma once  // Tests: tests/model/load_report_test.cc

#include <cstdint>
#include <memory>

#include "model/load_report.h"
#include "model/parameters.h"
#include "model/safetensors.h"

namespace thaw {

// Which rows of the checkpoint's head a classifier begins with.
struct HeadRows {
  bool taken = true;           // false: a new head
  std::vector<int64_t> order;  // [labels] the checkpoint's row for each label; empty: as they stand
  std::string why;             // for the load report; "" where they are taken as they stand
};

// Gives every parameter of the table its value: from the checkpoint where it is there in the right
// shape (fp32 values stay in the mapped file, others are converted), otherwise new: weights
// normal(0, initializer_range), biases 0, LayerNorm 1 and 0. Names are taken with and without the
// base model's prefix, and gamma/beta for LayerNorm's weight/bias. Unused parameters that the
// checkpoint lacks leave the table.
// What is new is marked as fresh. Returns what was unexpected, missing, of another shape or for
// other labels. Throws Error where a parameter of the
// encoder is missing (a pooler may be) or has another shape than config.json says, or where a value
// is NaN or infinite (not in the word embedding; see check_word_rows).
LoadReport load_parameters(ParameterTable& table, const ModelConfig& config, const HeadShape& head,
                           const std::filesystem::path& folder, uint64_t seed,
                           const HeadRows& rows = {});

// Rows of the head in their new order, or all as they stand.
void copy_head_rows(const StoredTensor& tensor, const HeadRows& rows, float* out);

// Whether none of the values is NaN or infinite.
bool all_finite(const float* values, int64_t count);

// New values for one parameter, a function of (seed, name).
void initialize_parameter(const Parameter& parameter, float initializer_range, uint64_t seed,
                          float* out);

// All parameters under the names that Transformers reads, ready for save_safetensors.
std::vector<TensorToSave> tensors_to_save(const ParameterTable& table, const ModelConfig& config,
                                          const HeadShape& head);

}  // namespace thaw
