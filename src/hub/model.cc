#include "hub/model.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/file_name.h"
#include "files/files.h"
#include "files/json_file.h"
#include "hub/errors.h"
#include "hub/repository.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";
constexpr size_t kMostShards = 1000;

// What a tokenizer may be made of; tokenizer.json alone mostly suffices.
constexpr const char* kTokenizerFiles[] = {"tokenizer.json",
                                           "tokenizer_config.json",
                                           "special_tokens_map.json",
                                           "added_tokens.json",
                                           "vocab.txt",
                                           "vocab.json",
                                           "merges.txt"};
// Of a sentence encoder: the first beside modules.json, the others beside its Transformer.
constexpr const char* kModuleFiles[] = {"config_sentence_transformers.json", "thaw.json"};
constexpr const char* kTransformerFiles[] = {
    "sentence_bert_config.json",       "sentence_roberta_config.json",
    "sentence_distilbert_config.json", "sentence_camembert_config.json",
    "sentence_albert_config.json",     "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json"};

void fetch_if_there(Repository& repository, const std::string& file) {
  repository.has(file) ? (void)repository.fetch(file) : repository.note_missing(file);
}

// {"weight_map": {"name of a tensor": "model-00001-of-00002.safetensors", …}}
std::set<std::string> shards_of(const fs::path& index) {
  std::set<std::string> shards;
  const auto json = parse_unique_json(read_text_file(index), index.string());
  try {
    for (const auto& [tensor, shard] : json.at("weight_map").items()) {
      shards.insert(shard.get<std::string>());
    }
  } catch (const nlohmann::json::exception&) {
    shards.clear();
  }
  if (shards.empty() || shards.size() > kMostShards) {
    throw Error("does not say which files hold the weights", index.string(),
                "name another revision of the model");
  }
  return shards;
}

[[noreturn]] void throw_no_weights(const Repository& repository, const std::string& prefix) {
  const std::string where = repository.name().shown();
  for (const char* other :
       {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"}) {
    if (!repository.has(prefix + other)) continue;
    throw Error(std::string("has its weights as ") + other +
                    " only, and thaw reads model.safetensors alone",
                where,
                fmt::format("look on its page for a pull request that adds it (then {}), or save "
                            "the model anew with Transformers' save_pretrained()",
                            setting("model", repository.name().id + "@refs/pr/NUMBER")));
  }
  throw Error("holds no weights of a model (model.safetensors)", where, "name another model");
}

// `prefix`: of the files' names, empty or "0_Transformer/".
void fetch_weights(Repository& repository, const std::string& prefix) {
  if (repository.has(prefix + kWeights)) {
    repository.fetch(prefix + kWeights);
    return;
  }
  if (!repository.has(prefix + kIndex)) {
    if (!repository.knows_all_files()) throw NotInCache{prefix + kWeights};
    throw_no_weights(repository, prefix);
  }
  for (const std::string& shard : shards_of(repository.fetch(prefix + kIndex))) {
    repository.fetch(prefix + shard);
  }
}

// Where a sentence encoder's modules.json has its Transformer's files: "" or "0_Transformer/". What
// is wrong with it is told when the model is opened.
std::string transformer_prefix(const nlohmann::ordered_json& modules) {
  if (!modules.is_array() || modules.empty() || !modules[0].is_object()) return "";
  const auto text = [&](const char* key) {
    const auto found = modules[0].find(key);
    return found != modules[0].end() && found->is_string() ? found->get<std::string>() : "";
  };
  const std::string path = text("path");
  if (!text("type").ends_with(".Transformer") || path == "." || !is_safe_file_name(path)) return "";
  return path + "/";
}

// modules.json lists the folders of a sentence encoder's modules: [{"path": "1_Pooling", …}, …].
// Returns the prefix of the encoder's own files.
std::string fetch_sentence_modules(Repository& repository) {
  if (!repository.has("modules.json")) {
    repository.note_missing("modules.json");
    return "";
  }
  const auto modules = read_json_file(repository.fetch("modules.json"));
  const std::string prefix = transformer_prefix(modules);
  for (const char* name : kModuleFiles) fetch_if_there(repository, name);
  for (const char* name : kTransformerFiles) {
    if (repository.has(prefix + name)) repository.fetch(prefix + name);
  }
  for (const auto& module : modules) {
    if (!module.is_object() || !module.contains("path") || !module["path"].is_string()) continue;
    const auto path = module["path"].get<std::string>();
    if (path.empty() || path == "." || path + "/" == prefix) continue;
    for (const char* name : {"/config.json", "/model.safetensors"}) {
      if (repository.has(path + name)) repository.fetch(path + name);
    }
  }
  return prefix;
}

}  // namespace

fs::path fetch_model(HubClient& client, const HubName& name, bool latest, ModelFiles files) {
  return with_repository(client, name, latest, [&](Repository& repository) {
    // The small files first: what is no model for thaw is told before its weights are fetched.
    const std::string prefix = fetch_sentence_modules(repository);
    if (!repository.has(prefix + "config.json")) {
      if (!repository.knows_all_files()) throw NotInCache{prefix + "config.json"};
      throw Error("holds no config.json, so it is no model that thaw can read",
                  repository.name().shown(), "name another model");
    }
    repository.fetch(prefix + "config.json");
    for (const char* file : kTokenizerFiles) fetch_if_there(repository, prefix + file);
    if (files == ModelFiles::kAll) fetch_weights(repository, prefix);
    return repository.folder();
  });
}

}  // namespace thaw
