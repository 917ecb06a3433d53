#include "training/frozen_prefix.h"

#include <cstring>

#include "base/stopwatch.h"
#include "training/token_pooling.h"

namespace thaw {
namespace {

template <class T, class U>
void copy_values(const U* from, int64_t count, T* to) {
  if constexpr (sizeof(T) == sizeof(U)) {
    std::memcpy(static_cast<void*>(to), from, count * sizeof(T));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = from_float<T>(to_float(from[i]));
  }
}

}  // namespace

template <class T, class U>
FrozenActivations<T> run_frozen_prefix(Encoder<U>& encoder, Head& head, const TokenizedTexts& texts,
                                       const std::set<int>& depths, bool features,
                                       const std::string& stage, SpillPlace spill,
                                       const Listener& listener) {
  const int64_t hidden = encoder.hidden();
  const int layers = encoder.layers();
  FrozenActivations<T> kept;
  for (const int depth : depths) {
    kept.tokens[depth] = SpillArray<T>(static_cast<int64_t>(texts.ids.size()) * hidden, spill);
  }
  const int64_t size = head.feature_size();
  if (features) kept.features = Buffer<float>(texts.rows() * size);

  const auto start = Clock::now();
  const int top = features ? layers : depths.empty() ? 0 : *depths.rbegin();
  Batch batch;
  Buffer<float> pooled, vectors;
  TokenPooling<U> pooling(head);
  Progress progress{stage, 0, texts.rows()};
  for (const auto& rows : batches_by_tokens(texts, kFrozenBatchTokens)) {
    listener.check();
    gather_batch(texts, rows.data(), static_cast<int64_t>(rows.size()), batch);
    auto reached = Clock::now();
    const auto note = [&](int depth) { kept.seconds[depth] += seconds_since(reached); };
    U* x = encoder.embed(batch);
    for (int depth = 0; depth <= top; ++depth) {
      if (depth > 0) x = encoder.infer(batch, x, depth - 1, depth);
      if (depths.count(depth)) {
        T* tokens = kept.tokens[depth].data();
        for (int64_t i = 0; i < batch.sequences(); ++i) {
          copy_values(x + batch.offsets[i] * hidden,
                      (batch.offsets[i + 1] - batch.offsets[i]) * hidden,
                      tokens + texts.offsets[batch.rows[i]] * hidden);
        }
      }
      note(depth);
    }
    if (features) {
      pooled.reserve(batch.sequences() * head.pooled_size());
      vectors.reserve(batch.sequences() * size);
      pooling.forward(batch, x, pooled.data());
      head.features(pooled.data(), batch.sequences(), vectors.data());
      for (int64_t i = 0; i < batch.sequences(); ++i) {
        std::memcpy(kept.features.data() + batch.rows[i] * size, vectors.data() + i * size,
                    size * sizeof(float));
      }
      note(layers + 1);
    }
    progress.rows += batch.sequences();
    progress.seconds = seconds_since(start);
    listener.report(progress);
  }
  progress.finished = true;
  listener.report(progress);
  return kept;
}

template FrozenActivations<float> run_frozen_prefix<float, float>(Encoder<float>&, Head&,
                                                                  const TokenizedTexts&,
                                                                  const std::set<int>&, bool,
                                                                  const std::string&, SpillPlace,
                                                                  const Listener&);
template FrozenActivations<float> run_frozen_prefix<float, Bf16>(Encoder<Bf16>&, Head&,
                                                                 const TokenizedTexts&,
                                                                 const std::set<int>&, bool,
                                                                 const std::string&, SpillPlace,
                                                                 const Listener&);
template FrozenActivations<Bf16> run_frozen_prefix<Bf16, float>(Encoder<float>&, Head&,
                                                                const TokenizedTexts&,
                                                                const std::set<int>&, bool,
                                                                const std::string&, SpillPlace,
                                                                const Listener&);
template FrozenActivations<Bf16> run_frozen_prefix<Bf16, Bf16>(Encoder<Bf16>&, Head&,
                                                               const TokenizedTexts&,
                                                               const std::set<int>&, bool,
                                                               const std::string&, SpillPlace,
                                                               const Listener&);

}  // namespace thaw
