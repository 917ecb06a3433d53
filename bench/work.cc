#include "bench/work.h"

namespace thaw::bench {

Work count_work(const ModelConfig& config, const TokenizedTexts& texts) {
  const auto hidden = static_cast<double>(config.hidden_size);
  const auto wide = static_cast<double>(config.intermediate_size);
  const auto layers = static_cast<double>(config.num_hidden_layers);
  Work work;
  work.rows = texts.rows();
  for (int64_t row = 0; row < texts.rows(); ++row) {
    const auto length = static_cast<double>(texts.length(row));
    work.tokens += texts.length(row);
    work.products += 2 * length * layers * (4 * hidden * hidden + 2 * hidden * wide);
    work.attention += 4 * length * length * hidden * layers;
  }
  return work;
}

double optimizer_gigabytes(const ParameterTable& table) {
  constexpr double kBytesOfParameter = 28;
  double parameters = 0;
  for (const Parameter& parameter : table.list) {
    if (parameter.used && parameter.role != Role::kWordEmbedding) {
      parameters += static_cast<double>(parameter.size());
    }
  }
  return parameters * kBytesOfParameter * 1e-9;
}

}  // namespace thaw::bench
