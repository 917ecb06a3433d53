#pragma once  // Tests: tests/model/freeze_plan_test.cc

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "model/model_config.h"
#include "model/sentence_modules.h"

namespace thaw {

// What a parameter is to the engine, whatever its family calls it.
enum class Role {
  kWordEmbedding,
  kPositionEmbedding,
  kTypeEmbedding,
  kEmbeddingNormGamma,
  kEmbeddingNormBeta,
  kEmbeddingProjectWeight,  // ELECTRA's, from embedding_size to hidden_size
  kEmbeddingProjectBias,
  kRelativeBias,  // MPNet's, of all layers; trained with the embeddings
  kQueryWeight,   // the three weights, then the three biases, stand together in the arena:
  kKeyWeight,     // one product makes queries, keys and values
  kValueWeight,
  kQueryBias,
  kKeyBias,
  kValueBias,
  kAttentionOutputWeight,
  kAttentionOutputBias,
  kAttentionNormGamma,
  kAttentionNormBeta,
  kIntermediateWeight,
  kIntermediateBias,
  kOutputWeight,
  kOutputBias,
  kOutputNormGamma,
  kOutputNormBeta,
  kDenseWeight,  // of the head: BERT's pooler, DistilBERT's pre_classifier, classifier.dense
  kDenseBias,
  kModuleWeight,  // of the Dense modules of a sentence encoder, as many as HeadShape has
  kModuleBias,
  kClassifierWeight,
  kClassifierBias,
};

// Parts of the network from below: embeddings, layers 0…L-1, pooler, head.
inline constexpr int kEmbeddingsGroup = -1;

struct Parameter {
  std::string name;  // as the family names it, without the base model's prefix ("bert.")
  Role role;
  int group;           // kEmbeddingsGroup, 0…L-1, pooler_group(), head_group()
  bool in_base_model;  // stored under the prefix by a classifier
  std::vector<int64_t> shape;
  bool decays;                   // weight decay applies (not on biases and LayerNorm)
  bool used;                     // false: carried along and saved, but no output depends on it
  const float* value = nullptr;  // [shape]; in a mapped file, or in an arena
  float* gradient = nullptr;     // [shape]; null where it is frozen
  bool fresh = false;            // the value came from no checkpoint: random until it is trained
  int64_t size() const;
};

// All parameters of a classifier in a fixed order, bottom first, and the memory that they lie in.
// Copies share the memory of the values.
class ParameterTable {
 public:
  std::vector<Parameter> list;
  int layers = 0;

  int pooler_group() const { return layers; }
  int head_group() const { return layers + 1; }
  // Index into `list`, or -1 where the family has no such parameter.
  int find(Role role, int layer) const;
  const Parameter& at(Role role, int layer) const;
  int64_t total_size() const;

  // Keeps memory that values point into alive as long as the table (and its copies) live.
  void keep_alive(std::shared_ptr<const void> memory) { owners_.push_back(std::move(memory)); }

 private:
  std::vector<std::shared_ptr<const void>> owners_;
};

// How the vector that the classifier reads comes about.
struct HeadShape {
  bool native = true;  // the family's own head on [CLS], as in Transformers; false: pooling ->
                       // Dense modules -> dropout -> linear, as in sentence-transformers
  std::vector<Pooling> pooling{Pooling::kCls};  // of several the vectors stand one behind the other
  std::vector<DenseModule> dense;               // of a pooling head
  int64_t labels = 2;

  // Columns of the pooled vector, and of what the last linear layer reads.
  int64_t pooled_size(int64_t hidden) const {
    return native ? hidden : hidden * static_cast<int64_t>(pooling.size());
  }
  int64_t classifier_input(int64_t hidden) const {
    return native || dense.empty() ? pooled_size(hidden) : dense.back().out;
  }
};

// The table for a configuration: names, shapes, groups; values are null. A pooler that no output
// depends on is listed (unused) where the family's plain encoder has one.
ParameterTable make_parameter_table(const ModelConfig& config, const HeadShape& head);

// "BertForSequenceClassification", "DistilBertModel"…
std::string model_class_name(const ModelConfig& config, const HeadShape& head);

}  // namespace thaw
