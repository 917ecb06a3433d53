#include "engine/cpu/cpu_network.h"

#include <algorithm>
#include <cstring>

#include "base/stopwatch.h"
#include "engine/cpu/ops/cross_entropy.h"
#include "engine/number_type.h"

namespace thaw {
namespace {

// Rows of one batch where only the head is run.
constexpr int64_t kHeadRows = 1024;

ParameterTable without_gradients(ParameterTable table) {
  for (Parameter& parameter : table.list) parameter.gradient = nullptr;
  return table;
}

}  // namespace

template <class T>
CpuNetwork<T>::CpuNetwork(Context& context, ClassifierModel& classifier, const FreezePlan& plan,
                          Precision precision, const RateShares& rates)
    : context_(context),
      classifier_(classifier),
      precision_(precision),
      depth_(plan.first_trained),
      state_(std::in_place, classifier.table, plan, rates),
      encoder_(classifier.config, classifier.table, plan.first_trained),
      head_(classifier.config, classifier.table, classifier.head,
            dense_is_trained(classifier.table, plan)),
      pooling_(head_) {
  // Without a trained layer, one vector a text is all that is read.
  if (depth_ >= classifier.table.layers) depth_ = classifier.table.head_group();
}

template <class T>
CpuNetwork<T>::CpuNetwork(Context& context, const ClassifierModel& classifier, Precision precision,
                          bool dense_trained)
    : context_(context),
      own_(classifier),
      classifier_(*own_),
      precision_(precision),
      depth_(kEmbeddingsGroup),
      encoder_(own_->config, own_->table, own_->table.head_group(),
               precision.frozen == NumberType::kInt8),
      head_(own_->config, own_->table, own_->head, dense_trained),
      pooling_(head_) {}

template <class T>
CpuNetwork<T>::Explainer::Explainer(const ClassifierModel& classifier)
    : table(without_gradients(classifier.table)),
      encoder(classifier.config, table, 0),
      head(classifier.config, table, classifier.head, true) {}

template <class T>
std::unique_ptr<ActivationCache> CpuNetwork<T>::cache(const TokenizedTexts& texts,
                                                      const CacheSpec& spec,
                                                      const std::string& stage,
                                                      const Listener& listener) {
  const InContext inside(context_);
  const NumberType frozen = precision_.frozen;
  if (frozen == NumberType::kInt8 || frozen == number_type<T>()) {
    return run_frozen<T, T>(encoder_, head_, texts, spec, stage, listener);
  }
  const auto run = [&]<class U>(U) -> std::unique_ptr<ActivationCache> {
    Encoder<U> encoder(classifier_.config, classifier_.table, classifier_.table.head_group());
    return run_frozen<T, U>(encoder, head_, texts, spec, stage, listener);
  };
  return frozen == NumberType::kBf16 ? run(Bf16{}) : run(0.0f);
}

template <class T>
void CpuNetwork<T>::pool(const T* top, int64_t count) {
  buffers_.pooled.resize_discard(count * head_.pooled_size());
  buffers_.features.resize_discard(count * head_.feature_size());
  pooling_.forward(batch_, top, buffers_.pooled.data());
  head_.features(buffers_.pooled.data(), count, buffers_.features.data());
}

template <class T>
void CpuNetwork<T>::logits(const TokenizedTexts& texts, const ActivationCache* cache,
                           std::span<float> out, const std::string& stage,
                           const Listener& listener) {
  const InContext inside(context_);
  const auto* kept = static_cast<const Cache*>(cache);
  const int64_t rows = texts.rows(), labels = head_.labels(), size = head_.feature_size();
  const auto start = Clock::now();
  Progress progress{stage, 0, rows};
  const auto note = [&](int64_t count) {
    progress.rows += count;
    progress.seconds = seconds_since(start);
    listener.report(progress);
    listener.check();
  };
  if (kept != nullptr && depth_ > encoder_.layers()) {
    for (int64_t begin = 0; begin < rows; begin += kHeadRows) {
      const int64_t count = std::min(kHeadRows, rows - begin);
      const float* result = head_.forward(kept->features().data() + begin * size, count, {});
      std::memcpy(out.data() + begin * labels, result, count * labels * sizeof(float));
      note(count);
    }
  } else {
    const bool cached = kept != nullptr && depth_ >= 0;
    for (const auto& numbers : batches_by_tokens(texts, kEvaluationTokens)) {
      const auto count = static_cast<int64_t>(numbers.size());
      gather_batch(texts, numbers.data(), count, batch_);
      T* x = cached ? encoder_.input(batch_.padded_tokens) : encoder_.embed(batch_);
      if (cached) kept->gather(texts, depth_, batch_, x);
      x = encoder_.infer(batch_, x, cached ? depth_ : 0, encoder_.layers());
      pool(x, count);
      const float* result = head_.forward(buffers_.features.data(), count, {});
      for (int64_t i = 0; i < count; ++i) {
        std::memcpy(out.data() + numbers[i] * labels, result + i * labels, labels * sizeof(float));
      }
      note(count);
    }
  }
  progress.finished = true;
  listener.report(progress);
}

template <class T>
void CpuNetwork<T>::vectors(const BatchSource& source, Level level, std::span<float> out) {
  const InContext inside(context_);
  const int64_t hidden = encoder_.hidden(), pooled = head_.pooled_size();
  float* to = out.data();
  for (const int64_t row : source.rows) {
    gather_batch(*source.texts, &row, 1, batch_);
    const T* x = encoder_.infer(batch_, encoder_.embed(batch_), 0, encoder_.layers());
    if (level == Level::kPooled) {
      pooling_.forward(batch_, x, to);
      to += pooled;
      continue;
    }
    for (int64_t i = 0; i < batch_.tokens * hidden; ++i) *to++ = to_float(x[i]);
  }
}

template <class T>
void CpuNetwork<T>::reserve(int64_t tokens) {
  const InContext inside(context_);
  encoder_.reserve(tokens, true);
  buffers_.d_top.resize_discard(tokens * head_.hidden());
}

template <class T>
double CpuNetwork<T>::loss_of(const float* logits, const BatchSource& source,
                              const Targets& targets, double weight) {
  const int64_t labels = head_.labels();
  const auto count = static_cast<int64_t>(source.rows.size());
  buffers_.gold.resize_discard(count);
  for (int64_t i = 0; i < count; ++i) buffers_.gold[i] = targets.labels[source.rows[i]];
  buffers_.d_logits.resize_discard(count * labels);
  const bool plain = targets.class_weights.empty() && targets.label_smoothing == 0;
  const double loss =
      plain ? cross_entropy(logits, buffers_.gold.data(), count, labels, buffers_.d_logits.data())
            : weighted_cross_entropy(
                  logits, buffers_.gold.data(), count, labels,
                  targets.class_weights.empty() ? nullptr : targets.class_weights.data(),
                  targets.label_smoothing, buffers_.d_logits.data());
  for (int64_t i = 0; weight != 1 && i < count * labels; ++i) {
    buffers_.d_logits[i] = static_cast<float>(buffers_.d_logits[i] * weight);
  }
  return loss;
}

template <class T>
double CpuNetwork<T>::accumulate_features(const BatchSource& source, const Targets& targets,
                                          const StepDropout& dropout, double weight) {
  const int64_t size = head_.feature_size();
  const auto count = static_cast<int64_t>(source.rows.size());
  const float* cached = source.cache->features().data();
  buffers_.features.resize_discard(count * size);
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(buffers_.features.data() + i * size, cached + source.rows[i] * size,
                size * sizeof(float));
  }
  const float* logits = head_.forward(buffers_.features.data(), count, dropout);
  const double loss = loss_of(logits, source, targets, weight);
  head_.backward(buffers_.features.data(), buffers_.d_logits.data(), count, dropout, nullptr);
  return loss;
}

