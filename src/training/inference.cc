#include "training/inference.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "engine/cpu/gemm/linear.h"
#include "training/token_pooling.h"

namespace thaw {
namespace {

// Rows of one batch where only the head is run.
constexpr int64_t kHeadRows = 1024;

}  // namespace

template <class T>
T* gather_frozen_tokens(Encoder<T>& encoder, const TokenizedTexts& texts,
                        const FrozenActivations<T>& frozen, int depth, const Batch& batch) {
  const int64_t hidden = encoder.hidden();
  const T* tokens = frozen.tokens.at(depth).data();
  T* x = encoder.input(batch.padded_tokens);
  for (int64_t i = 0; i < batch.sequences(); ++i) {
    std::memcpy(static_cast<void*>(x + batch.offsets[i] * hidden),
                tokens + texts.offsets[batch.rows[i]] * hidden,
                (batch.offsets[i + 1] - batch.offsets[i]) * hidden * sizeof(T));
  }
  std::memset(static_cast<void*>(x + batch.tokens * hidden), 0,
              (batch.padded_tokens - batch.tokens) * hidden * sizeof(T));
  return x;
}

template <class T>
std::vector<float> classify(Encoder<T>& encoder, Head& head, const TokenizedTexts& texts,
                            const FrozenActivations<T>* frozen, int depth, const std::string& stage,
                            const Listener& listener) {
  using Clock = std::chrono::steady_clock;
  const int64_t rows = texts.rows(), labels = head.labels(), size = head.feature_size();
  std::vector<float> logits(rows * labels);
  const auto start = Clock::now();
  Progress progress{stage, 0, rows};
  const auto note = [&](int64_t count) {
    progress.rows += count;
    progress.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    listener.report(progress);
    listener.check();
  };

  if (frozen != nullptr && depth > encoder.layers()) {
    for (int64_t begin = 0; begin < rows; begin += kHeadRows) {
      const int64_t count = std::min(kHeadRows, rows - begin);
      const float* result = head.forward(frozen->features.data() + begin * size, count, {});
      std::memcpy(logits.data() + begin * labels, result, count * labels * sizeof(float));
      note(count);
    }
  } else {
    Batch batch;
    Buffer<float> pooled, features;
    TokenPooling<T> pooling(head);
    for (const auto& numbers : batches_by_tokens(texts, kFrozenBatchTokens)) {
      const auto count = static_cast<int64_t>(numbers.size());
      gather_batch(texts, numbers.data(), count, batch);
      const bool cached = frozen != nullptr && depth >= 0;
      T* x = cached ? gather_frozen_tokens(encoder, texts, *frozen, depth, batch)
                    : encoder.embed(batch);
      x = encoder.infer(batch, x, cached ? depth : 0, encoder.layers());
      pooled.reserve(count * head.pooled_size());
      features.reserve(count * size);
      pooling.forward(batch, x, pooled.data());
      head.features(pooled.data(), count, features.data());
      const float* result = head.forward(features.data(), count, {});
      for (int64_t i = 0; i < count; ++i) {
        std::memcpy(logits.data() + numbers[i] * labels, result + i * labels,
                    labels * sizeof(float));
      }
      note(count);
    }
  }
  progress.finished = true;
  listener.report(progress);
  return logits;
}

bool has_bf16_activations(Precision precision) {
  return precision == Precision::kBf16 || (precision == Precision::kInt8 && cpu_has_bf16());
}

std::vector<float> classify(const Classifier& classifier, const TokenizedTexts& texts,
                            Precision precision, const std::string& stage,
                            const Listener& listener) {
  const auto run = [&]<class T>(T) {
    Encoder<T> encoder(classifier.config, classifier.table, classifier.table.head_group(),
                       precision == Precision::kInt8);
    Head head(classifier.config, classifier.table, classifier.head, false);
    return classify<T>(encoder, head, texts, nullptr, 0, stage, listener);
  };
  return has_bf16_activations(precision) ? run(Bf16{}) : run(0.0f);
}

template float* gather_frozen_tokens<float>(Encoder<float>&, const TokenizedTexts&,
                                            const FrozenActivations<float>&, int, const Batch&);
template Bf16* gather_frozen_tokens<Bf16>(Encoder<Bf16>&, const TokenizedTexts&,
                                          const FrozenActivations<Bf16>&, int, const Batch&);
template std::vector<float> classify<float>(Encoder<float>&, Head&, const TokenizedTexts&,
                                            const FrozenActivations<float>*, int,
                                            const std::string&, const Listener&);
template std::vector<float> classify<Bf16>(Encoder<Bf16>&, Head&, const TokenizedTexts&,
                                           const FrozenActivations<Bf16>*, int, const std::string&,
                                           const Listener&);

}  // namespace thaw
