#include "model/model_config.h"

#include <fmt/format.h>

#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "files/json_file.h"
#include "model/config_fields.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr std::pair<std::string_view, Activation> kActivations[] = {
    {"gelu", Activation::kGelu},
    {"gelu_python", Activation::kGelu},
    {"gelu_new", Activation::kGeluTanh},
    {"gelu_fast", Activation::kGeluTanh},
    {"gelu_pytorch_tanh", Activation::kGeluTanh},
    {"gelu_python_tanh", Activation::kGeluTanh},
    {"gelu_accurate", Activation::kGeluTanh},
    {"relu", Activation::kRelu},
};

// Far above any published encoder, far below what overflows.
constexpr int64_t kMostRows = int64_t{1} << 24;  // vocabulary, positions, token types
constexpr int64_t kWidest = int64_t{1} << 17;    // hidden and intermediate size
constexpr int64_t kMostLayers = 1024;
constexpr int64_t kMostParameters = int64_t{1} << 34;  // 64 GB of floats

const FamilyTraits& read_family(const ConfigFile& fields) {
  const std::string supported = supported_model_types();
  const ordered_json* type = fields.find("model_type");
  if (type == nullptr) {
    fields.fail("field 'model_type' is missing", "add it; it is one of " + supported);
  }
  const FamilyTraits* traits = type->is_string() ? find_family(type->get<std::string>()) : nullptr;
  if (traits == nullptr) {
    fields.fail(fmt::format("model_type {} is not supported", sanitize_json(*type)),
                "choose a model whose model_type is one of " + supported);
  }
  return *traits;
}

Activation read_activation(const ConfigFile& fields, const char* name) {
  const ordered_json* value = fields.find(name);
  if (value == nullptr) return Activation::kGelu;
  std::string known;
  for (const auto& [text, activation] : kActivations) {
    if (*value == std::string(text)) return activation;
    known += (known.empty() ? "" : ", ") + std::string(text);
  }
  if (!value->is_string()) fields.impossible(name, "one of " + known);
  fields.fail(fmt::format("field '{}' is {}, an activation that thaw does not compute", name,
                          sanitize_json(*value)),
              "choose another model, with one of " + known);
}

// Reads the sizes that decide shapes.
class Sizes {
 public:
  Sizes(const ConfigFile& file, ModelConfig& config) : file_(file), config_(config) {}

  int64_t read(const char* name, int64_t otherwise, int64_t most, int64_t least = 1) const {
    if (file_.holds(name)) return file_.size(name, least, most);
    config_.defaults.emplace_back(name, otherwise);
    return otherwise;
  }

  // `name` is the family's own, `standard` the one that Transformers knows it by as well.
  int64_t read_either(const char* name, const std::string& standard, int64_t otherwise,
                      int64_t most) const {
    if (name == standard || !file_.holds(standard.c_str())) return read(name, otherwise, most);
    const int64_t value = file_.size(standard.c_str(), 1, most);
    if (file_.holds(name) && file_.size(name, 1, most) != value) {
      file_.fail(fmt::format("field '{}' is {}, but '{}', another name for it, is {}", name,
                             file_.size(name, 1, most), standard, value),
                 "correct one of the two");
    }
    return value;
  }

 private:
  const ConfigFile& file_;
  ModelConfig& config_;
};

// What thaw's encoder does not do would give other numbers silently.
void refuse_variants(const ConfigFile& fields) {
  if (const ordered_json* kind = fields.find("position_embedding_type");
      kind != nullptr && *kind != "absolute") {
    fields.fail(fmt::format("position_embedding_type {} is not supported", sanitize_json(*kind)),
                "choose a model with absolute position embeddings");
  }
  for (const char* name : {"is_decoder", "add_cross_attention"}) {
    if (fields.flag(name)) {
      fields.fail(fmt::format("field '{}' is {}, and thaw trains encoders only", name,
                              sanitize_json(*fields.find(name))),
                  "choose an encoder");
    }
  }
  if (const ordered_json* pruned = fields.find("pruned_heads");
      pruned != nullptr && !pruned->empty()) {
    fields.fail("field 'pruned_heads' names heads that were cut out, which is not supported",
                "choose a model with all its heads");
  }
}

void check_whole(const ModelConfig& config, const ConfigFields& names, const ConfigFile& fields) {
  if (config.hidden_size % config.num_attention_heads != 0) {
    fields.fail(
        fmt::format("field '{}' ({}) is not a multiple of '{}' ({})", names.hidden_size,
                    config.hidden_size, names.num_attention_heads, config.num_attention_heads),
        "correct one of the two");
  }
  if (config.pad_token_id >= config.vocab_size) {
    const bool given = !config.traits().pad_token_fixed && fields.find("pad_token_id") != nullptr;
    if (!given) {
      fields.impossible("vocab_size",
                        fmt::format("above the id of the padding token ({})", config.pad_token_id));
    }
    fields.impossible("pad_token_id", fmt::format("below vocab_size ({})", config.vocab_size));
  }
  if (config.max_length() < 1) {
    fields.impossible(
        "max_position_embeddings",
        fmt::format("at least {}, since positions begin behind the padding token's id",
                    config.pad_token_id + 2));
  }
  // Each factor is bounded, so nothing here overflows: 2^24·2^17 and 2^10·2^37.
  const int64_t h = config.hidden_size;
  const int64_t rows = config.vocab_size + config.max_position_embeddings + config.type_vocab_size;
  const int64_t parameters =
      (rows + h) * config.embedding_width() +
      config.relative_attention_buckets * config.num_attention_heads +
      config.num_hidden_layers * (4 * h * h + 2 * h * config.intermediate_size);
  if (parameters > kMostParameters) {
    fields.fail(fmt::format("describes a model of {} parameters, more than thaw can hold ({})",
                            parameters, kMostParameters),
                "correct the sizes");
  }
}

}  // namespace

