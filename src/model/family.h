#pragma once  // Tests: tests/model/model_config_test.cc

#include <cstdint>
#include <string>

namespace thaw {

// Families of encoders that differ in names, and in a few flags, but share one engine.
enum class Family { kBert, kDistilBert, kRoberta, kCamembert, kXlmRoberta, kMpnet, kElectra };
inline constexpr int kFamilies = 7;

// How config.json names what ModelConfig holds, one field for each name; nullptr: the family has no
// such field. Where nothing is said, as in BERT.
struct ConfigFields {
  const char* hidden_size = "hidden_size";
  const char* num_hidden_layers = "num_hidden_layers";
  const char* num_attention_heads = "num_attention_heads";
  const char* intermediate_size = "intermediate_size";
  const char* embedding_size = nullptr;  // nullptr: as hidden_size
  const char* type_vocab_size = "type_vocab_size";
  const char* relative_attention_buckets = nullptr;
  const char* hidden_act = "hidden_act";
  const char* layer_norm_eps = "layer_norm_eps";  // nullptr: 1e-12
  const char* hidden_dropout = "hidden_dropout_prob";
  const char* attention_dropout = "attention_probs_dropout_prob";
  const char* classifier_dropout = "classifier_dropout";
  float default_classifier_dropout = -1.0f;  // negative: as hidden_dropout
};

// What Transformers takes where config.json leaves a size out.
struct ConfigDefaults {
  int64_t vocab_size = 30522;
  int64_t hidden_size = 768;
  int64_t embedding_size = 768;
  int64_t num_hidden_layers = 12;
  int64_t num_attention_heads = 12;
  int64_t intermediate_size = 3072;
  int64_t max_position_embeddings = 512;
  int64_t type_vocab_size = 2;
};

// Names of weights in a checkpoint, one field for each, without the base model's prefix and without
// ".weight" and ".bias"; nullptr: the family has no such weight.
struct WeightNames {
  const char* type_embeddings = "embeddings.token_type_embeddings";
  const char* embeddings_project = nullptr;       // where embedding_size is not hidden_size
  const char* relative_attention_bias = nullptr;  // added to the scores of all layers
  const char* layer = "encoder.layer.";           // stands before a layer's number
  const char* query = "attention.self.query";
  const char* key = "attention.self.key";
  const char* value = "attention.self.value";
  const char* attention_output = "attention.output.dense";
  const char* attention_norm = "attention.output.LayerNorm";
  const char* intermediate = "intermediate.dense";
  const char* output = "output.dense";
  const char* output_norm = "output.LayerNorm";
  const char* pooler = "pooler.dense";    // in the base model
  const char* head_dense = nullptr;       // of the classifier; nullptr: it reads the pooler
  const char* classifier = "classifier";  // the last linear layer
};

// From the first token to the logits, in a family's own head:
//   dropout (where `dropout_first`) -> dense -> activation -> dropout -> linear
struct HeadTraits {
  // kIdentity: of sentence-transformers' Dense modules alone.
  enum class Activation { kTanh, kRelu, kGelu, kIdentity } activation = Activation::kTanh;
  bool dropout_first = false;
};

// One family: what its files call things, and in what it differs from BERT.
struct FamilyTraits {
  Family family;
  const char* model_type;    // in config.json: "bert"
  const char* class_prefix;  // "Bert" of BertModel and BertForSequenceClassification
  const char* base_prefix;   // "bert.", before the encoder's weights in a classifier
  ConfigFields config = {};
  ConfigDefaults defaults = {};
  WeightNames weights = {};
  HeadTraits head = {};
  // Dropout between attention's output and the residual.
  bool dropout_after_attention = true;
  // Positions count the tokens that are not padding and begin at pad_token_id + 1; padding has
  // the position pad_token_id, whose embedding is not trained. Otherwise: 0, 1, 2, ….
  bool positions_follow_padding = false;
  int32_t pad_token_id = 0;      // where config.json names none,
  bool pad_token_fixed = false;  // or whatever it names
};

const FamilyTraits& traits_of(Family family);
// nullptr where no family has this model_type.
const FamilyTraits* find_family(const std::string& model_type);
// "bert, distilbert, …"
std::string supported_model_types();

std::string to_string(Family family);  // its model_type

}  // namespace thaw
