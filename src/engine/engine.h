#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/context.h"
#include "base/listener.h"
#include "engine/communicator.h"
#include "engine/step_dropout.h"
#include "files/spill.h"
#include "model/classifier.h"
#include "model/freeze_plan.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// What a network multiplies in: what is trained, with its activations, and what is frozen. kInt8 is
// for what is frozen alone.
struct Precision {
  NumberType trained = NumberType::kFp32, frozen = NumberType::kFp32;
};

// What a network computed once of every text of a split, below what is trained. It may lie on a
// device; only the features and the seconds are read by others.
class ActivationCache {
 public:
  virtual ~ActivationCache() = default;
  // Of the head, where they were asked for.  // [texts, Network::feature_size()] or empty
  virtual std::span<const float> features() const = 0;
  // The mean of each text's tokens at the deepest depth that was asked for.  // [texts, hidden]
  virtual std::vector<float> mean_tokens(const TokenizedTexts& texts) const = 0;
  // Until depth d was reached, for all texts; of the features: depth layers + 1. 0 where it was
  // not.
  double seconds(int depth) const {
    const auto found = seconds_.find(depth);
    return found == seconds_.end() ? 0 : found->second;
  }
  const std::map<int, double>& all_seconds() const { return seconds_; }
  void add_seconds(const std::map<int, double>& more) {
    for (const auto& [depth, seconds] : more) seconds_[depth] += seconds;
  }

 protected:
  std::map<int, double> seconds_;
};

// What is to be kept of every text: tokens at depths (depth d is what layer d reads), the head's
// features, or both. What memory does not hold goes to a mapped file in `spill`.
struct CacheSpec {
  std::set<int> depths;
  bool features = false;
  SpillPlace spill;
};

// Rows of a split as a network reads them.
struct BatchSource {
  const TokenizedTexts* texts = nullptr;
  // Of the same texts, at the network's depth(); null: everything is computed from the tokens.
  const ActivationCache* cache = nullptr;
  std::span<const int64_t> rows;  // numbers of texts
};

// What is learnt, and by which loss (engine/cpu/ops/cross_entropy.h).
struct Targets {
  const int32_t* labels = nullptr;        // [texts]
  std::span<const double> class_weights;  // [labels]; empty: all are 1
  double label_smoothing = 0;
};

// Told of each range of the gradients that nothing more of this accumulate() is added to, the
// head's first and the embeddings' last: a reduction over ranks can begin while the backward still
// runs. step() asks its Communicator for the sums of the very same ranges. The word embedding is
// not told of: of it step() sums only the rows that were read.
class GradientSink {
 public:
  virtual ~GradientSink() = default;
  virtual void ready(std::span<float> gradients) = 0;
};

struct AdamWStep {
  int64_t number = 1;  // from 1
  double learning_rate = 0, weight_decay = 0;
  double max_norm = 0;  // of the gradient, clipped to it; 0: not
};

struct StepResult {
  double gradient_norm = 0;  // before clipping; where it is not finite nothing was changed
};

// A part of what is trained: its values and both moments.  // [size] each
struct StateRange {
  std::span<float> value, first_moment, second_moment;
};

enum class Level { kPooled, kTokens };

// Encoder, pooling and head on one device, in one precision. Not for two threads at once; two
// networks of two contexts may run at once.
class Network {
 public:
  virtual ~Network() = default;

  // The depth that it reads of a cache: kEmbeddingsGroup (nothing: token ids), 0…L (tokens), or
  // L + 1 (features).
  virtual int depth() const = 0;
  // Of a cache, one vector a text is all that a step reads.
  virtual bool reads_features() const = 0;
  virtual int64_t labels() const = 0;
  virtual int64_t feature_size() const = 0;

  // Runs what is frozen over all texts.
  virtual std::unique_ptr<ActivationCache> cache(const TokenizedTexts& texts, const CacheSpec& spec,
                                                 const std::string& stage,
                                                 const Listener& listener) = 0;
  // In evaluation mode, of all texts. A text's logits do not depend on the other texts.
  virtual void logits(const TokenizedTexts& texts, const ActivationCache* cache,
                      std::span<float> out /* [texts, labels] */, const std::string& stage,
                      const Listener& listener) = 0;
  // In evaluation mode: pooled vectors [rows, pooled size], or those of every token, row after row
  // [tokens, hidden].
  virtual void vectors(const BatchSource& source, Level level, std::span<float> out) = 0;

