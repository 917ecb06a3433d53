#include "engine/classify.h"

#include "engine/cpu/gemm/linear.h"

namespace thaw {

Precision evaluation_precision(NumberType wanted) {
  if (wanted != NumberType::kInt8) return {wanted, wanted};
  return {cpu_has_bf16() ? NumberType::kBf16 : NumberType::kFp32, NumberType::kInt8};
}

std::vector<float> classify(const ClassifierModel& classifier, const TokenizedTexts& texts,
                            NumberType precision, const std::string& stage,
                            const Listener& listener) {
  const std::unique_ptr<Engine> engine = open_engine();
  const auto session = engine->session(classifier, evaluation_precision(precision), false);
  return logits_of(*session, texts, nullptr, stage, listener);
}

}  // namespace thaw
