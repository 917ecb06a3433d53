#include "model/parameters.h"

#include <fmt/format.h>

namespace thaw {
namespace {

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
  const WeightNames& names = config.traits().weights;
  const int64_t hidden = config.hidden_size, wide = config.intermediate_size;
  const int64_t narrow = config.embedding_width();
  ParameterTable table;
  table.layers = static_cast<int>(config.num_hidden_layers);
  TableBuilder build(table);

  build.group(kEmbeddingsGroup, true, true);
  build.add(Role::kWordEmbedding, "embeddings.word_embeddings.weight", {config.vocab_size, narrow},
            true);
  build.add(Role::kPositionEmbedding, "embeddings.position_embeddings.weight",
            {config.max_position_embeddings, narrow}, true);
  if (names.type_embeddings != nullptr) {
    build.add(Role::kTypeEmbedding, std::string(names.type_embeddings) + ".weight",
              {config.type_vocab_size, narrow}, true);
  }
  build.norm(Role::kEmbeddingNormGamma, Role::kEmbeddingNormBeta, "embeddings.LayerNorm", narrow);
  if (config.projects_embeddings()) {
    build.linear(Role::kEmbeddingProjectWeight, Role::kEmbeddingProjectBias,
                 names.embeddings_project, hidden, narrow);
  }
  if (names.relative_attention_bias != nullptr) {
    // Its name has "bias" in it, for which the Trainer spares it the decay.
    build.add(Role::kRelativeBias, std::string(names.relative_attention_bias) + ".weight",
              {config.relative_attention_buckets, config.num_attention_heads}, false);
  }

  for (int i = 0; i < table.layers; ++i) {
    build.group(i, true, true);
    const std::string layer = fmt::format("{}{}.", names.layer, i);
    build.add(Role::kQueryWeight, layer + names.query + ".weight", {hidden, hidden}, true);
    build.add(Role::kKeyWeight, layer + names.key + ".weight", {hidden, hidden}, true);
    build.add(Role::kValueWeight, layer + names.value + ".weight", {hidden, hidden}, true);
    build.add(Role::kQueryBias, layer + names.query + ".bias", {hidden}, false);
    build.add(Role::kKeyBias, layer + names.key + ".bias", {hidden}, false);
    build.add(Role::kValueBias, layer + names.value + ".bias", {hidden}, false);
    build.linear(Role::kAttentionOutputWeight, Role::kAttentionOutputBias,
                 layer + names.attention_output, hidden, hidden);
    build.norm(Role::kAttentionNormGamma, Role::kAttentionNormBeta, layer + names.attention_norm,
               hidden);
    build.linear(Role::kIntermediateWeight, Role::kIntermediateBias, layer + names.intermediate,
                 wide, hidden);
    build.linear(Role::kOutputWeight, Role::kOutputBias, layer + names.output, hidden, wide);
    build.norm(Role::kOutputNormGamma, Role::kOutputNormBeta, layer + names.output_norm, hidden);
  }

  // A plain encoder has a pooler also where another pooling leaves it unused. A classifier has it
  // only where its head reads it.
  const bool reads_pooler = head.native && names.head_dense == nullptr;
  if (names.pooler != nullptr && (reads_pooler || !head.native)) {
    build.group(table.pooler_group(), true, reads_pooler);
    build.linear(Role::kDenseWeight, Role::kDenseBias, names.pooler, hidden, hidden);
  }
  // Like BERT's pooler: above all layers, below the head.
  build.group(table.pooler_group(), false, true);
  for (size_t i = 0; !head.native && i < head.dense.size(); ++i) {
    const DenseModule& dense = head.dense[i];
    const std::string name = fmt::format("dense.{}.linear", i);
    build.add(Role::kModuleWeight, name + ".weight", {dense.out, dense.in}, true);
    if (dense.bias) build.add(Role::kModuleBias, name + ".bias", {dense.out}, false);
  }
  build.group(table.head_group(), false, true);
  if (head.native && !reads_pooler) {
    build.linear(Role::kDenseWeight, Role::kDenseBias, names.head_dense, hidden, hidden);
  }
  build.linear(Role::kClassifierWeight, Role::kClassifierBias,
               head.native ? names.classifier : "classifier", head.labels,
               head.classifier_input(hidden));
  return table;
}

std::string model_class_name(const ModelConfig& config, const HeadShape& head) {
  return architecture_name(config.family, !head.native);
}

}  // namespace thaw