  // Room for steps of so many (rounded) tokens at once, so that none is asked for while they run.
  virtual void reserve(int64_t tokens) = 0;
  // Forward and backward of the rows: adds `weight` times the gradient of their mean loss, and
  // returns that loss. `ready` may be null; of several micro-batches, only the last has one, and
  // none has one with sum_apart(). Without a cache everything is run from the tokens,
  // frozen layers with their dropout.
  virtual double accumulate(const BatchSource& source, const Targets& targets,
                            const StepDropout& dropout, double weight, GradientSink* ready) = 0;
  // Whether the gradients of each accumulate() are made from zero and then added up in order, as
  // those of ranks are: N ranks and one process that takes N micro-batches then have the same bits.
  // Off at first: it takes one more arena, and a pass over it for each micro-batch.
  virtual void sum_apart(bool apart) = 0;
  // The gradient of the rows' losses by what the lowest layer reads of each token, in evaluation
  // mode and row after row.  // [tokens, hidden]
  virtual void input_gradients(const BatchSource& source, const Targets& targets,
                               std::span<float> d_embeddings) = 0;
  // Sums the gradients over the ranks, clips, updates, and takes the weights anew. Gradients are
  // zero afterwards.
  virtual StepResult step(const AdamWStep& step, Communicator& communicator) = 0;

  // Brings all that is trained to the steps taken so far: rows of the word embedding that no step
  // reads lag behind until then. Before anything below, and before the values are read elsewhere.
  virtual void flush() = 0;
  // The trained values, and back.
  virtual std::vector<float> values() const = 0;
  virtual void set_values(std::span<const float> values) = 0;
  // All that the rest of a training depends on, in a fixed order: to be read, or to be overwritten
  // before the first step and followed by take_state().
  virtual std::vector<StateRange> state() = 0;
  virtual void take_state() = 0;
};

// Logits of all texts by Network::logits().  // [texts, labels]
std::vector<float> logits_of(Network& network, const TokenizedTexts& texts,
                             const ActivationCache* cache = nullptr, const std::string& stage = "",
                             const Listener& listener = {});

// Learning rates of parts of the network as shares of the one that a step is given.
struct RateShares {
  double layer_decay = 1;  // of each layer over that of the one above; the embeddings come below
  double head = 1;         // of the head and the pooler
};

// What a training holds at once, foreseen from shapes before it takes any of it.
struct MemoryNeed {
  int64_t fixed = 0;      // bytes, whatever the batch
  int64_t per_token = 0;  // bytes for each (rounded) token that is run through the layers at once

  int64_t bytes(int64_t tokens) const { return fixed + per_token * tokens; }
};

// Whether a device multiplies in a kind of numbers.
struct NumberSupport {
  bool possible = true;
  bool fast = true;   // natively; else it emulates them, slowly
  std::string needs;  // what a device without it lacks: "AVX-512"
};

// What the device of an engine is and can do.
struct DeviceTraits {
  std::string name;          // "CPU"
  NumberSupport bf16, int8;  // fp32 is possible everywhere
  // What the last bits of its results depend on, by names for people: "instruction set".
  std::map<std::string, std::string> arithmetic;
  std::map<std::string, std::string> libraries;  // and on: "oneDNN" -> "2.6.3"
};

// Makes networks for one kind of device.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual const DeviceTraits& traits() const = 0;
  // For training what the plan says. Changes the classifier's table: values of trained parts lie
  // in the network afterwards, which the table keeps alive. The classifier must outlive it.
  virtual std::unique_ptr<Network> network(ClassifierModel& classifier, const FreezePlan& plan,
                                           Precision precision, const RateShares& rates) = 0;
  // For evaluation alone: cache(), logits(), vectors(), input_gradients(). Its weights are taken
  // once, and it needs the classifier no longer. `dense_trained`: features are what the head's
  // dense layers read, not what they give.
  virtual std::unique_ptr<Network> session(const ClassifierModel& classifier, Precision precision,
                                           bool dense_trained) = 0;
  // The arenas of a training and a copy of the best values, the packed weights, and what a step
  // keeps for its backward. Not in it: the pretrained weights and what was cached, which are there
  // already. A fifth of what the process takes may lie beside it.
  virtual MemoryNeed need(const ModelConfig& config, const ParameterTable& table,
                          const FreezePlan& plan, NumberType trained,
                          bool frozen_dropout) const = 0;
};

// "cpu". Its networks compute in the context, which must outlive them. Throws Error for a device
// that this machine does not have.
std::unique_ptr<Engine> open_engine(const std::string& device = "cpu",
                                    Context& context = Context::current());

}  // namespace thaw
