#include "model_io/sentence_modules.h"

#include <array>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file_steps.h"
#include "base/files.h"
#include "model_io/json_file.h"
#include "model_io/safetensors.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr const char* kIdentity = "torch.nn.modules.linear.Identity";
constexpr const char* kOtherModel = "choose a model of Transformer and Pooling modules";
constexpr const char* kOtherPooling =
    "choose the pooling with --pooling cls or mean, and remove "
    "modules.json from a copy of the folder";

// The flags by which releases before 5 name the pooling, and the names of later ones.
constexpr std::array<std::pair<const char*, std::string_view>, 6> kPoolingFlags = {{
    {"pooling_mode_cls_token", "cls"},
    {"pooling_mode_max_tokens", "max"},
    {"pooling_mode_mean_tokens", "mean"},
    {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"},
    {"pooling_mode_weightedmean_tokens", "weightedmean"},
    {"pooling_mode_lasttoken", "lasttoken"},
}};

// What stood in modules.json: "sentence_transformers.models.Pooling" -> Pooling.
struct Module {
  std::string kind;
  std::string path;  // relative to the folder; "" is the folder itself
};

bool is_inside(const std::string& path) {
  if (path.find('\0') != std::string::npos || path.find('\\') != std::string::npos) return false;
  const fs::path relative(path);
  if (relative.is_absolute()) return false;
  for (const fs::path& part : relative) {
    if (part == "..") return false;
  }
  return true;
}

std::vector<Module> read_modules(const fs::path& file) {
  const ordered_json json = read_json_file(file);
  if (!json.is_array() || json.empty() || json.size() > 64) {
    throw Error("is not a list of modules", file.string(), "fetch the model again");
  }
  std::vector<Module> modules;
  for (const ordered_json& entry : json) {
    const auto text = [&](const char* key) -> std::string {
      if (!entry.is_object() || !entry.contains(key) || !entry[key].is_string()) {
        throw Error("module " + std::to_string(modules.size()) + " has no " + key, file.string(),
                    "fetch the model again");
      }
      return entry[key].get<std::string>();
    };
    const std::string type = text("type");
    std::string path = text("path");
    if (!is_inside(path)) {
      throw Error("module path " + in_quotes(path) + " leads out of the folder", file.string(),
                  "fetch the model again");
    }
    if (!type.starts_with("sentence_transformers.")) {
      throw Error(
          "module " + in_quotes(type) + " is code of the model's own, which thaw does not run",
          file.string(), kOtherModel);
    }
    modules.push_back({type.substr(type.rfind('.') + 1), std::move(path)});
  }
  return modules;
}

fs::path module_folder(const fs::path& folder, const std::string& path) {
  return path.empty() || path == "." ? folder : folder / path;
}

std::string pooling_name(const ordered_json& json, const fs::path& file) {
  std::vector<std::string> modes;
  if (json.is_object() && json.contains("pooling_mode")) {
    const ordered_json& mode = json["pooling_mode"];
    const ordered_json list = mode.is_array() ? mode : ordered_json::array({mode});
    for (const ordered_json& name : list) {
      if (!name.is_string()) {
        throw Error("field 'pooling_mode' is not a name", file.string(), "correct the field");
      }
      modes.push_back(name.get<std::string>());
    }
  } else if (json.is_object()) {
    bool any = false;
    for (const auto& [flag, name] : kPoolingFlags) {
      if (!json.contains(flag)) continue;
      any = true;
      if (!json[flag].is_boolean()) {
        throw Error("field '" + std::string(flag) + "' is neither true nor false", file.string(),
                    "correct the field");
      }
      if (json[flag].get<bool>()) modes.emplace_back(name);
    }
    if (any && modes.empty()) modes.emplace_back("mean");  // as sentence-transformers reads it
  }
  if (modes.empty()) throw Error("names no pooling", file.string(), "fetch the model again");
  std::string all = modes[0];
  for (size_t i = 1; i < modes.size(); ++i) all += " + " + modes[i];
  return all;
}

Pooling read_pooling(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  const std::string name = pooling_name(read_json_file(file), file);
  for (const Pooling pooling : {Pooling::kCls, Pooling::kMean, Pooling::kMax}) {
    if (name == to_string(pooling)) return pooling;
  }
  throw Error("pooling " + in_quotes(name) + " is not supported; cls, mean and max are",
              file.string(), kOtherPooling);
}

void check_dense(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  const ordered_json json = read_json_file(file);
  const auto text = [&](const char* key, const char* otherwise) -> std::string {
    if (!json.is_object()) throw Error("is not a JSON object", file.string());
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : otherwise;
  };
  const std::string activation = text("activation_function", "torch.nn.modules.activation.Tanh");
  if (!activation.starts_with("torch.nn.") || !activation.ends_with(".Identity")) {
    throw Error("a Dense module with the activation " + in_quotes(activation) + " is not supported",
                file.string(), kOtherModel);
  }
  if (json.contains("bias") && json["bias"] != true) {
    throw Error("a Dense module without bias is not supported", file.string(), kOtherModel);
  }
  const bool residual = json.contains("use_residual") && json["use_residual"] != false;
  if (residual || text("module_input_name", "sentence_embedding") != "sentence_embedding" ||
      text("module_output_name", "sentence_embedding") != "sentence_embedding") {
    throw Error(
        "a Dense module that is not applied to the sentence's vector alone is not supported",
        file.string(), kOtherModel);
  }
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
  switch (pooling) {
    case Pooling::kCls:
      return "cls";
    case Pooling::kMean:
      return "mean";
    case Pooling::kMax:
      return "max";
    case Pooling::kPooler:
      break;
  }
  return "pooler";
}

fs::path encoder_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / "modules.json", error)) return folder;
  const Module first = read_modules(folder / "modules.json").front();
  return first.kind == "Transformer" ? module_folder(folder, first.path) : folder;
}

