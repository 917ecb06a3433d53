#include "tokenizer/files/tokenizer_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "files/files.h"
#include "files/json_file.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/special_tokens.h"
#include "tokenizer/files/tokenizer_class.h"
#include "tokenizer/files/tokenizer_json.h"
#include "tokenizer/files/tokenizer_source.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

// Files that a saved model takes along.
constexpr const char* kFiles[] = {
    "tokenizer.json",          "vocab.txt",        "vocab.json", "merges.txt",
    "sentencepiece.bpe.model", "spiece.model",     "spm.model",  "tokenizer_config.json",
    "special_tokens_map.json", "added_tokens.json"};
constexpr int kVocabularies = 7;  // the first of them

ordered_json read_optional(const fs::path& path) {
  if (!fs::exists(path)) return ordered_json::object();
  ordered_json file = read_json_file(path);
  if (!file.is_object()) {
    throw Error("is not a JSON object", path.string(),
                "take the tokenizer files of the model again");
  }
  return file;
}

bool read_bool(const ordered_json& config, const char* field, bool otherwise,
               const std::string& where) {
  const auto found = config.find(field);
  if (found == config.end()) return otherwise;
  if (!found->is_boolean()) {
    throw Error(fmt::format("the field '{}' is not true or false", field), where,
                "correct the file");
  }
  return found->get<bool>();
}

// Where a class of Transformers builds its tokenizer from.
TokenizerSource read_source(const fs::path& folder, const TokenizerClass& wanted) {
  const fs::path json = folder / "tokenizer.json";
  if (fs::exists(json)) {
    TokenizerSource source = read_json_source(json);
    if (source.model != wanted.model) {
      throw Error(fmt::format("its model is not {}, though the folder names the class {}",
                              wanted.model, wanted.name),
                  source.where, "correct tokenizer_class in tokenizer_config.json");
    }
    return source;
  }
  for (const char* name : wanted.files) {
    if (fs::exists(folder / name)) continue;
    throw Error(fmt::format("holds neither tokenizer.json nor {}, of which the class {} needs one",
                            name, wanted.name),
                folder.string(), "take the tokenizer files of the model again");
  }
  const fs::path first = folder / wanted.files[0];
  if (wanted.files.size() == 2) return read_bpe_files(first, folder / wanted.files[1]);
  return first.extension() == ".txt" ? read_vocab_txt(first) : read_sentencepiece_model(first);
}

TokenizerPipeline load_class(const fs::path& folder, const TokenizerClass& wanted,
                             const TokenizerConfigFiles& files, SpecialTokens& special) {
  TokenizerSource source = read_source(folder, wanted);
  DefaultTokens defaults = wanted.defaults;
  if (!source.extra_tokens.empty() && defaults.extra.empty()) {
    defaults.extra = source.extra_tokens;
  }
  special = gather_special_tokens(files, defaults, source.added_tokens, false);
  for (const char* name : wanted.needed) {
    if (special.content(name).empty()) {
      throw Error("names no " + std::string(name), files.where, "name one");
    }
  }
  const bool is_sentencepiece = fs::path(source.where).extension() == ".model";
  if (is_sentencepiece && wanted.arrange != nullptr) wanted.arrange(source.pieces, special);
  return wanted.build(source, files, special);
}

TokenizerPipeline load_as_written(const fs::path& folder, const TokenizerConfigFiles& files,
                                  SpecialTokens& special) {
  const std::string where = (folder / "tokenizer.json").string();
  const MappedFile file = MappedFile::open(where);
  TokenizerJson tokenizer = parse_tokenizer_json(file.text(), where);
  TokenizerPipeline pipeline = read_tokenizer_json(tokenizer, where);
  special = gather_special_tokens(files, {}, read_numbered_tokens(tokenizer.json, where), true);
  pipeline.add_tokens(special.to_add);
  add_begin_and_end(files, special, pipeline);
  return pipeline;
}

int read_model_max_length(const ordered_json& config) {
  constexpr double kAbsurd = 1e9;
  for (const char* field : {"model_max_length", "max_len"}) {
    const auto found = config.find(field);
    if (found == config.end() || !found->is_number()) continue;
    const double length = found->get<double>();
    return length >= 1 && length < kAbsurd ? static_cast<int>(length) : 0;
  }
  return 0;
}

// Whether the model is given token types: as model_input_names says, or else where BERT's class is
// what Transformers would take.
bool gives_token_types(const ordered_json& config, bool bert) {
  const auto names = config.find("model_input_names");
  if (names == config.end() || !names->is_array()) return bert;
  return std::find(names->begin(), names->end(), "token_type_ids") != names->end();
}

}  // namespace

TokenizerFolder load_tokenizer_folder(const fs::path& folder) {
  const auto has = [&](const char* name) { return fs::exists(folder / name); };
  TokenizerConfigFiles files;
  files.tokenizer_config = read_optional(folder / "tokenizer_config.json");
  files.special_tokens_map = read_optional(folder / "special_tokens_map.json");
  files.added_tokens = read_optional(folder / "added_tokens.json");
  files.where = (folder / "tokenizer_config.json").string();
  const ordered_json& config = files.tokenizer_config;

  if (std::none_of(std::begin(kFiles), std::begin(kFiles) + kVocabularies, has)) {
    throw Error(
        "holds no tokenizer (tokenizer.json, vocab.txt, vocab.json or a sentencepiece model)",
        folder.string(), "name a model's folder as Transformers saves it");
  }
  std::string class_name;
  const TokenizerClass* wanted = find_tokenizer_class(folder, files, class_name);
  if (wanted == nullptr && !has("tokenizer.json")) {
    throw Error(fmt::format("the tokenizer class {} is not supported without a tokenizer.json",
                            in_quotes(class_name)),
                files.where, "load it with Transformers and save it, which writes that file");
  }
  SpecialTokens special;
  TokenizerFolder out{wanted != nullptr ? load_class(folder, *wanted, files, special)
                                        : load_as_written(folder, files, special)};
  out.pipeline.added_tokens.set_splits_special_tokens(
      read_bool(config, "split_special_tokens", false, files.where));
  if (config.contains("truncation_side")) {
    const std::string side = string_or_empty(config, "truncation_side");
    if (side != "left" && side != "right") {
      throw Error("the field 'truncation_side' is not left or right", files.where,
                  "correct the file");
    }
    out.pipeline.truncation_side = side == "left" ? TruncationSide::kLeft : TruncationSide::kRight;
  }
  out.where = folder.string();
  const std::string pad = special.content("pad_token");
  out.pad_id = pad.empty() ? 0 : std::max(0, out.pipeline.token_id(pad));
  out.model_max_length = read_model_max_length(config);
  const bool bert = wanted != nullptr && wanted->name == std::string_view("BertTokenizer");
  out.gives_types = gives_token_types(config, bert);
  for (const char* name : kFiles) {
    if (fs::exists(folder / name)) out.files.push_back(folder / name);
  }
  return out;
}

}  // namespace thaw
