// Tests: tests/tokenizer/files/hostile_files_test.cc
#include <fmt/format.h>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/pipeline_json.h"

namespace thaw {
namespace {

using nlohmann::json;

// ["[SEP]", 102]
int32_t read_token_pair(const json& component, const char* field, const std::string& where) {
  const auto found = component.find(field);
  if (found == component.end() || !found->is_array() || found->size() != 2) {
    throw_field(field, "a token and its id", where);
  }
  return read_id((*found)[1], field, where);
}

int32_t read_type(const json& piece, const std::string& where) {
  const json* type = find_component(piece, "type_id");
  return type == nullptr ? 0 : read_id(*type, "type_id", where);
}

void add_template_token(const json& component, const json& piece, const std::string& where,
                        SpecialRun& run) {
  const std::string name = read_string(piece, "id", where);
  const auto tokens = component.find("special_tokens");
  if (tokens == component.end() || !tokens->is_object() || !tokens->contains(name)) {
    throw Error(
        fmt::format("the post-processor uses {}, which special_tokens lacks", in_quotes(name)),
        where, "take the tokenizer files of the model again");
  }
  const json& token = (*tokens)[name];
  const json* ids = token.is_object() ? find_component(token, "ids") : nullptr;
  if (ids == nullptr || !ids->is_array()) throw_field("ids", "a list", where);
  for (const json& id : *ids) run.add(read_id(id, "ids", where), read_type(piece, where));
}

// What "single" or "pair" say: which texts come in which order, and the special tokens between.
struct Template {
  std::vector<int> texts;               // 0: A, 1: B
  std::vector<int32_t> types;           // of the texts
  std::vector<SpecialRun> runs = {{}};  // before the first text, …, behind the last
};

Template read_template(const json& component, const char* field, const std::string& where) {
  const auto list = component.find(field);
  if (list == component.end() || !list->is_array()) throw_field(field, "a list", where);
  Template out;
  for (const json& piece : *list) {
    const json* token = piece.is_object() ? find_component(piece, "SpecialToken") : nullptr;
    const json* text = piece.is_object() ? find_component(piece, "Sequence") : nullptr;
    if (text != nullptr && text->is_object()) {
      const std::string id = read_string(*text, "id", where);
      if (id != "A" && id != "B") throw_field("id", "A or B", where);
      out.texts.push_back(id == "B");
      out.types.push_back(read_type(*text, where));
      out.runs.emplace_back();
    } else if (token != nullptr && token->is_object()) {
      add_template_token(component, *token, where, out.runs.back());
    } else {
      throw_field(field, "a list of SpecialToken and Sequence", where);
    }
  }
  return out;
}

[[noreturn]] void throw_texts(const char* field, const std::string& where) {
  throw Error(fmt::format("the template '{}' does not use each text once", field), where,
              "thaw knows templates that do; take a model that uses such a one");
}

PostProcessor read_templates(const json& component, const std::string& where) {
  const Template single = read_template(component, "single", where);
  if (single.texts != std::vector<int>{0}) throw_texts("single", where);
  PostProcessor out{{single.runs[0], single.runs[1], single.types[0]}, std::nullopt};
  if (find_component(component, "pair") == nullptr) return out;
  const Template pair = read_template(component, "pair", where);
  const bool second_is_first = pair.texts == std::vector<int>{1, 0};
  if (!second_is_first && pair.texts != std::vector<int>{0, 1}) return out;
  out.pair = PostProcessor::Pair{pair.runs[0], pair.runs[1], pair.runs[2], {}, second_is_first};
  for (const int i : {0, 1}) out.pair->types[pair.texts[i]] = pair.types[i];
  return out;
}

PostProcessor read_component(const json& component, const std::string& where) {
  const std::string type = type_of(component);
  if (type == "TemplateProcessing") return read_templates(component, where);
  if (type == "BertProcessing") {
    return bert_post_processor(read_token_pair(component, "cls", where),
                               read_token_pair(component, "sep", where));
  }
  if (type == "RobertaProcessing") {
    return roberta_post_processor(read_token_pair(component, "cls", where),
                                  read_token_pair(component, "sep", where));
  }
  if (type == "ByteLevel") return {};  // it changes offsets alone
  if (type != "Sequence") {
    throw_unknown("post-processor", component,
                  "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel and Sequence",
                  where);
  }
  const json* list = find_component(component, "processors");
  if (list == nullptr || !list->is_array()) throw_field("processors", "a list", where);
  PostProcessor out;
  int adding = 0;
  for (const json& step : *list) {
    PostProcessor one = read_component(step, where);
    if (type_of(step) == "ByteLevel") continue;
    if (++adding > 1) {
      throw Error("the post-processor adds special tokens in several steps", where,
                  "thaw knows sequences with one such step; take a model that uses such a one");
    }
    out = std::move(one);
  }
  return out;
}

}  // namespace

PostProcessor read_post_processor(const json& file, const std::string& where) {
  const json* component = find_component(file, "post_processor");
  return component == nullptr ? PostProcessor() : read_component(*component, where);
}

}  // namespace thaw
