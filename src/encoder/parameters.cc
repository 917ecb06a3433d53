#include "encoder/parameters.h"

#include <array>

namespace thaw {
namespace {

// A new family is one more table of names; shapes and order are common to all.
struct FamilyNames {
  const char* base_class;  // "BertModel"
  const char* classifier_class;
  const char* layer;  // stands before a layer's number
  const char* dense;  // the layer between pooling and classifier
  bool dense_in_base_model;
  const char* type_embeddings;  // null: the family has none
  // query, key, value, attention output, attention norm, intermediate, output, output norm
  std::array<const char*, 8> blocks;
};

const FamilyNames& family_names(Family family) {
  static const FamilyNames bert{
      "BertModel",
      "BertForSequenceClassification",
      "encoder.layer.",
      "pooler.dense",
      true,
      "embeddings.token_type_embeddings.weight",
      {"attention.self.query", "attention.self.key", "attention.self.value",
       "attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense",
       "output.LayerNorm"}};
  static const FamilyNames distilbert{
      "DistilBertModel",
      "DistilBertForSequenceClassification",
      "transformer.layer.",
      "pre_classifier",
      false,
      nullptr,
      {"attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin",
       "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm"}};
  return family == Family::kBert ? bert : distilbert;
}

class TableBuilder {
 public:
  explicit TableBuilder(ParameterTable& table) : table_(table) {}

  void group(int group, bool in_base_model, bool used) {
    group_ = group;
    in_base_model_ = in_base_model;
    used_ = used;
  }
  void add(Role role, std::string name, std::vector<int64_t> shape, bool decays) {
    table_.list.push_back(
        {std::move(name), role, group_, in_base_model_, std::move(shape), decays, used_});
  }
  void linear(Role weight, Role bias, const std::string& name, int64_t out, int64_t in) {
    add(weight, name + ".weight", {out, in}, true);
    add(bias, name + ".bias", {out}, false);
  }
  void norm(Role gamma, Role beta, const std::string& name, int64_t hidden) {
    add(gamma, name + ".weight", {hidden}, false);
    add(beta, name + ".bias", {hidden}, false);
  }

 private:
  ParameterTable& table_;
  int group_ = 0;
  bool in_base_model_ = true, used_ = true;
};

}  // namespace

int64_t Parameter::size() const {
  int64_t product = 1;
  for (const int64_t extent : shape) product *= extent;
  return product;
}

int ParameterTable::find(Role role, int layer) const {
  for (size_t i = 0; i < list.size(); ++i) {
    const bool in_layer = list[i].group >= 0 && list[i].group < layers;
    if (list[i].role == role && (!in_layer || list[i].group == layer)) return static_cast<int>(i);
  }
  return -1;
}

const Parameter& ParameterTable::at(Role role, int layer) const {
  return list.at(find(role, layer));
}

int64_t ParameterTable::total_size() const {
  int64_t total = 0;
  for (const Parameter& parameter : list) total += parameter.size();
  return total;
}

ParameterTable make_parameter_table(const ModelConfig& config, const HeadShape& head) {
  const FamilyNames& names = family_names(config.family);
  const int64_t hidden = config.hidden_size, wide = config.intermediate_size;
  ParameterTable table;
  table.layers = static_cast<int>(config.num_hidden_layers);
  TableBuilder build(table);

  build.group(kEmbeddingsGroup, true, true);
  build.add(Role::kWordEmbedding, "embeddings.word_embeddings.weight", {config.vocab_size, hidden},
            true);
  build.add(Role::kPositionEmbedding, "embeddings.position_embeddings.weight",
            {config.max_position_embeddings, hidden}, true);
  if (names.type_embeddings != nullptr) {
    build.add(Role::kTypeEmbedding, names.type_embeddings, {config.type_vocab_size, hidden}, true);
  }
  build.norm(Role::kEmbeddingNormGamma, Role::kEmbeddingNormBeta, "embeddings.LayerNorm", hidden);

  for (int i = 0; i < table.layers; ++i) {
    build.group(i, true, true);
    const std::string layer = names.layer + std::to_string(i) + ".";
    const auto block = [&](int which) { return layer + names.blocks[which]; };
    build.add(Role::kQueryWeight, block(0) + ".weight", {hidden, hidden}, true);
    build.add(Role::kKeyWeight, block(1) + ".weight", {hidden, hidden}, true);
    build.add(Role::kValueWeight, block(2) + ".weight", {hidden, hidden}, true);
    build.add(Role::kQueryBias, block(0) + ".bias", {hidden}, false);
    build.add(Role::kKeyBias, block(1) + ".bias", {hidden}, false);
    build.add(Role::kValueBias, block(2) + ".bias", {hidden}, false);
    build.linear(Role::kAttentionOutputWeight, Role::kAttentionOutputBias, block(3), hidden,
                 hidden);
    build.norm(Role::kAttentionNormGamma, Role::kAttentionNormBeta, block(4), hidden);
    build.linear(Role::kIntermediateWeight, Role::kIntermediateBias, block(5), wide, hidden);
    build.linear(Role::kOutputWeight, Role::kOutputBias, block(6), hidden, wide);
    build.norm(Role::kOutputNormGamma, Role::kOutputNormBeta, block(7), hidden);
  }

  // A head of pooling and one linear layer leaves BERT's pooler unused; it is still saved.
  const bool dense_used = head.native;
  if (names.dense_in_base_model || dense_used) {
    build.group(names.dense_in_base_model ? table.pooler_group() : table.head_group(),
                names.dense_in_base_model, dense_used);
    build.linear(Role::kDenseWeight, Role::kDenseBias, names.dense, hidden, hidden);
  }
  build.group(table.head_group(), false, true);
  build.linear(Role::kClassifierWeight, Role::kClassifierBias, "classifier", head.labels, hidden);
  return table;
}

std::string model_class_name(const ModelConfig& config, const HeadShape& head) {
  const FamilyNames& names = family_names(config.family);
  return head.native ? names.classifier_class : names.base_class;
}

}  // namespace thaw
