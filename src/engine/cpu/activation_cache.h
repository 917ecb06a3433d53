#pragma once  // Tests: tests/engine/network_test.cc

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "engine/cpu/encoder.h"
#include "engine/cpu/head.h"
#include "engine/engine.h"

namespace thaw {

// T is what training reads: float or Bf16.
template <class T>
class CpuActivationCache final : public ActivationCache {
 public:
  CpuActivationCache(const TokenizedTexts& texts, const CacheSpec& spec, int64_t hidden,
                     int64_t feature_size);

  std::span<const float> features() const override {
    return {features_.data(), static_cast<size_t>(features_.size())};
  }
  std::vector<float> mean_tokens(const TokenizedTexts& texts) const override;

  // What the texts of the batch have at the depth, to x [padded_tokens, hidden].
  void gather(const TokenizedTexts& texts, int depth, const Batch& batch, T* x) const;

  // To be filled by the network that makes it.
  template <class U>
  void keep_tokens(const TokenizedTexts& texts, int depth, const Batch& batch, const U* x);
  void keep_features(const Batch& batch, const float* features);
  void add_time(int depth, double seconds) { seconds_[depth] += seconds; }

 private:
  int64_t hidden_, feature_size_;
  std::map<int, SpillArray<T>> tokens_;  // by depth  [tokens, hidden]
  Buffer<float> features_;               // [texts, feature_size], or empty
};

// Tokens of evaluation in one batch: enough for the products, few enough for the caches.
inline constexpr int64_t kEvaluationTokens = 2048;

// Runs the encoder, whose numbers are U, over all texts up to the deepest of the depths, or to the
// top and through pooling where features are asked for.
template <class T, class U>
std::unique_ptr<CpuActivationCache<T>> run_frozen(Encoder<U>& encoder, Head& head,
                                                  const TokenizedTexts& texts,
                                                  const CacheSpec& spec, const std::string& stage,
                                                  const Listener& listener);

}  // namespace thaw