std::optional<SentenceModules> read_sentence_modules(const fs::path& folder) {
  const fs::path file = folder / "modules.json";
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;

  SentenceModules found;
  bool pooled = false;
  const std::vector<Module> modules = read_modules(file);
  for (size_t i = 0; i < modules.size(); ++i) {
    const std::string &kind = modules[i].kind, &path = modules[i].path;
    const auto refuse = [&](const std::string& what, const std::string& remedy) {
      throw Error("module " + std::to_string(i) + " (" + kind + ") " + what, file.string(), remedy);
    };
    if ((i == 0) != (kind == "Transformer")) {
      refuse(i == 0 ? "stands where a Transformer must stand" : "cannot follow another module",
             kOtherModel);
    }
    if (kind == "Transformer") {
      found.transformer_folder = module_folder(folder, path);
      read_transformer_settings(found.transformer_folder, found);
    } else if (kind == "Pooling" && !pooled) {
      found.pooling = read_pooling(folder / path);
      pooled = true;
    } else if (kind == "Normalize" && pooled && !found.dense_folder) {
      found.normalize = true;
    } else if (kind == "Dense" && pooled && !found.dense_folder && !found.normalize) {
      check_dense(folder / path);
      found.dense_folder = folder / path;
    } else if (kind != "Dropout") {
      refuse("is not supported in this place", kOtherModel);
    }
  }
  if (!pooled && modules.size() > 1) {
    throw Error("has no Pooling module", file.string(), kOtherModel);
  }
  found.pools = pooled;
  return found;
}

void save_sentence_modules(const fs::path& folder, Pooling pooling, int max_seq_length,
                           bool lower_case, int64_t hidden_size, int64_t labels,
                           const float* weight, const float* bias) {
  if (pooling == Pooling::kPooler) {
    throw Error("the pooling 'pooler' cannot be saved as a sentence encoder", folder.string(),
                "choose --pooling mean, cls or max");
  }
  create_folders(folder / kTransformerFolder);
  create_folders(folder / "1_Pooling");
  create_folders(folder / "2_Dense");

  // Flags rather than the one name of later releases: every release reads them.
  ordered_json pooling_json = {{"word_embedding_dimension", hidden_size}};
  for (const auto& [flag, name] : kPoolingFlags) pooling_json[flag] = name == to_string(pooling);
  pooling_json["include_prompt"] = true;
  write_json(folder / "1_Pooling" / "config.json", pooling_json);

  write_json(folder / "2_Dense" / "config.json", {{"in_features", hidden_size},
                                                  {"out_features", labels},
                                                  {"bias", true},
                                                  {"activation_function", kIdentity}});
  save_safetensors(
      folder / "2_Dense" / "model.safetensors",
      {{"linear.weight", {labels, hidden_size}, weight}, {"linear.bias", {labels}, bias}});

  ordered_json transformer = ordered_json::object();
  if (max_seq_length > 0) transformer["max_seq_length"] = max_seq_length;
  transformer["do_lower_case"] = lower_case;
  write_json(folder / kTransformerFolder / kTransformerSettings[0], transformer);
  write_json(folder / "config_sentence_transformers.json", {{"prompts", ordered_json::object()},
                                                            {"default_prompt_name", nullptr},
                                                            {"similarity_fn_name", "cosine"}});

  ordered_json modules = ordered_json::array();
  const std::pair<const char*, const char*> kinds[] = {
      {kTransformerFolder, "Transformer"}, {"1_Pooling", "Pooling"}, {"2_Dense", "Dense"}};
  for (const auto& [path, kind] : kinds) {
    modules.push_back({{"idx", modules.size()},
                       {"name", std::to_string(modules.size())},
                       {"path", path},
                       {"type", std::string("sentence_transformers.models.") + kind}});
  }
  // Last: with it the folder is a sentence encoder.
  write_json(folder / "modules.json", modules);
}

}  // namespace thaw
