#include "engine/engine.h"

#include "base/error.h"
#include "engine/cpu/cpu_engine.h"

namespace thaw {

std::vector<float> logits_of(Network& network, const TokenizedTexts& texts,
                             const ActivationCache* cache, const std::string& stage,
                             const Listener& listener) {
  std::vector<float> logits(static_cast<size_t>(texts.rows() * network.labels()));
  network.logits(texts, cache, logits, stage, listener);
  return logits;
}

std::unique_ptr<Engine> open_engine(const std::string& device, Context& context) {
  if (device == "cpu") return std::make_unique<CpuEngine>(context);
  throw Error("is no device that thaw can use", device, "use cpu");
}

}  // namespace thaw