ModelConfig parse_model_config(ordered_json json, const std::string& where) {
  ModelConfig config;
  config.json = std::move(json);
  const ConfigFile fields(config.json, where);
  if (!config.json.is_object()) {
    fields.fail("is not a JSON object", "name a model's config.json");
  }
  const FamilyTraits& traits = read_family(fields);
  const ConfigFields& names = traits.config;
  refuse_variants(fields);

  config.family = traits.family;
  const Sizes sizes(fields, config);
  const ConfigDefaults& usual = traits.defaults;
  config.vocab_size = sizes.read("vocab_size", usual.vocab_size, kMostRows);
  config.hidden_size =
      sizes.read_either(names.hidden_size, "hidden_size", usual.hidden_size, kWidest);
  if (names.embedding_size != nullptr) {
    config.embedding_size = sizes.read(names.embedding_size, usual.embedding_size, kWidest);
  }
  config.num_hidden_layers = sizes.read_either(names.num_hidden_layers, "num_hidden_layers",
                                               usual.num_hidden_layers, kMostLayers);
  config.num_attention_heads = sizes.read_either(names.num_attention_heads, "num_attention_heads",
                                                 usual.num_attention_heads, kWidest);
  config.intermediate_size = sizes.read(names.intermediate_size, usual.intermediate_size, kWidest);
  config.max_position_embeddings =
      sizes.read("max_position_embeddings", usual.max_position_embeddings, kMostRows);
  if (names.type_vocab_size != nullptr) {
    config.type_vocab_size = sizes.read(names.type_vocab_size, usual.type_vocab_size, kMostRows);
  }
  // Transformers computes 32 buckets, however many rows the table has.
  if (const char* buckets = names.relative_attention_buckets; buckets != nullptr) {
    config.relative_attention_buckets = fields.find(buckets) == nullptr
                                            ? kRelativeBuckets
                                            : fields.size(buckets, kRelativeBuckets, kMostRows);
  }
  config.hidden_act = read_activation(fields, names.hidden_act);
  const char* const small = "a number from 0 to below 1";
  config.layer_norm_eps = fields.number(names.layer_norm_eps, 1e-12f, 1.0, small);
  config.initializer_range = fields.number("initializer_range", 0.02f, 1.0, small);
  config.hidden_dropout = fields.probability(names.hidden_dropout, 0.1f);
  config.attention_dropout = fields.probability(names.attention_dropout, 0.1f);
  config.classifier_dropout =
      fields.probability(names.classifier_dropout, names.default_classifier_dropout < 0.0f
                                                       ? config.hidden_dropout
                                                       : names.default_classifier_dropout);
  config.pad_token_id = traits.pad_token_id;
  if (!traits.pad_token_fixed && fields.find("pad_token_id") != nullptr) {
    config.pad_token_id = static_cast<int32_t>(fields.size("pad_token_id", 0, kMostRows));
  }
  config.labels = read_config_labels(fields);
  check_whole(config, names, fields);
  return config;
}

ModelConfig read_model_config(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path file = path;
  if (std::filesystem::is_directory(path, error)) {
    file = path / "config.json";
    if (!std::filesystem::exists(file, error)) {
      throw Error("holds no config.json", path.string(), "name a model's folder");
    }
  }
  return parse_model_config(read_json_file(file), file.string());
}

ordered_json classifier_config_json(const ModelConfig& config,
                                    const std::vector<std::string>& label_names,
                                    bool sentence_encoder) {
  ordered_json json = config.json;
  // What was true of the file that was read, and what would make Transformers load something else
  // than the F32 tensors that stand beside the new one.
  for (const char* stale :
       {"_name_or_path", "_num_labels", "num_labels", "transformers_version", "torch_dtype",
        "_attn_implementation", "_attn_implementation_autoset", "attn_implementation",
        "gradient_checkpointing", "finetuning_task", "task_specific_params", "auto_map",
        "quantization_config", "problem_type", "pruned_heads", "id2label", "label2id", "thaw"}) {
    json.erase(stale);
  }
  json["architectures"] = ordered_json::array({architecture_name(config.family, sentence_encoder)});
  json["dtype"] = "float32";
  if (sentence_encoder) return json;
  ordered_json id2label = ordered_json::object(), label2id = ordered_json::object();
  for (size_t i = 0; i < label_names.size(); ++i) {
    id2label[std::to_string(i)] = label_names[i];
    label2id[label_names[i]] = i;
  }
  json["id2label"] = std::move(id2label);
  json["label2id"] = std::move(label2id);
  json["problem_type"] = "single_label_classification";
  return json;
}

std::string architecture_name(Family family, bool sentence_encoder) {
  return traits_of(family).class_prefix +
         std::string(sentence_encoder ? "Model" : "ForSequenceClassification");
}

}  // namespace thaw
