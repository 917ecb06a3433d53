#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/activation_kind.h"
#include "model/config_labels.h"
#include "model/family.h"

namespace thaw {

// Of MPNet's relative positions (Song et al. 2020), as T5 cuts them (Raffel et al. 2020).
inline constexpr int64_t kRelativeBuckets = 32;

// What config.json says, under one set of names for all families (BERT's own): one field for each
// of the file's, so that the two can be read side by side.
// NOLINTNEXTLINE(bugprone-exception-escape): the JSON's move, which clang-tidy cannot see through
struct ModelConfig {
  Family family = Family::kBert;
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t embedding_size = 0;  // ELECTRA's; 0: as hidden_size
  int64_t num_hidden_layers = 0;
  int64_t num_attention_heads = 0;
  int64_t intermediate_size = 0;
  int64_t max_position_embeddings = 0;     // rows of the table; see max_length()
  int64_t type_vocab_size = 0;             // 0: the family has no token type embeddings
  int64_t relative_attention_buckets = 0;  // 0: no relative position bias
  Activation hidden_act = Activation::kGelu;
  float layer_norm_eps = 1e-12f;
  float initializer_range = 0.02f;
  float hidden_dropout = 0.1f;
  float attention_dropout = 0.1f;
  float classifier_dropout = 0.1f;  // dropout before the last linear layer of the native head
  int32_t pad_token_id = 0;
  ConfigLabels labels;
  // Sizes that the file leaves out, with the values that Transformers gives them.
  std::vector<std::pair<std::string, int64_t>> defaults;
  nlohmann::ordered_json json;  // the file as it was read, for saving

  const FamilyTraits& traits() const { return traits_of(family); }
  // Columns of the embedding tables, and whether a linear layer takes them to hidden_size.
  int64_t embedding_width() const { return embedding_size > 0 ? embedding_size : hidden_size; }
  bool projects_embeddings() const { return embedding_width() != hidden_size; }
  // Tokens of the longest text, special tokens included: positions that begin behind the padding
  // token's leave the rows up to it unused.
  int64_t max_length() const {
    return max_position_embeddings - (traits().positions_follow_padding ? pad_token_id + 1 : 0);
  }
};

// Reads a config.json (a file) or a folder's config.json. What is left out has the default that
// Transformers gives it in this family (sizes that were are listed in `defaults`); what is fixed
// there is fixed here: DistilBERT's LayerNorm epsilon (1e-12), MPNet's padding token (1). Throws
// Error: a field has an impossible value (named), two names of one field have two values, or the
// architecture is not supported (lists those that are).
ModelConfig read_model_config(const std::filesystem::path& path);

// The same from JSON that has been read; `where` is the file, for messages.
ModelConfig parse_model_config(nlohmann::ordered_json json, const std::string& where);

// The JSON to save: what was read, with the family's classifier architecture, id2label and
// label2id, problem_type, and dtype float32, without what was true only of the checkpoint that was
// read. `sentence_encoder`: the plain encoder's, which knows nothing of labels.
nlohmann::ordered_json classifier_config_json(const ModelConfig& config,
                                              const std::vector<std::string>& label_names,
                                              bool sentence_encoder);

// The class that Transformers loads the saved folder with: "BertForSequenceClassification", or
// "BertModel" for a sentence encoder.
std::string architecture_name(Family family, bool sentence_encoder);

}  // namespace thaw
