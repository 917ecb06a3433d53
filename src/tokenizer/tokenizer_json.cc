#include "tokenizer/tokenizer_json.h"

#include <limits>
#include <utility>

#include "base/error.h"
#include "model_io/json_file.h"

namespace thaw {
namespace {

using nlohmann::json;

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";

[[noreturn]] void throw_unknown(const std::string& stage, const json& component,
                                const std::string& known, const std::string& where) {
  std::string type = "without a type";
  if (component.is_object() && component.contains("type") && component["type"].is_string()) {
    type = in_quotes(component["type"].get<std::string>());
  }
  throw Error("the " + stage + " " + type + " is not supported", where,
              "thaw knows " + known + "; take a model that uses it");
}

[[noreturn]] void throw_field(const std::string& field, const std::string& expected,
                              const std::string& where) {
  throw Error("the field '" + field + "' is not " + expected, where, kFetchAgain);
}

// The component of a stage, or nullptr where the stage is null or absent.
const json* find_component(const json& tokenizer, const char* stage) {
  const auto found = tokenizer.find(stage);
  return found == tokenizer.end() || found->is_null() ? nullptr : &*found;
}

bool has_type(const json& component, std::string_view type) {
  if (!component.is_object()) return false;
  const auto found = component.find("type");
  return found != component.end() && found->is_string() &&
         found->get_ref<const std::string&>() == type;
}

bool read_bool(const json& object, const std::string& field, const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_boolean()) throw_field(field, "true or false", where);
  return found->get<bool>();
}

std::string read_string(const json& object, const std::string& field, const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) throw_field(field, "a string", where);
  return found->get<std::string>();
}

int32_t read_id(const json& value, const std::string& field, const std::string& where) {
  if (!value.is_number_unsigned() ||
      value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
    throw_field(field, "a token id", where);
  }
  return value.get<int32_t>();
}

Normalizer read_normalizer(const json& tokenizer, const std::string& where) {
  const json* component = find_component(tokenizer, "normalizer");
  if (!component) return std::monostate{};
  if (!has_type(*component, "BertNormalizer")) {
    throw_unknown("normalizer", *component, "BertNormalizer", where);
  }
  BertNormalizerOptions options;
  options.clean_text = read_bool(*component, "clean_text", where);
  options.handle_chinese_chars = read_bool(*component, "handle_chinese_chars", where);
  options.lowercase = read_bool(*component, "lowercase", where);
  const json* strip = find_component(*component, "strip_accents");
  options.strip_accents = strip ? read_bool(*component, "strip_accents", where) : options.lowercase;
  return BertNormalizer(options);
}

PreTokenizer read_pre_tokenizer(const json& tokenizer, const std::string& where) {
  const json* component = find_component(tokenizer, "pre_tokenizer");
  if (!component) return std::monostate{};
  if (!has_type(*component, "BertPreTokenizer")) {
    throw_unknown("pre-tokenizer", *component, "BertPreTokenizer", where);
  }
  return BertPreTokenizer{};
}

TokenModel read_model(TokenizerJson& tokenizer, const std::string& where) {
  const json* component = find_component(tokenizer.json, "model");
  if (!component || !component->is_object()) throw_field("model", "an object", where);
  if (!is_wordpiece(*component)) throw_unknown("model", *component, "WordPiece", where);
  WordPieceOptions options;
  options.unk_token = read_string(*component, "unk_token", where);
  options.continuing_subword_prefix = read_string(*component, "continuing_subword_prefix", where);
  const auto longest = component->find("max_input_chars_per_word");
  if (longest == component->end() || !longest->is_number_unsigned() ||
      longest->get<uint64_t>() > uint64_t{std::numeric_limits<uint32_t>::max()}) {
    throw_field("max_input_chars_per_word", "a number of characters", where);
  }
  options.max_input_chars_per_word = longest->get<int64_t>();
  return WordPiece(read_vocabulary(tokenizer, where), options, where);
}

// ["[SEP]", 102]
int32_t read_token_pair(const json& component, const char* field, const std::string& where) {
  const auto found = component.find(field);
  if (found == component.end() || !found->is_array() || found->size() != 2) {
    throw_field(field, "a token and its id", where);
  }
  return read_id((*found)[1], field, where);
}

std::vector<int32_t> read_template_token(const json& component, const std::string& name,
                                         const std::string& where) {
  const auto tokens = component.find("special_tokens");
  if (tokens == component.end() || !tokens->is_object() || !tokens->contains(name)) {
    throw Error("the post-processor uses " + in_quotes(name) + ", which special_tokens lacks",
                where, kFetchAgain);
  }
  const json& token = (*tokens)[name];
  const json* ids = token.is_object() ? find_component(token, "ids") : nullptr;
  if (!ids || !ids->is_array()) throw_field("ids", "a list", where);
  std::vector<int32_t> out;
  for (const json& id : *ids) out.push_back(read_id(id, "ids", where));
  return out;
}

// None where the template does not hold text A once and then text B once.
std::optional<PairTemplate> read_pair_template(const json& component, const std::string& where) {
  const auto pieces = component.find("pair");
  if (pieces == component.end() || !pieces->is_array()) return std::nullopt;
  PairTemplate pair;
  int texts = 0;
  for (const json& piece : *pieces) {
    const json* token = piece.is_object() ? find_component(piece, "SpecialToken") : nullptr;
    const json* text = piece.is_object() ? find_component(piece, "Sequence") : nullptr;
    const json* either = text != nullptr ? text : token;
    if (either == nullptr || !either->is_object()) {
      throw_field("pair", "a list of SpecialToken and Sequence", where);
    }
    const int32_t type = either->contains("type_id") ? read_id((*either)["type_id"], "type_id", where) : 0;
    if (text != nullptr) {
      if (texts == 2 || read_string(*text, "id", where) != (texts == 0 ? "A" : "B")) {
        return std::nullopt;
      }
      (texts == 0 ? pair.first_type : pair.second_type) = type;
      ++texts;
      continue;
    }
    auto& side = texts == 0 ? pair.before : texts == 1 ? pair.between : pair.after;
    for (const int32_t id : read_template_token(component, read_string(*token, "id", where), where)) {
      side.push_back({id, type});
    }
  }
  if (texts != 2) return std::nullopt;
  return pair;
}

