#pragma once

#include <cstdint>

#include "model/parameters.h"
#include "tokenizer/tokenizer.h"

namespace thaw::bench {

// What a computation cannot do without, counted from the texts' own tokens (no padding):
//
//   products    2 x tokens x (parameters of the layers' four products) forward; training takes
//               three times that (forward, gradient of the input, gradient of the weight)
//   attention   4 x length^2 x hidden a sequence and layer forward (q k^T and p v); training 3 x
//   optimizer   28 bytes a parameter and step: AdamW reads value, gradient and both moments and
//               writes back all but the gradient, in fp32. Word embeddings are left out, since a
//               step touches few of their rows.
//
// The head, the norms and the embeddings' gather count for nothing. From it follows the roofline:
//
//   seconds = (products + attention) / GEMM ceiling + steps x optimizer bytes / triad ceiling
struct Work {
  int64_t rows = 0, tokens = 0;
  double products = 0, attention = 0;  // FLOPs of one forward pass

  double forward_gflop() const { return (products + attention) * 1e-9; }
  double training_gflop() const { return 3 * forward_gflop(); }
};

Work count_work(const ModelConfig& config, const TokenizedTexts& texts);

double optimizer_gigabytes(const ParameterTable& table);  // a step, everything being trained

}  // namespace thaw::bench
