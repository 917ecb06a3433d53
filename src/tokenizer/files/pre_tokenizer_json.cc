// Tests: tests/tokenizer/files/hostile_files_test.cc
#include <utility>

#include "base/error.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/pattern_json.h"
#include "tokenizer/files/pipeline_json.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace pre_tokenizers;
using nlohmann::json;

std::string read_choice(const json& component, const char* field, const std::string& otherwise,
                        const std::string& where) {
  return find_component(component, field) == nullptr ? otherwise
                                                     : read_string(component, field, where);
}

Metaspace read_metaspace(const json& component, const std::string& where) {
  Metaspace out;
  char bytes[4];
  const char32_t replacement = read_character(component, "replacement", where);
  out.replacement.assign(bytes, unicode::put_code_point(replacement, bytes));
  out.split = read_bool(component, "split", true, where);
  const std::string scheme = read_choice(component, "prepend_scheme", "always", where);
  if (scheme == "always") {
    out.scheme = PrependScheme::kAlways;
  } else if (scheme == "first") {
    out.scheme = PrependScheme::kFirst;
  } else if (scheme == "never") {
    out.scheme = PrependScheme::kNever;
  } else {
    throw_field("prepend_scheme", "always, first or never", where);
  }
  // The field of older files; the package takes no other answer than the newer field's.
  if (!read_bool(component, "add_prefix_space", true, where) &&
      out.scheme != PrependScheme::kNever) {
    throw Error("add_prefix_space is false, but prepend_scheme is " + scheme, where,
                "save the tokenizer again with a newer version of Transformers");
  }
  return out;
}

size_t read_length(const json& component, const std::string& where) {
  const json* length = find_component(component, "length");
  if (length == nullptr) return 5;
  if (!length->is_number_unsigned() || *length == 0) throw_field("length", "a length", where);
  return length->get<size_t>();
}

void read_steps(const json& component, const std::string& where, PreTokenizer& out) {
  const std::string type = type_of(component);
  if (type == "Sequence") {
    const json* list = find_component(component, "pretokenizers");
    if (list == nullptr || !list->is_array()) throw_field("pretokenizers", "a list", where);
    for (const json& step : *list) read_steps(step, where, out);
  } else if (type == "BertPreTokenizer") {
    out.emplace_back(Bert{});
  } else if (type == "ByteLevel") {
    out.emplace_back(ByteLevel{read_bool(component, "add_prefix_space", where),
                               read_bool(component, "use_regex", true, where), true});
  } else if (type == "Whitespace") {
    out.emplace_back(Whitespace{});
  } else if (type == "WhitespaceSplit") {
    out.emplace_back(WhitespaceSplit{});
  } else if (type == "Split") {
    out.emplace_back(Split{read_pattern(component, where), read_behavior(component, where),
                           read_bool(component, "invert", where)});
  } else if (type == "Punctuation") {
    const bool is_given = find_component(component, "behavior") != nullptr;
    out.emplace_back(
        Punctuation{is_given ? read_behavior(component, where) : SplitBehavior::kIsolated});
  } else if (type == "Digits") {
    out.emplace_back(Digits{read_bool(component, "individual_digits", where)});
  } else if (type == "CharDelimiterSplit") {
    out.emplace_back(CharDelimiterSplit{read_character(component, "delimiter", where)});
  } else if (type == "UnicodeScripts") {
    out.emplace_back(UnicodeScripts{});
  } else if (type == "FixedLength") {
    out.emplace_back(FixedLength{read_length(component, where)});
  } else if (type == "Metaspace") {
    out.emplace_back(read_metaspace(component, where));
  } else {
    throw_unknown("pre-tokenizer", component,
                  "BertPreTokenizer, ByteLevel, Whitespace, WhitespaceSplit, Split, Punctuation, "
                  "Digits, CharDelimiterSplit, UnicodeScripts, FixedLength, Metaspace and Sequence",
                  where);
  }
}

}  // namespace

Pattern read_pattern(const json& component, const std::string& where) {
  const json* pattern = find_component(component, "pattern");
  if (pattern != nullptr && pattern->is_object() && pattern->size() == 1) {
    if (pattern->contains("String")) return read_string(*pattern, "String", where);
    if (pattern->contains("Regex")) return Regex(read_string(*pattern, "Regex", where), where);
  }
  throw_field("pattern", "a String or a Regex", where);
}

SplitBehavior read_behavior(const json& component, const std::string& where) {
  const std::string name = read_string(component, "behavior", where);
  constexpr std::pair<const char*, SplitBehavior> kNames[] = {
      {"Removed", SplitBehavior::kRemoved},
      {"Isolated", SplitBehavior::kIsolated},
      {"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
      {"MergedWithNext", SplitBehavior::kMergedWithNext},
      {"Contiguous", SplitBehavior::kContiguous}};
  for (const auto& [known, behavior] : kNames) {
    if (name == known) return behavior;
  }
  throw_field("behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous",
              where);
}

PreTokenizer read_pre_tokenizer(const json& file, const std::string& where) {
  PreTokenizer out;
  const json* component = find_component(file, "pre_tokenizer");
  if (component != nullptr) read_steps(*component, where, out);
  return out;
}

}  // namespace thaw
