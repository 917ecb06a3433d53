#include "model/last_layer.h"

#include <memory>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/sha256.h"

namespace thaw {

void scale_last_layer(ClassifierModel& classifier, double factor) {
  ParameterTable& table = classifier.table;
  for (const Role role : {Role::kClassifierWeight, Role::kClassifierBias}) {
    Parameter& parameter = table.list.at(table.find(role, 0));
    const int64_t size = parameter.size();
    const auto scaled = std::make_shared<Buffer<float>>(size);
    for (int64_t i = 0; i < size; ++i) {
      scaled->data()[i] = static_cast<float>(parameter.value[i] * factor);
    }
    parameter.value = scaled->data();
    table.keep_alive(scaled);
  }
}

ClassifierModel with_folded_temperature(const ClassifierModel& classifier) {
  ClassifierModel folded = classifier;
  if (folded.rules.folded || folded.rules.temperature == 1) return folded;
  scale_last_layer(folded, 1 / folded.rules.temperature);
  folded.rules.folded = true;
  return folded;
}

std::string last_layer_hash(const ClassifierModel& classifier) {
  const std::vector<int64_t>& order = classifier.head_rows.order;
  Sha256 hash;
  for (const Role role : {Role::kClassifierWeight, Role::kClassifierBias}) {
    const Parameter& parameter = classifier.table.at(role, 0);
    const int64_t rows = classifier.head.labels, width = parameter.size() / rows;
    std::vector<const float*> in_folder(static_cast<size_t>(rows));
    for (int64_t row = 0; row < rows; ++row) {
      in_folder[order.empty() ? row : order[row]] = parameter.value + row * width;
    }
    for (const float* row : in_folder) {
      hash.update({reinterpret_cast<const char*>(row), static_cast<size_t>(width) * sizeof(float)});
    }
  }
  return hash.hex();
}

}  // namespace thaw
