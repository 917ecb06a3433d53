#pragma once  // Tests: tests/engine/network_test.cc

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "engine/batch.h"
#include "engine/cpu/activation_cache.h"
#include "engine/cpu/encoder.h"
#include "engine/cpu/head.h"
#include "engine/cpu/token_pooling.h"
#include "engine/cpu/trainable_state.h"
#include "engine/engine.h"

namespace thaw {

// The network on the processors of this machine. T, float or Bf16, is what its activations are kept
// in; whoever uses it does not know.
template <class T>
class CpuNetwork final : public Network {
 public:
  // For training. Changes the classifier's table: values of trained parts lie in the network's
  // arenas afterwards, which the table keeps alive. The classifier must outlive the network.
  CpuNetwork(Context& context, ClassifierModel& classifier, const FreezePlan& plan,
             Precision precision, const RateShares& rates);
  // For evaluation alone. `dense_trained`: features are taken before the head's dense layers.
  CpuNetwork(Context& context, const ClassifierModel& classifier, Precision precision,
             bool dense_trained);

  int depth() const override { return depth_; }
  bool reads_features() const override { return depth_ == classifier_.table.head_group(); }
  int64_t labels() const override { return head_.labels(); }
  int64_t feature_size() const override { return head_.feature_size(); }
  std::unique_ptr<ActivationCache> cache(const TokenizedTexts& texts, const CacheSpec& spec,
                                         const std::string& stage,
                                         const Listener& listener) override;
  void logits(const TokenizedTexts& texts, const ActivationCache* cache, std::span<float> out,
              const std::string& stage, const Listener& listener) override;
  void vectors(const BatchSource& source, Level level, std::span<float> out) override;
  void reserve(int64_t tokens) override;
  double accumulate(const BatchSource& source, const Targets& targets, const StepDropout& dropout,
                    double weight, GradientSink* ready) override;
  void sum_apart(bool apart) override;
  void input_gradients(const BatchSource& source, const Targets& targets,
                       std::span<float> d_embeddings) override;
  StepResult step(const AdamWStep& step, Communicator& communicator) override;
  void flush() override;
  std::vector<float> values() const override;
  void set_values(std::span<const float> values) override;
  std::vector<StateRange> state() override;
  void take_state() override;

 private:
  using Cache = CpuActivationCache<T>;

  double loss_of(const float* logits, const BatchSource& source, const Targets& targets,
                 double weight);  // and d_logits
  double add_gradients(const BatchSource& source, const Targets& targets,
                       const StepDropout& dropout, double weight, GradientSink* ready);
  double accumulate_features(const BatchSource& source, const Targets& targets,
                             const StepDropout& dropout, double weight);
  void pool(const T* top, int64_t count);  // of batch_, to features
  void repack();
  void tell(GradientSink* ready, int lowest_group, int highest_group);

  // A second encoder and head over the same values, for input_gradients(): they can be run backward
  // down to the embeddings and add to no parameter's gradient.
  struct Explainer {
    explicit Explainer(const ClassifierModel& classifier);
    ParameterTable table;  // the same values without gradients
    Encoder<T> encoder;
    Head head;
  };
  // What the batch becomes between the encoder and the loss, and on the way back.
  struct Buffers {
    Buffer<float> pooled, features, d_logits, d_features, d_pooled;  // [rows, columns of each]
    Buffer<int32_t> gold;                                            // [rows]
    Buffer<T> d_top;                                                 // [padded_tokens, hidden]
  };

  Context& context_;
  std::optional<ClassifierModel> own_;  // a session's: the values are shared
  const ClassifierModel& classifier_;
  Precision precision_;
  int depth_;
  std::optional<TrainableState> state_;  // of what is trained
  Encoder<T> encoder_;
  Head head_;
  TokenPooling<T> pooling_;
  std::unique_ptr<Explainer> explainer_;  // null until it is asked for
  Batch batch_;
  Buffers buffers_;
};

}  // namespace thaw
