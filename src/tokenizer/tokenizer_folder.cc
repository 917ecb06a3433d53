#include "tokenizer/tokenizer_folder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "data/utf8.h"
#include "model_io/json_file.h"
#include "tokenizer/code_points.h"
#include "tokenizer/special_tokens.h"
#include "tokenizer/tokenizer_json.h"
#include "tokenizer/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

// Names of Transformers' classes that build BERT's tokenizer, without "Fast".
constexpr const char* kBertClasses[] = {
    "BertTokenizer",     "DistilBertTokenizer", "ElectraTokenizer",    "ConvBertTokenizer",
    "LayoutLMTokenizer", "LxmertTokenizer",     "MobileBertTokenizer", "SqueezeBertTokenizer"};
constexpr const char* kBertModelTypes[] = {"bert", "distilbert", "electra", "convbert"};

// Files that a saved model takes along.
constexpr const char* kFiles[] = {"tokenizer.json", "vocab.txt", "tokenizer_config.json",
                                  "special_tokens_map.json", "added_tokens.json"};

ordered_json read_optional(const fs::path& path) {
  if (!fs::exists(path)) return ordered_json::object();
  ordered_json file = read_json_file(path);
  if (!file.is_object()) {
    throw Error("is not a JSON object", path.string(),
                "take the tokenizer files of the model again");
  }
  return file;
}

std::string string_or_empty(const ordered_json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool read_bool(const ordered_json& config, const char* field, bool otherwise,
               const std::string& where) {
  const auto found = config.find(field);
  if (found == config.end()) return otherwise;
  if (!found->is_boolean()) {
    throw Error("the field '" + std::string(field) + "' is not true or false", where,
                "correct the file");
  }
  return found->get<bool>();
}

bool is_bert(const fs::path& folder, const ordered_json& tokenizer_config) {
  std::string name = string_or_empty(tokenizer_config, "tokenizer_class");
  std::string model_type;
  if (name.empty() && fs::exists(folder / "config.json")) {
    const ordered_json config = read_optional(folder / "config.json");
    name = string_or_empty(config, "tokenizer_class");
    model_type = string_or_empty(config, "model_type");
  }
  if (name.empty()) {
    return std::find(std::begin(kBertModelTypes), std::end(kBertModelTypes), model_type) !=
               std::end(kBertModelTypes) ||
           !fs::exists(folder / "tokenizer.json");
  }
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  return std::find(std::begin(kBertClasses), std::end(kBertClasses), name) !=
         std::end(kBertClasses);
}

// A token a line, its number the id; white space at a line's end does not count.
Vocabulary read_vocab_txt(const fs::path& path) {
  const MappedFile file = MappedFile::open(path);
  std::string_view text = file.text();
  if (first_invalid_utf8(text) != std::string_view::npos) {
    throw Error("is not UTF-8", path.string(), "take the tokenizer files of the model again");
  }
  const uint8_t* flags = unicode::code_point_flags();
  Vocabulary out;
  int64_t line = 0;
  while (!text.empty()) {
    const size_t line_end = std::min(text.find('\n'), text.size());
    std::string_view token = text.substr(0, line_end);
    text.remove_prefix(std::min(line_end + 1, text.size()));
    while (!token.empty()) {
      const char* last = unicode::previous_code_point(token.data(), token.data() + token.size());
      const char* p = last;
      if (!(flags[unicode::next_code_point(p)] & unicode::kIsWhitespace)) break;
      token = token.substr(0, static_cast<size_t>(last - token.data()));
    }
    out.add(token, line++);
  }
  return out;
}

std::vector<std::pair<int64_t, AddedToken>> with_indices(const json& tokenizer,
                                                         const std::string& where) {
  const std::vector<AddedToken> tokens = read_added_tokens(tokenizer, where);
  std::vector<std::pair<int64_t, AddedToken>> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const json& entry = tokenizer["added_tokens"][i];
    if (!entry.contains("id") || !entry["id"].is_number_unsigned()) {
      throw Error("the added token " + in_quotes(tokens[i].content) + " has no id", where,
                  "take the tokenizer files of the model again");
    }
    out.emplace_back(entry["id"].get<int64_t>(), tokens[i]);
  }
  return out;
}