PostProcessor read_template(const json& component, const std::string& where) {
  const auto single = component.find("single");
  if (single == component.end() || !single->is_array()) throw_field("single", "a list", where);
  PostProcessor post;
  int texts = 0;
  for (const json& piece : *single) {
    const json* token = piece.is_object() ? find_component(piece, "SpecialToken") : nullptr;
    const json* text = piece.is_object() ? find_component(piece, "Sequence") : nullptr;
    if (text && text->is_object() && read_string(*text, "id", where) == "A") {
      ++texts;
    } else if (token && token->is_object()) {
      const std::vector<int32_t> ids =
          read_template_token(component, read_string(*token, "id", where), where);
      std::vector<int32_t>& side = texts ? post.after : post.before;
      side.insert(side.end(), ids.begin(), ids.end());
    } else {
      throw_field("single", "a list of SpecialToken and Sequence A", where);
    }
  }
  if (texts != 1) {
    throw Error("the post-processor uses the text " + std::to_string(texts) + " times", where,
                "thaw knows templates with the text once; take a model that uses such a one");
  }
  post.pair = read_pair_template(component, where);
  return post;
}

PostProcessor read_post_processor(const json& tokenizer, const std::string& where) {
  const json* component = find_component(tokenizer, "post_processor");
  if (!component) return {};
  if (has_type(*component, "TemplateProcessing")) return read_template(*component, where);
  if (has_type(*component, "BertProcessing")) {
    return bert_post_processor(read_token_pair(*component, "cls", where),
                               read_token_pair(*component, "sep", where));
  }
  throw_unknown("post-processor", *component, "TemplateProcessing and BertProcessing", where);
}

}  // namespace

TokenizerJson parse_tokenizer_json(std::string_view text, const std::string& where) {
  if (text.size() > size_t{1} << 30) {
    throw Error("is larger than a tokenizer can be", where, kFetchAgain);
  }
  TokenizerJson tokenizer;
  const MemberReader vocabulary{
      {"model", "vocab"}, [&](std::string_view token, const json& id) {
        const bool is_id =
            id.is_number_integer() && !(id.is_number_unsigned() && id.get<uint64_t>() > INT64_MAX);
        std::string& problem = tokenizer.vocabulary.problem;
        if (!is_id && problem.empty()) {
          problem = "the id of token " + in_quotes(token) + " is not a token id";
        }
        return tokenizer.vocabulary.add(token, is_id ? id.get<int64_t>() : 0);
      }};
  tokenizer.json = parse_unique_json(text, where, &vocabulary);
  if (!tokenizer.json.is_object()) throw Error("is not a JSON object", where, kFetchAgain);
  return tokenizer;
}

bool is_wordpiece(const json& model) {
  if (!model.is_object()) return false;
  if (model.contains("type")) return has_type(model, "WordPiece");
  return model.contains("max_input_chars_per_word") && !model.contains("merges");
}

Vocabulary read_vocabulary(TokenizerJson& tokenizer, const std::string& where) {
  const json* model = find_component(tokenizer.json, "model");
  const json* vocabulary = model ? find_component(*model, "vocab") : nullptr;
  if (!vocabulary || !vocabulary->is_object()) {
    throw_field("vocab", "an object of tokens and their ids", where);
  }
  return std::move(tokenizer.vocabulary);
}

std::vector<AddedToken> read_added_tokens(const json& tokenizer, const std::string& where) {
  const json* list = find_component(tokenizer, "added_tokens");
  if (!list) return {};
  if (!list->is_array()) throw_field("added_tokens", "a list", where);
  std::vector<AddedToken> out;
  for (const json& entry : *list) {
    if (!entry.is_object()) throw_field("added_tokens", "a list of objects", where);
    out.push_back({read_string(entry, "content", where), read_bool(entry, "single_word", where),
                   read_bool(entry, "lstrip", where), read_bool(entry, "rstrip", where),
                   read_bool(entry, "normalized", where), read_bool(entry, "special", where)});
  }
  return out;
}

TruncationSide read_truncation_side(const json& tokenizer, const std::string& where) {
  const json* truncation = find_component(tokenizer, "truncation");
  if (!truncation || !truncation->is_object() || !truncation->contains("direction")) {
    return TruncationSide::kRight;
  }
  const std::string direction = read_string(*truncation, "direction", where);
  if (direction == "Left") return TruncationSide::kLeft;
  if (direction != "Right") throw_field("direction", "Left or Right", where);
  return TruncationSide::kRight;
}

TokenizerPipeline read_tokenizer_json(TokenizerJson& tokenizer, const std::string& where) {
  const json& file = tokenizer.json;
  TokenizerPipeline pipeline{read_normalizer(file, where),     read_pre_tokenizer(file, where),
                             read_model(tokenizer, where),     AddedTokens(),
                             read_post_processor(file, where), read_truncation_side(file, where)};
  pipeline.add_tokens(read_added_tokens(file, where));
  return pipeline;
}

}  // namespace thaw
