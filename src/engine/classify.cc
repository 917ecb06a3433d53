#include "engine/classify.h"

namespace thaw {

Precision evaluation_precision(const DeviceTraits& device, NumberType wanted) {
  if (wanted != NumberType::kInt8) return {wanted, wanted};
  return {device.bf16.fast ? NumberType::kBf16 : NumberType::kFp32, NumberType::kInt8};
}

std::vector<float> classify(const ClassifierModel& classifier, const TokenizedTexts& texts,
                            NumberType precision, const std::string& stage,
                            const Listener& listener) {
  const std::unique_ptr<Engine> engine = open_engine();
  const auto session =
      engine->session(classifier, evaluation_precision(engine->traits(), precision), false);
  return logits_of(*session, texts, nullptr, stage, listener);
}

}  // namespace thaw
