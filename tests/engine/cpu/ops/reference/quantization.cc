#include "tests/engine/cpu/ops/reference/quantization.h"

#include <algorithm>
#include <cmath>

namespace thaw::reference {

QuantizedRows quantize_rows(const double* x, const double* factor, int64_t tokens,
                            int64_t columns) {
  QuantizedRows rows;
  for (int64_t t = 0; t < tokens; ++t) {
    std::vector<double> row(x + t * columns, x + (t + 1) * columns);
    double least = 0, greatest = 0;
    for (int64_t c = 0; c < columns; ++c) {
      if (factor != nullptr) row[c] *= factor[c];
      least = std::min(least, row[c]);
      greatest = std::max(greatest, row[c]);
    }
    const double scale = (greatest - least) / 255;
    const double zero = scale > 0 ? std::nearbyint(-least / scale) : 0;
    rows.scale.push_back(scale);
    rows.zero.push_back(zero);
    for (const double element : row) {
      const double value = scale > 0 ? std::nearbyint(element / scale + zero) : 0;
      rows.values.push_back(static_cast<int>(std::clamp(value, 0.0, 255.0)));
    }
  }
  return rows;
}

std::vector<double> dequantize_rows(const QuantizedRows& rows, int64_t columns) {
  std::vector<double> x(rows.values.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t t = i / static_cast<size_t>(columns);
    x[i] = (rows.values[i] - rows.zero[t]) * rows.scale[t];
  }
  return x;
}

}  // namespace thaw::reference