template <class T>
void CpuNetwork<T>::tell(GradientSink* ready, int lowest_group, int highest_group) {
  if (ready == nullptr) return;
  for (int group = highest_group; group >= lowest_group; --group) {
    for (const std::span<float> gradients : state_->gradients_of(group)) ready->ready(gradients);
  }
}

template <class T>
double CpuNetwork<T>::accumulate(const BatchSource& source, const Targets& targets,
                                 const StepDropout& dropout, double weight, GradientSink* ready) {
  const InContext inside(context_);
  const double loss = add_gradients(source, targets, dropout, weight, ready);
  state_->end_micro_batch();
  return loss;
}

template <class T>
double CpuNetwork<T>::add_gradients(const BatchSource& source, const Targets& targets,
                                    const StepDropout& dropout, double weight,
                                    GradientSink* ready) {
  const int layers = classifier_.table.layers, head = classifier_.table.head_group();
  const bool trains_encoder = depth_ < layers;
  if (source.cache != nullptr && depth_ == head) {
    const double loss = accumulate_features(source, targets, dropout, weight);
    tell(ready, layers, head);
    return loss;
  }
  const auto count = static_cast<int64_t>(source.rows.size());
  gather_batch(*source.texts, source.rows.data(), count, batch_);
  const int from = source.cache == nullptr ? kEmbeddingsGroup : depth_;
  // Room before the input is written: growing would lose it. After reserve() there is enough.
  encoder_.reserve(batch_.padded_tokens, true);
  if (from != kEmbeddingsGroup) {
    static_cast<const Cache*>(source.cache)
        ->gather(*source.texts, depth_, batch_, encoder_.input(batch_.padded_tokens));
  }
  state_->catch_up(batch_.ids.data(), batch_.tokens);
  pool(encoder_.train_forward(batch_, from, dropout), count);
  const float* logits = head_.forward(buffers_.features.data(), count, dropout);
  const double loss = loss_of(logits, source, targets, weight);

  buffers_.d_features.resize_discard(count * head_.feature_size());
  head_.backward(buffers_.features.data(), buffers_.d_logits.data(), count, dropout,
                 trains_encoder ? buffers_.d_features.data() : nullptr);
  if (!trains_encoder) {
    tell(ready, layers, head);
    return loss;
  }
  buffers_.d_pooled.resize_discard(count * head_.pooled_size());
  head_.features_backward(buffers_.d_features.data(), count, buffers_.d_pooled.data());
  tell(ready, layers, head);
  buffers_.d_top.resize_discard(batch_.padded_tokens * head_.hidden());
  pooling_.backward(batch_, buffers_.d_pooled.data(), buffers_.d_top.data());
  encoder_.train_backward(batch_, from, dropout, buffers_.d_top.data(),
                          [&](int group) { tell(ready, group, group); });
  return loss;
}

