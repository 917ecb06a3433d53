#include "classifier/last_layer.h"

#include <memory>

#include "tensor/buffer.h"

namespace thaw {

void scale_last_layer(Classifier& classifier, double factor) {
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

Classifier with_folded_temperature(const Classifier& classifier) {
  Classifier folded = classifier;
  if (folded.rules.folded || folded.rules.temperature == 1) return folded;
  scale_last_layer(folded, 1 / folded.rules.temperature);
  folded.rules.folded = true;
  return folded;
}

}  // namespace thaw