// The parts of a folder from which Transformers builds BERT's tokenizer anew.
TokenizerPipeline load_bert(const fs::path& folder, const TokenizerConfigFiles& files,
                            SpecialTokens& special) {
  const ordered_json& config = files.tokenizer_config;
  Vocabulary vocabulary;
  std::vector<std::pair<int64_t, AddedToken>> json_tokens;
  TruncationSide side = TruncationSide::kRight;
  std::string where = (folder / "tokenizer.json").string();
  if (fs::exists(where)) {
    const MappedFile file = MappedFile::open(where);
    TokenizerJson tokenizer = parse_tokenizer_json(file.text(), where);
    const auto model = tokenizer.json.find("model");
    if (model == tokenizer.json.end() || !is_wordpiece(*model)) {
      throw Error("its model is not WordPiece, though the folder names BERT's tokenizer", where,
                  "correct tokenizer_class in tokenizer_config.json");
    }
    vocabulary = read_vocabulary(tokenizer, where);
    json_tokens = with_indices(tokenizer.json, where);
    side = read_truncation_side(tokenizer.json, where);
  } else {
    where = (folder / "vocab.txt").string();
    vocabulary = read_vocab_txt(where);
  }
  special = gather_special_tokens(files,
                                  {{"unk_token", "[UNK]"},
                                   {"sep_token", "[SEP]"},
                                   {"pad_token", "[PAD]"},
                                   {"cls_token", "[CLS]"},
                                   {"mask_token", "[MASK]"}},
                                  json_tokens, false);
  for (const char* name : {"unk_token", "cls_token", "sep_token"}) {
    if (special.content(name).empty()) {
      throw Error("names no " + std::string(name), files.where, "name one");
    }
  }
  BertNormalizerOptions normalizer;
  normalizer.lowercase = read_bool(config, "do_lower_case", true, files.where);
  normalizer.handle_chinese_chars = read_bool(config, "tokenize_chinese_chars", true, files.where);
  normalizer.strip_accents = normalizer.lowercase;
  if (config.contains("strip_accents") && !config["strip_accents"].is_null()) {
    normalizer.strip_accents = read_bool(config, "strip_accents", true, files.where);
  }
  WordPieceOptions options;
  options.unk_token = special.content("unk_token");
  TokenizerPipeline pipeline{BertNormalizer(normalizer),
                             BertPreTokenizer{},
                             WordPiece(std::move(vocabulary), options, where),
                             AddedTokens(),
                             PostProcessor(),
                             side};
  pipeline.add_tokens(special.to_add);
  pipeline.post_processor = bert_post_processor(pipeline.token_id(special.content("cls_token")),
                                                pipeline.token_id(special.content("sep_token")));
  return pipeline;
}

TokenizerPipeline load_as_written(const fs::path& folder, const TokenizerConfigFiles& files,
                                  SpecialTokens& special) {
  const std::string where = (folder / "tokenizer.json").string();
  const MappedFile file = MappedFile::open(where);
  TokenizerJson tokenizer = parse_tokenizer_json(file.text(), where);
  TokenizerPipeline pipeline = read_tokenizer_json(tokenizer, where);
  special = gather_special_tokens(files, {}, with_indices(tokenizer.json, where), true);
  pipeline.add_tokens(special.to_add);
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
  if (!fs::exists(folder / "tokenizer.json") && !fs::exists(folder / "vocab.txt")) {
    throw Error("holds no tokenizer (tokenizer.json, or vocab.txt)", folder.string(),
                "name a model's folder as Transformers saves it");
  }
  TokenizerConfigFiles files;
  files.tokenizer_config = read_optional(folder / "tokenizer_config.json");
  files.special_tokens_map = read_optional(folder / "special_tokens_map.json");
  files.added_tokens = read_optional(folder / "added_tokens.json");
  files.where = (folder / "tokenizer_config.json").string();
  const ordered_json& config = files.tokenizer_config;

  const bool bert = is_bert(folder, config);
  if (!bert && !fs::exists(folder / "tokenizer.json")) {
    throw Error("the tokenizer class " + in_quotes(string_or_empty(config, "tokenizer_class")) +
                    " is not supported without a tokenizer.json",
                files.where, "save the model's fast tokenizer with Transformers");
  }
  SpecialTokens special;
  TokenizerFolder out{bert ? load_bert(folder, files, special)
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
  out.gives_types = gives_token_types(config, bert);
  for (const char* name : kFiles) {
    if (fs::exists(folder / name)) out.files.push_back(folder / name);
  }
  return out;
}

}  // namespace thaw
