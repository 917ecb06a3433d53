// Tests: tests/tokenizer/files/hostile_files_test.cc
#include "base/error.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/pattern_json.h"
#include "tokenizer/files/pipeline_json.h"

namespace thaw {
namespace {

using nlohmann::json;

BertNormalizer read_bert(const json& component, const std::string& where) {
  BertNormalizerOptions options;
  options.clean_text = read_bool(component, "clean_text", where);
  options.handle_chinese_chars = read_bool(component, "handle_chinese_chars", where);
  options.lowercase = read_bool(component, "lowercase", where);
  options.strip_accents = read_bool(component, "strip_accents", options.lowercase, where);
  return BertNormalizer(options);
}

void read_steps(const json& component, const std::string& where, Normalizer& out) {
  const std::string type = type_of(component);
  if (type == "Sequence") {
    const json* list = find_component(component, "normalizers");
    if (list == nullptr || !list->is_array()) throw_field("normalizers", "a list", where);
    for (const json& step : *list) read_steps(step, where, out);
  } else if (type == "BertNormalizer") {
    out.emplace_back(read_bert(component, where));
  } else if (type == "NFC") {
    out.emplace_back(NormalForm::kNfc);
  } else if (type == "NFD") {
    out.emplace_back(NormalForm::kNfd);
  } else if (type == "NFKC") {
    out.emplace_back(NormalForm::kNfkc);
  } else if (type == "NFKD") {
    out.emplace_back(NormalForm::kNfkd);
  } else if (type == "Precompiled") {
    const std::string charsmap = read_string(component, "precompiled_charsmap", where);
    out.emplace_back(Precompiled(decode_base64(charsmap, where), where));
  } else if (type == "Strip") {
    out.emplace_back(normalizers::Strip{read_bool(component, "strip_left", where),
                                        read_bool(component, "strip_right", where)});
  } else if (type == "StripAccents") {
    out.emplace_back(normalizers::StripAccents{});
  } else if (type == "Lowercase") {
    out.emplace_back(normalizers::Lowercase{});
  } else if (type == "Nmt") {
    out.emplace_back(normalizers::Nmt{});
  } else if (type == "Replace") {
    out.emplace_back(normalizers::Replace{read_pattern(component, where),
                                          read_string(component, "content", where)});
  } else if (type == "Prepend") {
    out.emplace_back(normalizers::Prepend{read_string(component, "prepend", where)});
  } else if (type == "ByteLevel") {
    out.emplace_back(normalizers::ByteLevel{});
  } else {
    throw_unknown("normalizer", component,
                  "BertNormalizer, NFC, NFD, NFKC, NFKD, Precompiled, Strip, StripAccents, "
                  "Lowercase, Nmt, Replace, Prepend, ByteLevel and Sequence",
                  where);
  }
}

}  // namespace

Normalizer read_normalizer(const json& file, const std::string& where) {
  Normalizer out;
  const json* component = find_component(file, "normalizer");
  if (component != nullptr) read_steps(*component, where, out);
  return out;
}

}  // namespace thaw