template <class T>
void CpuNetwork<T>::input_gradients(const BatchSource& source, const Targets& targets,
                                    std::span<float> d_embeddings) {
  const InContext inside(context_);
  if (!explainer_) explainer_ = std::make_unique<Explainer>(classifier_);
  Encoder<T>& encoder = explainer_->encoder;
  Head& head = explainer_->head;
  const int64_t hidden = encoder_.hidden(), labels = head_.labels();
  const auto count = static_cast<int64_t>(source.rows.size());
  gather_batch(*source.texts, source.rows.data(), count, batch_);
  encoder.reserve(batch_.padded_tokens, true);
  const T* top = encoder.train_forward(batch_, kEmbeddingsGroup, {});
  Buffer<float> pooled(count * head.pooled_size()), features(count * head.feature_size());
  Buffer<float> d_features(count * head.feature_size()), d_pooled(count * head.pooled_size());
  pooling_.forward(batch_, top, pooled.data());
  head.features(pooled.data(), count, features.data());
  loss_of(head.forward(features.data(), count, {}), source, targets, 1);
  // The loss of a step is the mean over its rows; here each row's own counts whole.
  for (int64_t i = 0; i < count * labels; ++i) buffers_.d_logits[i] *= static_cast<float>(count);
  head.backward(features.data(), buffers_.d_logits.data(), count, {}, d_features.data());
  head.features_backward(d_features.data(), count, d_pooled.data());
  Buffer<T> d_top(batch_.padded_tokens * hidden);
  pooling_.backward(batch_, d_pooled.data(), d_top.data());
  encoder.train_backward(batch_, kEmbeddingsGroup, {}, d_top.data(), {}, true);
  for (int64_t i = 0; i < batch_.tokens * hidden; ++i) d_embeddings[i] = to_float(d_top[i]);
}

template <class T>
StepResult CpuNetwork<T>::step(const AdamWStep& step, Communicator& communicator) {
  const InContext inside(context_);
  state_->sum_gradients(communicator);
  const double norm =
      state_->step(step.number, step.learning_rate, step.weight_decay, step.max_norm);
  if (std::isfinite(norm)) repack();
  return {norm};
}

template <class T>
void CpuNetwork<T>::repack() {
  encoder_.repack();
  head_.repack();
  explainer_.reset();
}

template <class T>
void CpuNetwork<T>::flush() {
  const InContext inside(context_);
  if (state_) state_->flush();
}

template <class T>
std::vector<float> CpuNetwork<T>::values() const {
  return state_->snapshot();
}

template <class T>
void CpuNetwork<T>::set_values(std::span<const float> values) {
  const InContext inside(context_);
  state_->restore(values);
  repack();
}

template <class T>
void CpuNetwork<T>::take_state() {
  const InContext inside(context_);
  repack();
}

template <class T>
void CpuNetwork<T>::sum_apart(bool apart) {
  state_->sum_apart(apart);
}

template <class T>
std::vector<StateRange> CpuNetwork<T>::state() {
  std::vector<StateRange> list;
  for (const auto& range : state_->trained()) {
    const auto size = static_cast<size_t>(range.size);
    list.push_back({{range.value, size}, {range.first_moment, size}, {range.second_moment, size}});
  }
  return list;
}

template class CpuNetwork<float>;
template class CpuNetwork<Bf16>;

}  // namespace thaw
