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

  int layers() const { return table_.layers; }
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
  // One layer's activations of a batch.
  struct Kept {
    Buffer<T> values;
    Buffer<float> statistics;
    LayerActivations<T> acts;
  };
  void carve_layer(Kept& kept, int64_t tokens, bool training) const;
  // For a layer that reads x and keeps nothing.
  LayerActivations<T> shared_activations(const T* x);

  const ModelConfig& config_;
  const ParameterTable& table_;
  int first_trained_;
  bool quantized_;
  Embeddings<T> embeddings_;
  std::vector<std::unique_ptr<LayerWeights>> weights_;  // [layers] made when first used
  std::vector<std::unique_ptr<QuantizedLayerWeights>> quantized_weights_;  // the same in 8 bits

  // A set of activations for each trained layer, and one that all others share.
  struct Activations {
    std::vector<Kept> layers;  // [layers], empty below first_trained
    Kept shared;
    Buffer<T> x, y;      // [tokens, hidden] inputs and outputs of the layers that share, in turn
    Buffer<T> embedded;  // [tokens, hidden] where the embeddings are trained
    int64_t layers_tokens = 0, shared_tokens = 0;  // for batches of up to so many
  };
  Activations activations_;

  // The family's bias by distance, if it has one; see DistanceBias.
  struct Biases {
    Buffer<float> values, d_values;
  };
  Biases distance_bias_;

  struct Scratch {
    Buffer<T> values;
    Buffer<float> attention, column_sums;
    LayerScratch<T> of_layer{};  // which lies in these three
    QuantizedScratch quantized;
  };
  Scratch scratch_;
};

}  // namespace thaw
