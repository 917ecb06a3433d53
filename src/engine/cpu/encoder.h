#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/cpu/embeddings.h"
#include "engine/cpu/layer.h"
#include "engine/cpu/quantized_layer.h"
#include "engine/step_dropout.h"
#include "model/parameters.h"

namespace thaw {

// Where one layer of a family drops out, and how much.
LayerDropouts layer_dropouts(const ModelConfig& config, const StepDropout& dropout, int layer);

// Embeddings and layers of one network in one precision. T is float or Bf16. It reads the values
// of a ParameterTable and adds to its gradients; the table must outlive it, with its values where
// they are. "Depth d" is what layer d reads: depth 0 is the embeddings' output, depth L the
// encoder's.
template <class T>
class Encoder {
 public:
  // Layers from `first_trained` on (kEmbeddingsGroup: embeddings too) can be run backward.
  // With `quantized`, infer() multiplies in 8 bits (for a CPU that cpu_has_int8(), and where
  // nothing is trained).
  Encoder(const ModelConfig& config, const ParameterTable& table, int first_trained,
          bool quantized = false);

  int layers() const { return layers_; }
  int64_t hidden() const { return config_.hidden_size; }

  // Memory for batches of up to so many (rounded) tokens; grows by itself otherwise.
  void reserve(int64_t padded_tokens, bool training);
  // Takes trained values anew after an optimizer step.
  void repack();

  // Evaluation: no dropout, nothing kept. Embeddings of the batch; [padded_tokens, hidden].
  T* embed(const Batch& batch);
  // Runs layers [from, to) on x, which embed() returned or input() holds; returns the result,
  // valid until the next call.
  T* infer(const Batch& batch, T* x, int from, int to);

  // Where a caller writes activations of depth `from` for infer() or train_forward().
  T* input(int64_t padded_tokens);

  // Training: runs from depth `from` (x = input()), or from the embeddings where from is
  // kEmbeddingsGroup, to the top, and keeps what train_backward needs. Result [padded_tokens,
  // hidden].
  const T* train_forward(const Batch& batch, int from, const StepDropout& dropout);
  // d_out [padded_tokens, hidden] is overwritten, where `input_gradient` is set with the gradient
  // of the lowest layer's input. `done`, if any, is called with each group (a layer, or
  // kEmbeddingsGroup) whose gradients are complete. Must follow its train_forward.
  void train_backward(const Batch& batch, int from, const StepDropout& dropout, T* d_out,
                      const std::function<void(int)>& done = {}, bool input_gradient = false);

 private:
  // What the layers read of the batch, its bias by distance included where the family has one.
  LayerShape shape(const Batch& batch) const;
  LayerShape prepare(const Batch& batch);
  LayerWeights& weights(int layer);
  LayerActivations<T> carve_layer(Buffer<T>& values, Buffer<float>& statistics, int64_t tokens,
                                  bool training) const;

  const ModelConfig& config_;
  const ParameterTable& table_;
  int layers_, first_trained_;
  bool quantized_;
  Embeddings<T> embeddings_;
  std::vector<std::unique_ptr<LayerWeights>> weights_;  // [layers] made when first used
  std::vector<std::unique_ptr<QuantizedLayerWeights>> quantized_weights_;  // the same in 8 bits
  QuantizedScratch quantized_scratch_;

  // One set of activations a trained layer, one shared by all others.
  struct Kept {
    Buffer<T> values;
    Buffer<float> statistics;
    LayerActivations<T> acts;
  };
  std::vector<Kept> kept_;  // [layers], empty below first_trained
  Kept shared_;
  int64_t shared_tokens_ = 0, kept_tokens_ = 0;
  Buffer<T> x_, y_, embedded_;
  Buffer<float> distance_bias_, d_distance_bias_;  // see DistanceBias
  Buffer<T> scratch_values_;
  Buffer<float> attention_scratch_, column_sums_;
  LayerScratch<T> scratch_{};
  std::vector<const T*> layer_inputs_;  // [layers] of the last train_forward
};

}  // namespace thaw
