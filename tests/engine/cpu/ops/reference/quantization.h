#pragma once

#include <cstdint>
#include <vector>

namespace thaw::reference {

// Rows in 8 bits as engine/cpu/ops/quantization.h has them, in double: what rounds is the result
// alone.
struct QuantizedRows {
  std::vector<int> values;          // [tokens, columns] 0 … 255
  std::vector<double> scale, zero;  // [tokens]
};
QuantizedRows quantize_rows(const double* x, const double* factor, int64_t tokens, int64_t columns);

// (values - zero) * scale.  // [tokens, columns]
std::vector<double> dequantize_rows(const QuantizedRows& rows, int64_t columns);

}  // namespace thaw::reference
