#include "model/sentence_modules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/file_steps.h"
#include "files/files.h"
#include "files/json_file.h"
#include "model/config_fields.h"
#include "model/safetensors.h"
#include "tokenizer/files/module_list.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr int64_t kWidest = int64_t{1} << 17;

// The names of poolings, and the flags by which releases before 5 name them, whose vectors stand
// one behind the other in this order, which is that of the enumeration.
struct PoolingName {
  Pooling pooling;
  std::string_view name;
  const char* flag;
};
constexpr std::array<PoolingName, 6> kPoolings = {{
    {Pooling::kCls, "cls", "pooling_mode_cls_token"},
    {Pooling::kMax, "max", "pooling_mode_max_tokens"},
    {Pooling::kMean, "mean", "pooling_mode_mean_tokens"},
    {Pooling::kMeanSqrtLength, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"},
    {Pooling::kWeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"},
    {Pooling::kLastToken, "lasttoken", "pooling_mode_lasttoken"},
}};

// Activations as modules of torch.nn, by where releases of PyTorch have them.
struct ActivationName {
  HeadTraits::Activation activation;
  const char* name;
};
constexpr std::array<ActivationName, 4> kActivations = {{
    {HeadTraits::Activation::kIdentity, "torch.nn.modules.linear.Identity"},
    {HeadTraits::Activation::kTanh, "torch.nn.modules.activation.Tanh"},
    {HeadTraits::Activation::kRelu, "torch.nn.modules.activation.ReLU"},
    {HeadTraits::Activation::kGelu, "torch.nn.modules.activation.GELU"},
}};

std::vector<std::string> pooling_names(const ordered_json& json, const fs::path& file) {
  std::vector<std::string> names;
  if (json.is_object() && json.contains("pooling_mode")) {
    const ordered_json& mode = json["pooling_mode"];
    const ordered_json list = mode.is_array() ? mode : ordered_json::array({mode});
    for (const ordered_json& name : list) {
      if (!name.is_string()) {
        throw Error("field 'pooling_mode' is not a name", file.string(), "correct the field");
      }
      names.push_back(name.get<std::string>());
    }
  } else if (json.is_object()) {
    bool any = false;
    for (const PoolingName& known : kPoolings) {
      if (!json.contains(known.flag)) continue;
      any = true;
      if (!json[known.flag].is_boolean()) {
        throw Error(fmt::format("field '{}' is neither true nor false", known.flag), file.string(),
                    "correct the field");
      }
      if (json[known.flag].get<bool>()) names.emplace_back(known.name);
    }
    if (any && names.empty()) names.emplace_back("mean");  // as sentence-transformers reads it
  }
  if (names.empty()) throw Error("names no pooling", file.string(), "fetch the model again");
  return names;
}

// Also says whether the prompt's tokens are pooled.
std::vector<Pooling> read_pooling(const fs::path& folder, bool& include_prompt) {
  const fs::path file = folder / "config.json";
  const ordered_json json = read_json_file(file);
  std::string all;
  for (const std::string& name : pooling_names(json, file)) all += (all.empty() ? "" : "+") + name;
  const auto poolings = parse_poolings(all);
  if (!poolings) {
    throw Error(fmt::format("pooling {} is not supported", in_quotes(all)), file.string(),
                fmt::format("name one with {} ({})", setting("pooling"), kPoolingNames));
  }
  const auto include = json.find("include_prompt");
  include_prompt = include == json.end() || *include != false;
  return *poolings;
}

DenseModule read_dense(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  const ordered_json json = read_json_file(file);
  if (!json.is_object()) throw Error("is not a JSON object", file.string());
  const auto text = [&](const char* key, const char* otherwise) -> std::string {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : otherwise;
  };
  const auto size = [&](const char* key) {
    if (!json.contains(key) || !json[key].is_number_unsigned() || json[key].get<uint64_t>() < 1 ||
        json[key].get<uint64_t>() > static_cast<uint64_t>(kWidest)) {
      throw Error(fmt::format("field '{}' is not a whole number from 1 to {}", key, kWidest),
                  file.string(), "fetch the model again");
    }
    return json[key].get<int64_t>();
  };
  DenseModule dense;
  dense.folder = folder;
  const std::string activation =
      text("activation_function", "torch.nn.modules.activation.Tanh");  // their default
  const std::string kind = activation.substr(activation.rfind('.') + 1);
  const auto known = std::find_if(kActivations.begin(), kActivations.end(), [&](const auto& one) {
    return activation.starts_with("torch.nn.") && std::string(one.name).ends_with("." + kind);
  });
  if (known == kActivations.end()) {
    throw Error(fmt::format("a Dense module with the activation {} is not supported; Identity, "
                            "Tanh, ReLU and GELU are",
                            in_quotes(activation)),
                file.string(), kChooseOtherModel);
  }
  dense.activation = known->activation;
  if (json.contains("bias") && !json["bias"].is_boolean()) {
    throw Error("field 'bias' is neither true nor false", file.string(), "correct the field");
  }
  dense.bias = !json.contains("bias") || json["bias"].get<bool>();
  const bool residual = json.contains("use_residual") && json["use_residual"] != false;
  if (residual || text("module_input_name", "sentence_embedding") != "sentence_embedding" ||
      text("module_output_name", "sentence_embedding") != "sentence_embedding") {
    throw Error(
        "a Dense module that is not applied to the sentence's vector alone is not supported",
        file.string(), kChooseOtherModel);
  }
  dense.in = size("in_features");
  dense.out = size("out_features");
  return dense;
}

constexpr const char* kEncodeSettings = "config_sentence_transformers.json";

// The settings of sentence-transformers' encode(); an object, empty where the folder has none.
ordered_json read_encode_settings(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return ordered_json::object();
  ordered_json json = read_json_file(file);
  if (!json.is_object()) {
    throw Error("is not a JSON object", file.string(), "fetch the model again");
  }
  return json;
}

int64_t read_truncate_dim(const ordered_json& json, const fs::path& file) {
  const std::string where = file.string();
  const ConfigFile fields(json, where);
  return fields.find("truncate_dim") == nullptr ? 0 : fields.size("truncate_dim", 1, kWidest);
}

// The prompt that encode() puts before every text: that of default_prompt_name.
std::string read_prompt(const ordered_json& json, const fs::path& file) {
  const auto name = json.find("default_prompt_name");
  if (name == json.end() || name->is_null()) return "";
  const auto prompts = json.find("prompts");
  if (!name->is_string() || prompts == json.end() || !prompts->is_object()) {
    throw Error("field 'default_prompt_name' names no prompt of 'prompts'", file.string(),
                "correct one of the two");
  }
  const auto prompt = prompts->find(name->get<std::string>());
  if (prompt == prompts->end() || !(prompt->is_string() || prompt->is_null())) {
    throw Error(fmt::format("field 'default_prompt_name' names {}, which 'prompts' has not",
                            in_quotes(name->get<std::string>())),
                file.string(), "correct one of the two");
  }
  return prompt->is_null() ? "" : prompt->get<std::string>();
}

// The names that releases of sentence-transformers gave the Transformer's settings; of several it
// reads the first.
constexpr const char* kTransformerSettings[] = {
    "sentence_bert_config.json",       "sentence_roberta_config.json",
    "sentence_distilbert_config.json", "sentence_camembert_config.json",
    "sentence_albert_config.json",     "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json"};

// A folder need not have them.
void read_transformer_settings(const fs::path& folder, SentenceModules& modules) {
  fs::path file;
  std::error_code error;
  for (const char* name : kTransformerSettings) {
    if (file.empty() && fs::exists(folder / name, error)) file = folder / name;
  }
  if (file.empty()) return;
  const ordered_json json = read_json_file(file);
  if (!json.is_object())
    throw Error("is not a JSON object", file.string(), "fetch the model again");
  if (json.contains("max_seq_length") && !json["max_seq_length"].is_null()) {
    const ordered_json& length = json["max_seq_length"];
    if (!length.is_number_unsigned() || length.get<uint64_t>() < 1 ||
        length.get<uint64_t>() > (uint64_t{1} << 24)) {
      throw Error("field 'max_seq_length' is not a whole number from 1", file.string(),
                  "correct the field");
    }
    modules.max_seq_length = length.get<int>();
  }
  for (const char* key : {"tokenizer_args", "processor_kwargs", "processor_args"}) {
    if (!json.contains(key) || json[key].is_null() || json[key].empty()) continue;
    throw Error(
        fmt::format("field {} changes the tokenizer, which thaw does not follow", in_quotes(key)),
        file.string(), kChooseOtherModel);
  }
  if (json.contains("do_lower_case") && !json["do_lower_case"].is_null()) {
    if (!json["do_lower_case"].is_boolean()) {
      throw Error("field 'do_lower_case' is neither true nor false", file.string(),
                  "correct the field");
    }
    modules.lower_case = json["do_lower_case"].get<bool>();
  }
}

void write_json(const fs::path& path, const ordered_json& json) {
  write_file(path, json.dump(2) + "\n");
}

}  // namespace

std::string to_string(Pooling pooling) {
  for (const PoolingName& known : kPoolings) {
    if (known.pooling == pooling) return std::string(known.name);
  }
  return "pooler";
}

std::string to_string(const std::vector<Pooling>& poolings) {
  std::string text;
  for (const Pooling pooling : poolings) text += (text.empty() ? "" : "+") + to_string(pooling);
  return text;
}

std::optional<std::vector<Pooling>> parse_poolings(std::string_view text) {
  std::vector<Pooling> poolings;
  for (bool more = true; more;) {
    const size_t end = text.find('+');
    const std::string_view name = text.substr(0, end);
    more = end != std::string_view::npos;
    if (more) text.remove_prefix(end + 1);
    const auto known = std::find_if(kPoolings.begin(), kPoolings.end(),
                                    [&](const PoolingName& one) { return one.name == name; });
    if (known == kPoolings.end()) return std::nullopt;
    if (std::find(poolings.begin(), poolings.end(), known->pooling) != poolings.end()) {
      return std::nullopt;
    }
    poolings.push_back(known->pooling);
  }
  return poolings;
}

std::optional<SentenceModules> read_sentence_modules(const fs::path& folder) {
  const fs::path file = folder / "modules.json";
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;

  SentenceModules found;
  bool include_prompt = true;
  const std::vector<ListedModule> modules = read_module_list(file);
  for (size_t i = 0; i < modules.size(); ++i) {
    const std::string &kind = modules[i].kind, &path = modules[i].path;
    const auto refuse = [&](const std::string& what, const std::string& remedy) {
      throw Error(fmt::format("module {} ({}) {}", i, kind, what), file.string(), remedy);
    };
    if ((i == 0) != (kind == "Transformer")) {
      refuse(i == 0 ? "stands where a Transformer must stand" : "cannot follow another module",
             kChooseOtherModel);
    }
    const bool pooled = !found.pooling.empty();
    if (kind == "Transformer") {
      found.transformer_folder = module_folder(folder, path);
      read_transformer_settings(found.transformer_folder, found);
    } else if (kind == "Pooling" && !pooled) {
      found.pooling = read_pooling(folder / path, include_prompt);
    } else if (kind == "Normalize" && pooled) {
      found.normalize = true;
    } else if (kind == "Dense" && pooled && !found.normalize) {
      found.dense.push_back(read_dense(folder / path));
    } else if (kind != "Dropout") {
      refuse("is not supported in this place", kChooseOtherModel);
    }
  }
  if (found.pooling.empty() && modules.size() > 1) {
    throw Error("has no Pooling module", file.string(), kChooseOtherModel);
  }
  const fs::path settings = folder / kEncodeSettings;
  const ordered_json encode = read_encode_settings(settings);
  found.truncate_dim = read_truncate_dim(encode, settings);
  found.prompt = read_prompt(encode, settings);
  if (!found.prompt.empty() && !include_prompt) {
    throw Error(
        "leaves the prompt's tokens out of the pooling (include_prompt), which is not "
        "supported",
        settings.string(),
        "choose another model, or set 'default_prompt_name' to null in a copy of it");
  }
  if (!found.prompt.empty() && found.pooling.empty()) {
    throw Error("puts a prompt before the texts of a cross-encoder, which is not supported",
                settings.string(),
                "choose another model, or set 'default_prompt_name' to null in a copy of it");
  }
  return found;
}

void save_sentence_modules(const fs::path& folder, const SentenceModules& modules,
                           int64_t hidden_size, const std::vector<DenseValues>& values) {
  for (const Pooling pooling : modules.pooling) {
    if (pooling == Pooling::kPooler) {
      throw Error("the pooling 'pooler' cannot be saved as a sentence encoder", folder.string(),
                  fmt::format("choose {}, cls or max", setting("pooling", "mean")));
    }
  }
  ordered_json list = ordered_json::array();
  const auto add = [&](const std::string& path, const char* kind) {
    create_folders(folder / path);
    list.push_back({{"idx", list.size()},
                    {"name", std::to_string(list.size())},
                    {"path", path},
                    {"type", std::string("sentence_transformers.models.") + kind}});
    return folder / path;
  };
  const fs::path transformer_folder = add(kTransformerFolder, "Transformer");

  // Flags, which every release reads, but where the vectors stand in an order of their own.
  ordered_json pooling = {{"word_embedding_dimension", hidden_size}};
  if (std::is_sorted(modules.pooling.begin(), modules.pooling.end())) {
    for (const PoolingName& known : kPoolings) {
      pooling[known.flag] = std::find(modules.pooling.begin(), modules.pooling.end(),
                                      known.pooling) != modules.pooling.end();
    }
  } else {
    pooling["pooling_mode"] = ordered_json::array();
    for (const Pooling one : modules.pooling) pooling["pooling_mode"].push_back(to_string(one));
  }
  pooling["include_prompt"] = true;
  write_json(add("1_Pooling", "Pooling") / "config.json", pooling);

  for (size_t i = 0; i < modules.dense.size(); ++i) {
    const DenseModule& dense = modules.dense[i];
    const auto activation =
        std::find_if(kActivations.begin(), kActivations.end(),
                     [&](const ActivationName& one) { return one.activation == dense.activation; });
    const fs::path own = add(fmt::format("{}_Dense", i + 2), "Dense");
    write_json(own / "config.json", {{"in_features", dense.in},
                                     {"out_features", dense.out},
                                     {"bias", dense.bias},
                                     {"activation_function", activation->name}});
    std::vector<TensorToSave> tensors = {
        {"linear.weight", {dense.out, dense.in}, values[i].weight}};
    if (dense.bias) tensors.push_back({"linear.bias", {dense.out}, values[i].bias});
    save_safetensors(own / "model.safetensors", tensors);
  }

  ordered_json transformer = ordered_json::object();
  if (modules.max_seq_length > 0) transformer["max_seq_length"] = modules.max_seq_length;
  transformer["do_lower_case"] = modules.lower_case;
  write_json(transformer_folder / kTransformerSettings[0], transformer);
  ordered_json prompts = ordered_json::object(), prompt_name;
  if (!modules.prompt.empty()) {
    prompt_name = "classification";
    prompts["classification"] = modules.prompt;
  }
  write_json(folder / kEncodeSettings, {{"prompts", prompts},
                                        {"default_prompt_name", prompt_name},
                                        {"similarity_fn_name", "cosine"}});
  // Last: with it the folder is a sentence encoder.
  write_json(folder / "modules.json", list);
}

}  // namespace thaw
