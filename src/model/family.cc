#include "model/family.h"

namespace thaw {
namespace {

constexpr FamilyTraits kBert{
    .family = Family::kBert,
    .model_type = "bert",
    .class_prefix = "Bert",
    .base_prefix = "bert.",
};

constexpr FamilyTraits kDistilBert{
    .family = Family::kDistilBert,
    .model_type = "distilbert",
    .class_prefix = "DistilBert",
    .base_prefix = "distilbert.",
    .config = {.hidden_size = "dim",
               .num_hidden_layers = "n_layers",
               .num_attention_heads = "n_heads",
               .intermediate_size = "hidden_dim",
               .type_vocab_size = nullptr,
               .hidden_act = "activation",
               .layer_norm_eps = nullptr,
               .hidden_dropout = "dropout",
               .attention_dropout = "attention_dropout",
               .classifier_dropout = "seq_classif_dropout",
               .default_classifier_dropout = 0.2f},
    .defaults = {.num_hidden_layers = 6},
    .weights = {.type_embeddings = nullptr,
                .layer = "transformer.layer.",
                .query = "attention.q_lin",
                .key = "attention.k_lin",
                .value = "attention.v_lin",
                .attention_output = "attention.out_lin",
                .attention_norm = "sa_layer_norm",
                .intermediate = "ffn.lin1",
                .output = "ffn.lin2",
                .output_norm = "output_layer_norm",
                .pooler = nullptr,
                .head_dense = "pre_classifier"},
    .head = {.activation = HeadTraits::Activation::kRelu},
    .dropout_after_attention = false,
};

// CamemBERT and XLM-RoBERTa are RoBERTa under other names, "roberta." included.
constexpr FamilyTraits like_roberta(Family family, const char* model_type, const char* class_prefix,
                                    int64_t vocab_size = 30522) {
  return {
      .family = family,
      .model_type = model_type,
      .class_prefix = class_prefix,
      .base_prefix = "roberta.",
      .defaults = {.vocab_size = vocab_size},
      .weights = {.head_dense = "classifier.dense", .classifier = "classifier.out_proj"},
      .head = {.dropout_first = true},
      .positions_follow_padding = true,
      .pad_token_id = 1,
  };
}

constexpr FamilyTraits kRoberta = like_roberta(Family::kRoberta, "roberta", "Roberta", 50265);
constexpr FamilyTraits kCamembert = like_roberta(Family::kCamembert, "camembert", "Camembert");
constexpr FamilyTraits kXlmRoberta = like_roberta(Family::kXlmRoberta, "xlm-roberta", "XLMRoberta");

constexpr FamilyTraits kMpnet{
    .family = Family::kMpnet,
    .model_type = "mpnet",
    .class_prefix = "MPNet",
    .base_prefix = "mpnet.",
    .config = {.type_vocab_size = nullptr,
               .relative_attention_buckets = "relative_attention_num_buckets",
               .classifier_dropout = nullptr},
    .defaults = {.vocab_size = 30527},
    .weights = {.type_embeddings = nullptr,
                .relative_attention_bias = "encoder.relative_attention_bias",
                .query = "attention.attn.q",
                .key = "attention.attn.k",
                .value = "attention.attn.v",
                .attention_output = "attention.attn.o",
                .attention_norm = "attention.LayerNorm",
                .head_dense = "classifier.dense",
                .classifier = "classifier.out_proj"},
    .head = {.dropout_first = true},
    .positions_follow_padding = true,
    .pad_token_id = 1,
    .pad_token_fixed = true,
};

constexpr FamilyTraits kElectra{
    .family = Family::kElectra,
    .model_type = "electra",
    .class_prefix = "Electra",
    .base_prefix = "electra.",
    .config = {.embedding_size = "embedding_size"},
    .defaults = {.hidden_size = 256,
                 .embedding_size = 128,
                 .num_attention_heads = 4,
                 .intermediate_size = 1024},
    .weights = {.embeddings_project = "embeddings_project",
                .pooler = nullptr,
                .head_dense = "classifier.dense",
                .classifier = "classifier.out_proj"},
    .head = {.activation = HeadTraits::Activation::kGelu, .dropout_first = true},
};

// In the order of the enumeration.
constexpr const FamilyTraits* kAll[] = {&kBert,       &kDistilBert, &kRoberta, &kCamembert,
                                        &kXlmRoberta, &kMpnet,      &kElectra};

constexpr bool in_order() {
  for (int i = 0; i < kFamilies; ++i) {
    if (static_cast<int>(kAll[i]->family) != i) return false;
  }
  return sizeof(kAll) / sizeof(kAll[0]) == kFamilies;
}
static_assert(in_order());

}  // namespace

const FamilyTraits& traits_of(Family family) { return *kAll[static_cast<int>(family)]; }

const FamilyTraits* find_family(const std::string& model_type) {
  for (const FamilyTraits* traits : kAll) {
    if (model_type == traits->model_type) return traits;
  }
  return nullptr;
}

std::string supported_model_types() {
  std::string list;
  for (const FamilyTraits* traits : kAll) {
    list += (list.empty() ? "" : ", ") + std::string(traits->model_type);
  }
  return list;
}

std::string to_string(Family family) { return traits_of(family).model_type; }

}  // namespace thaw
